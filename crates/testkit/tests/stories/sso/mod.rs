pub(crate) mod groups_at_once;
