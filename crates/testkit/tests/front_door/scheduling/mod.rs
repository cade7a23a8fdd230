pub(crate) mod both;
pub(crate) mod choose_customer;
pub(crate) mod clients;
pub(crate) mod found;
pub(crate) mod on_hold;
pub(crate) mod remarks;
pub(crate) mod states;
pub(crate) mod steps;
