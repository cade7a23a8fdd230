//! What a list of appointments shows: the view that was chosen, what else was asked, and the addresses around it.
use crate::shared::{
    parts::{Chip, Column, Pager, Tab, Way},
    time,
};
use interpres_gate::{Actor, FURTHEST, Permission as P, Sorted};
use interpres_scheduling::{ListAppointments, SortBy, Status};
use interpres_types::{Field, Instant, LocalDate};

/// A list that is always there.
pub(super) struct View {
    name: &'static str,
    word: &'static str,
    list: ListAppointments,
}

/// The lists that are always there; the first is what one sees unless something is asked.
pub(super) fn views(actor: &Actor, now: Instant) -> Vec<View> {
    let today = actor.today(now);
    let week = today.week_start(actor.office().week_start.label());
    let days = |from: LocalDate, to: Option<LocalDate>| ListAppointments {
        from: from.to_string().into(),
        to: to.map(|to| to.to_string()).unwrap_or_default().into(),
        ..ListAppointments::default()
    };
    let by_status = |status: &str, list: ListAppointments| ListAppointments {
        status: status.into(),
        ..list
    };
    let view = |word, name, list| View { name, word, list };
    let mut all = vec![
        view("upcoming", say::view_upcoming(), days(today, None)),
        view("today", say::today(), days(today, Some(today))),
        view(
            "week",
            say::this_week(),
            days(week, Some(week.plus_days(6))),
        ),
        view(
            "open",
            say::needs_an_interpreter(),
            by_status("open", days(today, None)),
        ),
        view(
            "missing",
            say::view_missing(),
            by_status("incomplete", ListAppointments::default()),
        ),
        view("all", say::view_all(), ListAppointments::default()),
    ];
    all.retain(|view| view.word != "missing" || actor.may(P::ViewVouchers));
    all
}

/// What was asked behind the question mark.
pub(super) struct AppointmentQuery {
    pub(super) list: ListAppointments,
}

/// The fields of a list that are filters.
const FILTERS: [&str; 7] = [
    "from",
    "to",
    "status",
    "team",
    "language",
    "customer_name",
    "interpreter_name",
];

