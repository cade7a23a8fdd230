use crate::passage::listing::Past;
use interpres_store::{Val, bind_list};
use interpres_types::{Field, Id, Problems, RecordId};

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
        Self {
            sql: sql.to_owned(),
            args,
        }
    }
    /// A filter of records that were made before this one, or of all: of a list with the latest first.
    #[must_use]
    pub fn before<I: Id>(cursor: Option<I>) -> Self {
        let last = cursor.map_or(RecordId::LAST, |id| RecordId::from_uuid(id.uuid()));
        Self::begin("where id < $1", vec![Val::text(last)])
    }
    /// One condition more; each `?` in it is the value.
    pub fn and(&mut self, condition: &str, value: impl Into<Val>) {
        self.args.push(value.into());
        self.sql += &format!(
            " and {}",
            condition.replace('?', &format!("${}", self.args.len()))
        );
    }
    /// Only the records of these ids, up to 200, which commas part; all of them where none is named.
    pub fn among(&mut self, p: &mut Problems, ids: &Field) {
        if ids.is_blank() {
            return;
        }
        let ids: Result<Vec<RecordId>, _> =
            ids.raw().split(',').map(|id| id.trim().parse()).collect();
        match ids {
            Ok(ids) if ids.len() <= 200 => {
                let list = bind_list(&mut self.args, ids.iter().map(Val::text).collect());
                self.sql += &format!(" and id in ({list})");
            }
            _ => p.add("ids", "must be up to 200 ids with commas between"),
        }
    }
    /// The rows whose column holds every word of a text, anywhere. `column` is folded, and so is the text.
    pub fn holds(&mut self, column: &str, text: &str) {
        for word in text.split_whitespace() {
            self.and(
                &format!("{column} like ? escape '\\'"),
                format!("%{}%", literal(word)),
            );
        }
    }
    /// A row's place in a list sorted by this key and by id: where the page after it begins.
    pub fn place(key: &str, id: impl std::fmt::Display) -> String {
        format!("{key}~{id}")
    }
    /// What comes after a [`Filter::place`] in a list sorted by this key and by id.
    ///
    /// # Errors
    /// For a place that no page before gave.
    pub fn after(&mut self, key: &str, cursor: &Field) -> Result<(), Problems> {
        if cursor.is_blank() {
            return Ok(());
        }
        // PostgreSQL takes no NUL in a text.
        let Some((place, id)) = cursor
            .raw()
            .rsplit_once('~')
            .filter(|_| !cursor.raw().contains('\0'))
        else {
            return Err(Problems::one("cursor", "must come from the page before"));
        };
        let (place, id) = (self.bind(place), self.bind(id));
        self.sql += &format!(" and ({key}, id) > ({place}, {id})");
        Ok(())
    }
    /// Asks for this many in this order, and one more that tells whether there is a next page.
    #[must_use]
    pub fn page(mut self, order: &str, limit: usize) -> Self {
        let most = self.bind(i64::try_from(limit).unwrap_or(i64::MAX - 1) + 1);
        self.sql += &format!(" order by {order} limit {most}");
        self
    }
    /// Passes over so many; comes after [`Filter::page`].
    #[must_use]
    pub fn past(mut self, past: Past) -> Self {
        let past = self.bind(past.0);
        self.sql += &format!(" offset {past}");
        self
    }
    /// A value without a condition; gives its bind.
    pub fn bind(&mut self, value: impl Into<Val>) -> String {
        self.args.push(value.into());
        format!("${}", self.args.len())
    }
}

/// A text in which nothing is taken by `like` for more than itself; to be used with `escape '\'`.
#[must_use]
pub fn literal(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            matches!(c, '%' | '_' | '\\')
                .then_some('\\')
                .into_iter()
                .chain([c])
        })
        .collect()
}

/// Letters with accents as people write them in names, and what they are looked for by.
const ACCENTS: [(&str, &str); 9] = [
    ("áàâäãåăąā", "a"),
    ("éèêëęěē", "e"),
    ("íìîïī", "i"),
    ("óòôöõőō", "o"),
    ("úùûüůűū", "u"),
    ("ýÿ", "y"),
    ("çćč", "c"),
    ("ñńň", "n"),
    ("šśş", "s"),
];

/// A lower-case column without accents, as SQL: one text for both engines. What is compared with it went through
/// [`interpres_types::searchable`].
#[must_use]
pub fn unaccented(column: &str) -> String {
    let letters = ACCENTS
        .iter()
        .flat_map(|(many, one)| many.chars().map(move |letter| (letter, one)));
    letters.fold(column.to_owned(), |sql, (letter, one)| {
        format!("replace({sql}, '{letter}', '{one}')")
    })
}
