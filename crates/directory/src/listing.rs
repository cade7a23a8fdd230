//! What the lists of interpreters and of customers have in common: how they are searched, sorted and paged.
use interpres_accounts::team_named;
use interpres_gate::{Filter, ReadTx, Refusal, Val, unaccented, words};
use interpres_types::{Field, Line, Problems, Rule, searchable};
use std::{fmt, str::FromStr, sync::LazyLock};

words! {
    /// What a list of the directory is sorted by.
    DirectorySortBy, "must be name, city or team" {
        /// By last name, or by the customer's name.
        Name = "name", "Name";
        /// By the town.
        City = "city", "City";
        /// By the team's name.
        Team = "team", "Team";
    }
}

/// What a list of the directory is sorted by, and which way: `name`, or `-name` for the last first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DirectorySort {
    /// By what.
    pub by: DirectorySortBy,
    /// Whether the last comes first.
    pub down: bool,
}

impl Default for DirectorySort {
    fn default() -> Self {
        Self {
            by: DirectorySortBy::Name,
            down: false,
        }
    }
}

impl FromStr for DirectorySort {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        let down = raw.strip_prefix('-');
        Ok(Self {
            by: down.unwrap_or(raw).parse()?,
            down: down.is_some(),
        })
    }
}
impl fmt::Display for DirectorySort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.down { "-" } else { "" }, self.by.word())
    }
}

impl DirectorySort {
    fn sql(self, table: &str) -> String {
        let way = if self.down { " desc" } else { "" };
        match self.by {
            DirectorySortBy::Name => format!("name_key{way}, id{way}"),
            DirectorySortBy::City => format!("lower(coalesce(city, '')){way}, name_key, id"),
            DirectorySortBy::Team => format!(
                "(select t.name_key from team t where t.id = {table}.team_id){way}, name_key, id"
            ),
        }
    }
}

/// What is more than so many is not counted to its end, and not paged to by number.
pub const MOST_LISTED: i64 = 10_000;

/// How many are passed over.
struct Past(i64);

impl FromStr for Past {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        match raw.parse() {
            Ok(past) if (0..=MOST_LISTED).contains(&past) => Ok(Self(past)),
            _ => Err(Rule::new("must be a number from 0 to 10000")),
        }
    }
}

/// Which part of a list is asked for, and in which order.
pub(crate) struct Window {
    pub(crate) sort: DirectorySort,
    past: i64,
    pub(crate) limit: usize,
}

impl Window {
    pub(crate) fn of(
        p: &mut Problems,
        sort: &Field,
        past: &Field,
        cursor: &Field,
        limit: &Field,
    ) -> Self {
        let sort = p.may::<DirectorySort>("sort", sort).unwrap_or_default();
        if sort != DirectorySort::default() && !cursor.is_blank() {
            p.add("cursor", "can't be used with a sort; use past");
        }
        Self {
            sort,
            past: p.may("past", past).map_or(0, |Past(past)| past),
            limit: p.page_limit(limit),
        }
    }
    /// The filter's rows in this window, and one more that tells whether there are others.
    pub(crate) fn cut(
        &self,
        mut filter: Filter,
        table: &str,
        cursor: &Field,
    ) -> Result<Filter, Problems> {
        filter.after("name_key", cursor)?;
        let mut filter = filter.page(&self.sort.sql(table), self.limit);
        let past = filter.bind(self.past);
        filter.sql += &format!(" offset {past}");
        Ok(filter)
    }
}

/// What people and customers are found by: the name, the city and the e-mail address, folded, without accents.
pub(crate) static HAYSTACK: LazyLock<String> =
    LazyLock::new(|| unaccented("(name_key || ' ' || lower(coalesce(city, '')) || ' ' || email)"));

/// Only those in whose column each word of a text is found, whatever its case and accents.
pub(crate) fn found_by(filter: &mut Filter, column: &str, text: &str) {
    filter.holds(column, &searchable(text));
}

/// Only those of the team of this name.
pub(crate) async fn of_team(
    tx: &mut ReadTx,
    filter: &mut Filter,
    name: &Line<80>,
) -> Result<(), Refusal> {
    let team = team_named(tx, name.as_str())
        .await?
        .ok_or_else(|| Refusal::invalid("team", "is not a team of this workspace"))?;
    filter.and("team_id = ?", Val::text(team.id));
    Ok(())
}

/// One list among several that are counted in one question.
pub(crate) struct Counter {
    pub(crate) filter: Filter,
    parts: Vec<String>,
}

impl Counter {
    pub(crate) fn new() -> Self {
        Self {
            filter: Filter::default(),
            parts: Vec::new(),
        }
    }
    /// Begins the next list.
    pub(crate) fn begin(&mut self) -> &mut Filter {
        self.filter.sql = "where 1 = 1".to_owned();
        &mut self.filter
    }
    /// Ends a list.
    pub(crate) fn end(&mut self, table: &str) {
        let at = self.parts.len();
        self.parts.push(format!(
            "select cast({at} as bigint) as list, count(*) as n from (select 1 as one from {table} {} limit {}) as found{at}",
            self.filter.sql,
            MOST_LISTED + 1
        ));
    }
    /// How many each list has.
    pub(crate) async fn counts(self, tx: &mut ReadTx) -> Result<Vec<i64>, Refusal> {
        let mut counts = vec![0; self.parts.len()];
        if counts.is_empty() {
            return Ok(counts);
        }
        let sql = self.parts.join(" union all ");
        for row in tx.rows(&sql, self.filter.args).await? {
            let at = usize::try_from(row.int("list")?).unwrap_or(usize::MAX);
            if let Some(count) = counts.get_mut(at) {
                *count = row.int("n")?;
            }
        }
        Ok(counts)
    }
}
