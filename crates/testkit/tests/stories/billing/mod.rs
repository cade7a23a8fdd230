pub(crate) mod unsigned;
pub(crate) mod work_and_bill;
