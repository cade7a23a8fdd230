use crate::Val;

/// Conditions that follow a `where`, and their binds, in order.
#[derive(Debug, Default)]
pub struct Filter {
    /// The statement's end so far.
    pub sql: String,
    /// Its binds.
    pub args: Vec<Val>,
}

impl Filter {
    /// A filter that begins with these words and binds.
    #[must_use]
    pub fn begin(sql: &str, args: Vec<Val>) -> Self {
        Self { sql: sql.to_owned(), args }
    }
    /// One condition more; each `?` in it is the value.
    pub fn and(&mut self, condition: &str, value: impl Into<Val>) {
        self.args.push(value.into());
        self.sql += &format!(" and {}", condition.replace('?', &format!("${}", self.args.len())));
    }
    /// A value without a condition; gives its bind.
    pub fn bind(&mut self, value: impl Into<Val>) -> String {
        self.args.push(value.into());
        format!("${}", self.args.len())
    }
}
