//! All records of a kind, read some at a time: for rules that must hold for each of them, however
//! many there are. What people look at comes in pages instead.
