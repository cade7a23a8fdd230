//! What the lists of interpreters and of customers have in common: how they are searched, sorted and paged.
use interpres_accounts::team_named;
use interpres_gate::{Filter, Past, ReadTx, Refusal, SortKey, Sorted, Val, unaccented, words};
use interpres_types::{Field, Line, Problems};
use std::sync::LazyLock;

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

impl SortKey for DirectorySortBy {
    const USUAL: Sorted<Self> = Sorted::up(Self::Name);
}

fn order(sort: Sorted<DirectorySortBy>, table: &str) -> String {
    let way = sort.way();
    match sort.by {
        DirectorySortBy::Name => format!("name_key{way}, id{way}"),
        DirectorySortBy::City => format!("lower(coalesce(city, '')){way}, name_key, id"),
        DirectorySortBy::Team => {
            format!(
                "(select t.name_key from team t where t.id = {table}.team_id){way}, name_key, id"
            )
        }
    }
}

/// Which part of a list is asked for, and in which order.
pub(crate) struct Window {
    pub(crate) sort: Sorted<DirectorySortBy>,
    past: Past,
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
        let sort = p
            .may::<Sorted<DirectorySortBy>>("sort", sort)
            .unwrap_or_default();
        if !sort.is_usual() && !cursor.is_blank() {
            p.add("cursor", "can't be used with a sort; use past");
        }
        Self {
            sort,
            past: p.may("past", past).unwrap_or_default(),
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
        Ok(filter
            .page(&order(self.sort, table), self.limit)
            .past(self.past))
    }
}

/// What people and customers are found by: the name, the city and the e-mail address, folded, without accents.
pub(crate) static HAYSTACK: LazyLock<String> =
    LazyLock::new(|| unaccented("(name_key || ' ' || lower(coalesce(city, '')) || ' ' || email)"));

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
