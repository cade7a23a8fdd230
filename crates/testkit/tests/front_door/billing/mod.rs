pub(crate) mod printed;
pub(crate) mod repeated_hour;
