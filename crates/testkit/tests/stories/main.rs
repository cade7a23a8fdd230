//! Stories: what people do, told on the named world, on both engines.
mod book;
mod dispatch;
mod import;
mod prove;
mod work_and_bill;
