pub(crate) mod anonymous;
pub(crate) mod behind_a_proxy;
pub(crate) mod early;
pub(crate) mod first_day;
pub(crate) mod hostile;
pub(crate) mod in_frame;
pub(crate) mod twice;
