//! What every form keeps: success is said once, errors speak of its labels, nothing is overwritten unseen.
mod asked;
mod merged;
mod said;
