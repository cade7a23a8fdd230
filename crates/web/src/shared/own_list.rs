//! A list as its reader has it: the views saved of it, and the columns they left out.
use super::{
    Refused,
    parts::{Column, Tab},
};
use crate::App;
use interpres_accounts::{LayoutView, ListName, SavedViewCard, ShowLayout};
use interpres_gate::{Action, Actor};

/// A column that can be left out: what it is stored as, and the class by which it is known among a table's columns, in
/// whatever language their names are.
pub(crate) struct Choice {
    word: &'static str,
    class: &'static str,
}

pub(crate) const fn choice(word: &'static str, class: &'static str) -> Choice {
    Choice { word, class }
}

/// A column that the reader may leave out of this list.
pub(crate) struct Offered {
    pub(crate) word: &'static str,
    pub(crate) name: &'static str,
}

/// A list, its views and its columns.
pub(crate) struct OwnList {
    name: ListName,
    path: &'static str,
    choices: &'static [Choice],
    /// The choices among the columns that the reader may see.
    offered: Vec<Offered>,
    layout: LayoutView,
    /// What is asked of the list now, as its address has it.
    filter: String,
    /// Whether that is a list which is always there.
    always: bool,
    may_share: bool,
}

impl OwnList {
    pub(crate) async fn of(
        app: &App,
        actor: &Actor,
        name: ListName,
        path: &'static str,
        choices: &'static [Choice],
    ) -> Result<Self, Refused> {
        let layout = app.gate.view(actor, ShowLayout(name)).await?.into_inner();
        Ok(Self {
            name,
            path,
            choices,
            offered: Vec::new(),
            layout,
            filter: String::new(),
            always: false,
            may_share: actor.may(Action::ViewShare.permission()),
        })
    }

    /// The view that opens first, where nothing is asked.
    pub(crate) fn first(&self, asked: &str) -> Option<String> {
        let first = self.layout.opens.filter(|_| asked.is_empty())?;
        let view = self.layout.views.iter().find(|view| view.id == first);
        view.map(|view| self.at(view))
    }
    /// The list with nothing asked of it, whatever view opens first.
    pub(crate) fn bare(&self) -> String {
        match self.layout.opens {
            Some(_) => format!("{}?view=all", self.path),
            None => self.path.to_owned(),
        }
    }
    /// With what is asked of the list now.
    pub(crate) fn asked<'a>(
        mut self,
        fields: impl IntoIterator<Item = (&'a str, impl AsRef<str>)>,
    ) -> Self {
        let kept = fields
            .into_iter()
            .filter(|(field, _)| self.name.fields().contains(field));
        self.filter = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(kept)
            .finish();
        self
    }

    /// With what is asked of it being a list that is always there, or not.
    pub(crate) fn always(self, always: bool) -> Self {
        Self { always, ..self }
    }

