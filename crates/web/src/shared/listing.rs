//! A list that is asked for by its address: filters as chips, a sort in the heads, a page before and after.
use super::parts::{Chip, Column, ON_A_PAGE, Pager, Way};
use serde::de::DeserializeOwned;

/// A filter: its field in the address, and what the chip is called by which it is left.
pub(crate) struct Filtered {
    field: &'static str,
    label: Option<&'static str>,
}

pub(crate) const fn filtered(field: &'static str, label: &'static str) -> Filtered {
    Filtered {
        field,
        label: Some(label),
    }
}

/// A filter that is set by a tab, and left by another one.
pub(crate) const fn tabbed(field: &'static str) -> Filtered {
    Filtered { field, label: None }
}

/// What was asked behind the question mark of a list.
pub(crate) struct Listing {
    path: &'static str,
    /// The list with nothing asked of it.
    bare: String,
    /// What was asked, without what is blank.
    asked: Vec<(&'static str, String)>,
    chips: Vec<Chip>,
}

/// Fields of every list beside its filters.
const BESIDE: [&str; 5] = ["q", "ids", "sort", "past", "cursor"];

impl Listing {
    /// Of an address. `told` says a filter's value as people read it.
    pub(crate) fn of(
        path: &'static str,
        raw: &str,
        filters: &[Filtered],
        told: impl Fn(&str, &str) -> String,
    ) -> Self {
        let known = || filters.iter().map(|filter| filter.field).chain(BESIDE);
        let mut this = Self {
            path,
            bare: path.to_owned(),
            asked: Vec::new(),
            chips: Vec::new(),
        };
        for (name, value) in form_urlencoded::parse(raw.as_bytes()) {
            let value = value.trim();
            let Some(name) = known()
                .find(|known| *known == name)
                .filter(|_| !value.is_empty())
            else {
                continue;
            };
            this.asked.retain(|(field, _)| *field != name);
            this.asked.push((name, value.to_owned()));
        }
        this.chips = filters
            .iter()
            .filter_map(|Filtered { field, label }| {
                let value = Some(this.value(field)).filter(|value| !value.is_empty())?;
                Some(Chip {
                    label: (*label)?,
                    value: told(field, value),
                    without: this.address(&[field], &[]),
                })
            })
            .collect();
        this
    }
    /// The same, where the list with nothing asked of it has another address because a saved view opens first.
    pub(crate) fn bare_at(mut self, bare: String) -> Self {
        let plain = self.path;
        for chip in self.chips.iter_mut().filter(|chip| chip.without == plain) {
            chip.without.clone_from(&bare);
        }
        self.bare = bare;
        self
    }
    /// The list with nothing asked of it.
    pub(crate) fn clear(&self) -> &str {
        &self.bare
    }
    /// The address of all that the list holds, as a file.
    pub(crate) fn export(&self) -> String {
        let here = self.address(&[], &[]);
        here.replacen(self.path, &format!("{}/export", self.path), 1)
    }
    pub(crate) fn path(&self) -> &'static str {
        self.path
    }
    /// What was asked of a field; empty where nothing was.
    pub(crate) fn value(&self, field: &str) -> &str {
        self.asked
            .iter()
            .find(|(name, _)| *name == field)
            .map_or("", |(_, value)| value)
    }
    /// The same as a domain's query takes it, for a page of the list.
    pub(crate) fn query<Q: DeserializeOwned + Default>(&self) -> Q {
        let text = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&self.asked)
            .append_pair("limit", &ON_A_PAGE.to_string())
            .finish();
        serde_html_form::from_str(&text).unwrap_or_default()
    }
    /// What a filter's value is called, where that is known only once the list was read.
    pub(crate) fn call(&mut self, label: &str, value: String) {
        if let Some(chip) = self.chips.iter_mut().find(|chip| chip.label == label) {
            chip.value = value;
        }
    }
    /// The filters that are set.
    pub(crate) fn chips(&self) -> &[Chip] {
        &self.chips
    }
    /// The filter of this name, where it is set.
    pub(crate) fn chip(&self, label: &str) -> Option<&Chip> {
        self.chips.iter().find(|chip| chip.label == label)
    }
    /// Whether anything narrows the list.
    pub(crate) fn is_narrowed(&self) -> bool {
        !self.chips.is_empty() || !self.value("q").is_empty() || !self.value("ids").is_empty()
    }
    /// What a form keeps in hidden fields: all that was asked but the page, and the form's own fields, which a space parts.
    pub(crate) fn hidden_fields(&self, own: &str) -> Vec<(&'static str, &str)> {
        self.asked
            .iter()
            .filter(|(name, _)| {
                !["past", "cursor"].contains(name) && !own.split(' ').any(|own| own == *name)
            })
            .map(|(name, value)| (*name, value.as_str()))
            .collect()
    }
    /// The address of the same list without some fields, and with others.
    pub(crate) fn address(&self, without: &[&str], with: &[(&str, &str)]) -> String {
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(
                self.hidden_fields("")
                    .into_iter()
                    .filter(|(name, _)| !without.contains(name)),
            )
            .extend_pairs(with)
            .finish();
        if query.is_empty() {
            self.bare.clone()
        } else {
            format!("{}?{query}", self.path)
        }
    }
    /// A column's head: it sorts by the word, and turns around when the list is sorted by it. `usual` is how the list is
    /// sorted unless said; where that is the last first, each column begins with its last.
    pub(crate) fn head(
        &self,
        name: &'static str,
        class: &'static str,
        word: &str,
        usual: &str,
    ) -> Column {
        let sort = match self.value("sort") {
            "" => usual,
            sort => sort,
        };
        let down = sort.strip_prefix('-');
        let sorted = down.unwrap_or(sort) == word;
        let first_down = usual.starts_with('-');
        let turned = sorted && down.is_some() == first_down;
        let next = if turned == first_down {
            word.to_owned()
        } else {
            format!("-{word}")
        };
        Column {
            name,
            class,
            path: Some(self.address(&["sort"], &[("sort", next.as_str())])),
            sorted: sorted.then_some(if down.is_some() { Way::Down } else { Way::Up }),
        }
    }
    /// The foot of the table, under so many rows of all.
    pub(crate) fn pager(&self, here: usize, total: i64) -> Pager {
        Pager::of(self.value("past"), here, total, |past| {
            let past = past.map(|past| ("past", past));
            self.address(&[], past.as_slice())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILTERS: [Filtered; 2] = [filtered("language", "Language"), filtered("team", "Team")];

    fn of(raw: &str) -> Listing {
        Listing::of("/interpreters", raw, &FILTERS, |_, value| value.to_owned())
    }

    #[test]
    fn a_filter_is_left_by_its_chip_and_stays_on_the_next_page() {
        let list = of("language=Spanish&team=&q=mei&past=50&strange=x");
        let chip = list.chip("Language").map(|chip| chip.without.clone());
        assert_eq!(chip.as_deref(), Some("/interpreters?q=mei"));
        assert!(list.chip("Team").is_none() && list.is_narrowed());
        let pager = list.pager(50, 231);
        assert_eq!(pager.to_string(), "51–100 of 231");
        assert_eq!(
            pager.next.as_deref(),
            Some("/interpreters?language=Spanish&q=mei&past=100")
        );
        assert_eq!(
            pager.before.as_deref(),
            Some("/interpreters?language=Spanish&q=mei")
        );
    }

    #[test]
    fn a_head_turns_around_when_the_list_is_sorted_by_it() {
        let path = |raw: &str, word| of(raw).head("x", "", word, "name").path;
        assert_eq!(
            path("", "name").as_deref(),
            Some("/interpreters?sort=-name")
        );
        assert_eq!(path("", "city").as_deref(), Some("/interpreters?sort=city"));
        assert_eq!(
            path("sort=-name", "name").as_deref(),
            Some("/interpreters?sort=name")
        );
        let last_first = |raw: &str| of(raw).head("x", "", "pay", "-filed").path;
        assert_eq!(last_first("").as_deref(), Some("/interpreters?sort=-pay"));
        assert_eq!(
            last_first("sort=-pay").as_deref(),
            Some("/interpreters?sort=pay")
        );
    }
}
