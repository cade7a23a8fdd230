pub(crate) mod work_and_bill;