    pub(crate) fn word(&self) -> &'static str {
        self.name.word()
    }
    pub(crate) fn filter(&self) -> &str {
        &self.filter
    }
    /// Where a form leads back to.
    pub(crate) fn back(&self) -> String {
        if self.filter.is_empty() {
            self.bare()
        } else {
            format!("{}?{}", self.path, self.filter)
        }
    }
    pub(crate) fn views(&self) -> &[SavedViewCard] {
        &self.layout.views
    }
    pub(crate) fn has_views(&self) -> bool {
        !self.name.fields().is_empty()
    }
    /// Whether there is something that could be saved and was not yet.
    pub(crate) fn may_save(&self) -> bool {
        !self.filter.is_empty()
            && !self.always
            && !self.views().iter().any(|view| self.is_current(view))
    }
    pub(crate) fn may_share(&self, view: &SavedViewCard) -> bool {
        self.may_share && (view.own || view.shared)
    }
    pub(crate) fn opens_first(&self, view: &SavedViewCard) -> bool {
        self.layout.opens == Some(view.id)
    }
    pub(crate) fn at(&self, view: &SavedViewCard) -> String {
        format!("{}?{}", self.path, view.filter)
    }
    fn is_current(&self, view: &SavedViewCard) -> bool {
        let sorted = |filter: &str| {
            let pairs = form_urlencoded::parse(filter.as_bytes()).into_owned();
            let mut pairs: Vec<(String, String)> = pairs.collect();
            pairs.sort();
            pairs
        };
        sorted(&view.filter) == sorted(&self.filter)
    }
    /// The tabs that are always there, and the saved views behind them.
    pub(crate) fn tabs(&self, mut always: Vec<Tab>) -> Vec<Tab> {
        let saved: Vec<Tab> = self
            .views()
            .iter()
            .map(|view| Tab {
                name: view.name.clone(),
                path: self.at(view),
                current: self.is_current(view),
                count: None,
            })
            .collect();
        if saved.iter().any(|tab| tab.current) {
            always.iter_mut().for_each(|tab| tab.current = false);
        }
        always.extend(saved);
        always
    }

    pub(crate) fn offered(&self) -> &[Offered] {
        &self.offered
    }
    /// Whether a column is shown.
    pub(crate) fn shows(&self, word: &str) -> bool {
        !self.layout.hidden.iter().any(|hidden| hidden == word)
    }
    /// The columns without those that are left out; which could be is offered from now on.
    pub(crate) fn columns(&mut self, all: Vec<Column>) -> Vec<Column> {
        let choice = |column: &Column| {
            let class = column.class.split(' ').next()?;
            self.choices.iter().find(|choice| choice.class == class)
        };
        self.offered = all
            .iter()
            .filter_map(|column| {
                let word = choice(column)?.word;
                let name = column.name;
                Some(Offered { word, name })
            })
            .collect();
        all.into_iter()
            .filter(|column| choice(column).is_none_or(|choice| self.shows(choice.word)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(id: &str, filter: &str) -> SavedViewCard {
        SavedViewCard {
            id: id.parse().unwrap_or(interpres_types::SavedViewId::NONE),
            name: "Courts".to_owned(),
            filter: filter.to_owned(),
            own: true,
            shared: false,
        }
    }

    fn list(layout: LayoutView) -> OwnList {
        const CHOICES: &[Choice] = &[choice("phone", "c-phone")];
        OwnList {
            name: ListName::Interpreters,
            path: "/interpreters",
            choices: CHOICES,
            offered: Vec::new(),
            layout,
            filter: String::new(),
            always: false,
            may_share: false,
        }
    }

    #[test]
    fn a_saved_view_is_the_current_tab_whatever_the_order_of_its_fields() {
        let saved = view("", "team=Courts&language=Spanish");
        let list = list(LayoutView {
            views: vec![saved],
            ..LayoutView::default()
        });
        let now = [("language", "Spanish"), ("team", "Courts"), ("past", "50")];
        let list = list.asked(now);
        let all = Tab {
            name: "All".to_owned(),
            path: "/interpreters".to_owned(),
            current: true,
            count: None,
        };
        let tabs = list.tabs(vec![all]);
        let current: Vec<bool> = tabs.iter().map(|tab| tab.current).collect();
        assert_eq!(current, [false, true]);
        assert!(!list.may_save(), "it is saved already");
        assert_eq!(list.back(), "/interpreters?language=Spanish&team=Courts");
    }

    #[test]
    fn a_view_that_opens_first_does_so_only_where_nothing_is_asked() {
        let id = "01890000-0000-7000-8000-000000000001";
        let saved = view(id, "language=Spanish");
        let mut list = list(LayoutView {
            opens: Some(saved.id),
            views: vec![saved],
            hidden: vec!["phone".to_owned()],
        });
        assert_eq!(
            list.first("").as_deref(),
            Some("/interpreters?language=Spanish")
        );
        assert_eq!(list.first("view=all"), None);
        assert_eq!(list.bare(), "/interpreters?view=all");
        let columns = vec![
            Column::plain("Nombre", "c-name"),
            Column::plain("Teléfono", "c-phone end"),
        ];
        assert_eq!(list.columns(columns).len(), 1, "in any language");
        let offered: Vec<&str> = list.offered().iter().map(|one| one.name).collect();
        assert_eq!(offered, ["Teléfono"]);
    }
}