impl AppointmentQuery {
    /// Of an address. Fields that are asked beside a view win over the view's own.
    pub(super) fn of(raw: &str, views: &[View]) -> Self {
        let pairs: Vec<(String, String)> = form_urlencoded::parse(raw.as_bytes())
            .into_owned()
            .filter(|(_, value)| !value.trim().is_empty())
            .collect();
        let wanted = pairs.iter().find(|(name, _)| name == "view");
        let view = match wanted {
            Some((_, word)) => views.iter().find(|view| view.word == word),
            None if pairs
                .iter()
                .all(|(name, _)| name == "sort" || name == "past") =>
            {
                views.first()
            }
            None => None,
        };
        let asked = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&pairs)
            .finish();
        let mut list: ListAppointments = serde_html_form::from_str(&asked).unwrap_or_default();
        if let Some(view) = view {
            let mut preset = view.list.clone();
            for (field, preset) in fields_of(&mut list).into_iter().zip(fields_of(&mut preset)) {
                if field.is_blank() {
                    *field = std::mem::take(preset);
                }
            }
        }
        Self { list }
    }

    /// The tabs, with how many each holds.
    pub(super) fn tabs(&self, views: &[View], counts: &[i64]) -> Vec<Tab> {
        let tab = |(view, count): (&View, &i64)| Tab {
            name: view.name.to_owned(),
            path: format!("/appointments?view={}", view.word),
            current: same(&view.list, &self.list),
            count: (*count <= FURTHEST).then_some(*count),
        };
        views.iter().zip(counts).map(tab).collect()
    }

    /// The filters that are set, each with the address of the list without it.
    pub(super) fn chips(&self) -> Vec<Chip> {
        let dates = time::dates(self.list.from.raw(), self.list.to.raw());
        let said = [
            (say::filter_dates(), dates, ["from", "to"].as_slice()),
            (say::status(), self.status(), &["status"]),
            (
                say::language(),
                self.list.language.raw().to_owned(),
                &["language"],
            ),
            (
                say::customer(),
                self.list.customer_name.raw().to_owned(),
                &["customer_name"],
            ),
            (
                say::label_interpreter(),
                self.list.interpreter_name.raw().to_owned(),
                &["interpreter_name"],
            ),
            (
                say::field_team(),
                self.list.team.raw().to_owned(),
                &["team"],
            ),
        ];
        said.into_iter()
            .filter(|(_, value, _)| !value.trim().is_empty())
            .map(|(label, value, fields)| Chip {
                label,
                value,
                without: self.address(fields, &[("view", "all")]),
            })
            .collect()
    }

    fn status(&self) -> String {
        match self.list.status.raw().trim() {
            "" => String::new(),
            "open" => say::needs_an_interpreter().to_owned(),
            other => other.parse::<Status>().map_or_else(
                |_| other.to_owned(),
                |status| say::overheard(status.label()).into_owned(),
            ),
        }
    }

    /// The filter of this name, where it is set.
    pub(super) fn chip(&self, label: &str) -> Option<Chip> {
        self.chips().into_iter().find(|chip| chip.label == label)
    }

    /// Whether anything narrows the list.
    pub(super) fn is_narrowed(&self) -> bool {
        !self.chips().is_empty()
    }

    pub(super) fn path(&self) -> &'static str {
        "/appointments"
    }

    /// What a form keeps in hidden fields: all that was asked but the page, and the form's own fields, which a space
    /// parts. Whatever is left out of it, no view stands in.
    pub(super) fn hidden_fields(&self, own: &str) -> Vec<(&'static str, String)> {
        let own: Vec<&str> = own.split(' ').collect();
        let mut kept = self.fields(&own);
        kept.insert(0, ("view", "all".to_owned()));
        kept
    }

    fn fields(&self, own: &[&str]) -> Vec<(&'static str, String)> {
        let mut list = self.list.clone();
        FILTERS
            .into_iter()
            .zip(fields_of(&mut list))
            .filter(|(name, field)| !own.contains(name) && !field.is_blank())
            .map(|(name, field)| (name, field.raw().trim().to_owned()))
            .chain(self.sorted_otherwise())
            .collect()
    }

    fn sorted_otherwise(&self) -> Option<(&'static str, String)> {
        let sort = self.list.sort.raw().trim();
        (!sort.is_empty()).then(|| ("sort", sort.to_owned()))
    }

    /// The address of the same list without some fields, and with others.
    fn address(&self, without: &[&str], with: &[(&str, &str)]) -> String {
        let kept = self.fields(without);
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(with)
            .extend_pairs(kept)
            .finish();
        format!("/appointments?{query}")
    }

    /// The address from which the whole list is exported.
    pub(super) fn export(&self) -> String {
        self.address(&[], &[])
            .replacen("/appointments?", "/appointments/export?view=all&", 1)
    }

    /// The filters as a view keeps them: days that are always there go by their word, so that the view moves along.
    pub(super) fn saved(&self, views: &[View]) -> Vec<(&'static str, String)> {
        let days = |view: &&View| {
            !view.list.from.is_blank()
                && view.list.from == self.list.from
                && view.list.to == self.list.to
        };
        let days = views.iter().find(days);
        let mut fields = self.fields(match days {
            Some(_) => &["from", "to"],
            None => &[],
        });
        fields.insert(0, ("view", days.map_or("all", |view| view.word).to_owned()));
        fields
    }

    /// Whether it is one of the lists that are always there, as it is.
    pub(super) fn is_always_there(&self, views: &[View]) -> bool {
        self.list.sort.is_blank() && views.iter().any(|view| same(&view.list, &self.list))
    }

    /// The heads of the columns: each sorts, and turns around when it is the one sorted by.
    pub(super) fn columns(&self) -> Vec<Column> {
        let sort: Sorted<SortBy> = self.list.sort.raw().trim().parse().unwrap_or_default();
        let head = |by: SortBy, class| {
            let sorted = sort.by == by;
            let next = Sorted {
                by,
                down: sorted && !sort.down,
            };
            let kept = self.fields(&[]);
            let query = form_urlencoded::Serializer::new(String::new())
                .append_pair("view", "all")
                .extend_pairs(kept.iter().filter(|(name, _)| *name != "sort"))
                .append_pair("sort", &next.to_string())
                .finish();
            Column {
                name: heading(by),
                class,
                path: Some(format!("/appointments?{query}")),
                sorted: sorted.then_some(if sort.down { Way::Down } else { Way::Up }),
            }
        };
        vec![
            head(SortBy::Start, "c-time"),
            head(SortBy::Status, "c-status"),
            head(SortBy::Language, "c-lang"),
            head(SortBy::Customer, "c-cust"),
            head(SortBy::Interpreter, "c-int"),
            Column::plain(say::label_client(), "c-client"),
            head(SortBy::Reference, "c-ref"),
        ]
    }

    /// Whether the list goes by time, so that days stand between.
    pub(super) fn by_time(&self) -> bool {
        let sort: Sorted<SortBy> = self.list.sort.raw().trim().parse().unwrap_or_default();
        sort.by == SortBy::Start
    }

    /// The foot of the table.
    pub(super) fn pager(&self, here: usize, total: i64) -> Pager {
        Pager::of(self.list.past.raw(), here, total, |past| {
            let past = past.map(|past| ("past", past));
            let with: Vec<_> = [("view", "all")].into_iter().chain(past).collect();
            self.address(&[], &with)
        })
    }
}

/// What a column is headed by that can be sorted by.
fn heading(by: SortBy) -> &'static str {
    match by {
        SortBy::Start => say::time_heading(),
        SortBy::Status => say::status(),
        SortBy::Language => say::language(),
        SortBy::Customer => say::customer(),
        SortBy::Interpreter => say::label_interpreter(),
        SortBy::Reference => say::reference(),
    }
}

/// Whether two lists filter the same way.
fn same(one: &ListAppointments, other: &ListAppointments) -> bool {
    let (mut one, mut other) = (one.clone(), other.clone());
    fields_of(&mut one) == fields_of(&mut other)
}

/// A list's filters, in the order of [`FILTERS`].
fn fields_of(list: &mut ListAppointments) -> [&mut Field; 7] {
    [
        &mut list.from,
        &mut list.to,
        &mut list.status,
        &mut list.team,
        &mut list.language,
        &mut list.customer_name,
        &mut list.interpreter_name,
    ]
}

impl View {
    /// What it holds.
    pub(super) fn list(&self) -> &ListAppointments {
        &self.list
    }
}
