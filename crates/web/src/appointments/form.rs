//! The form of an appointment's details, for booking one and for changing one.
use crate::shared::filters;
use crate::{
    App,
    appointments::step::known_client,
    shared::{
        Frame, Pairs, Refused, pairs,
        pick::{self, Of, Pick},
    },
};
use askama::Template;
use interpres_accounts::{ListTeams, OWN_CUSTOMER};
use interpres_directory::{Gender, ServiceType};
use interpres_gate::{Actor, Permission as P};
use interpres_scheduling::{AppointmentInput, ClientView, Mode};
use interpres_types::{AppointmentId, Problems};

#[derive(Template)]
#[template(path = "appointment_form.html")]
pub(crate) struct AppointmentForm {
    pub(super) frame: Frame,
    pub(super) heading: &'static str,
    pub(super) button: &'static str,
    pub(super) action: String,
    pub(super) steps: bool,
    pub(super) assigns: bool,
    pub(super) version: String,
    pub(super) input: AppointmentInput,
    pub(super) problems: Problems,
    pub(super) service_types: Pairs,
    pub(super) modes: Pairs,
    pub(super) genders: Pairs,
    /// What is chosen of thousands.
    pub(super) picked: Picked,
    /// Whether the customer is the reader's own organization.
    pub(super) own: bool,
    /// A client who is known, to be chosen; nothing while none was.
    pub(super) client: Option<ClientView>,
    pub(super) teams: Pairs,
    pub(super) which: Pairs,
    /// Whom a later step chose already.
    pub(super) picks: Pairs,
    /// The booking that is under way; nothing for an appointment that is there.
    pub(super) draft: String,
}

/// The fields of an appointment that are chosen of thousands.
#[derive(Clone)]
pub(crate) struct Picked {
    pub(super) customer: Pick,
    pub(super) language: Pick,
    pub(super) zone: Pick,
}

impl Picked {
    /// What a form that is sent means by them; what is open is a problem.
    pub(crate) async fn sent(
        app: &App,
        actor: &Actor,
        pairs: &mut Pairs,
        p: &mut Problems,
    ) -> Result<Self, Refused> {
        let customer = if let Some(own) = own_customer(actor) {
            own
        } else {
            pick::one(app, actor, pairs, "customer", Of::Customers, p).await?
        };
        Ok(Self {
            customer,
            language: pick::one(app, actor, pairs, "language", Of::Languages, p).await?,
            zone: pick::one(app, actor, pairs, "zone", Of::Zones, p).await?,
        })
    }
    /// What is kept of them.
    pub(crate) async fn from_stored(
        app: &App,
        actor: &Actor,
        input: &AppointmentInput,
    ) -> Result<Self, Refused> {
        let kept = async |name: &str, of, value: &interpres_types::Field| {
            Pick::from_stored(app, actor, name, of, value.raw()).await
        };
        Ok(Self {
            customer: match own_customer(actor) {
                Some(own) => own,
                None => kept("customer", Of::Customers, &input.customer).await?,
            },
            language: kept("language", Of::Languages, &input.language).await?,
            zone: kept("zone", Of::Zones, &input.zone).await?,
        })
    }
}

/// The customer of a requester, who has no other.
fn own_customer(actor: &Actor) -> Option<Pick> {
    let id = actor.rights().own(&OWN_CUSTOMER)?;
    Some(Pick {
        value: id.to_string(),
        text: say::your_organization().to_owned(),
        ..Pick::blank("customer", Of::Customers)
    })
}

/// The form with what was typed and what is wrong with it.
pub(crate) async fn form(
    app: &App,
    actor: &Actor,
    input: AppointmentInput,
    picked: Option<Picked>,
    problems: Problems,
) -> Result<AppointmentForm, Refused> {
    let own = actor.rights().own(&OWN_CUSTOMER);
    let picked = match picked {
        Some(picked) => picked,
        None => Picked::from_stored(app, actor, &input).await?,
    };
    let teams = if own.is_some() {
        Vec::new()
    } else {
        app.gate
            .view(actor, ListTeams)
            .await?
            .into_inner()
            .into_iter()
            .filter(|t| t.own)
            .map(|t| (t.name.clone(), t.name))
            .collect()
    };
    let teams = if teams.is_empty() {
        teams
    } else {
        std::iter::once((String::new(), say::the_customers().to_owned()))
            .chain(teams)
            .collect()
    };
    let client = known_client(app, actor, &input).await?;
    Ok(AppointmentForm {
        frame: Frame::of(actor, "/appointments"),
        heading: say::new_appointment(),
        button: if actor.may(P::AssignInterpreters) {
            say::go_to_assignment()
        } else {
            say::go_to_review()
        },
        action: "/appointments/new/assignment".to_owned(),
        steps: true,
        assigns: actor.may(P::AssignInterpreters),
        version: String::new(),
        input,
        problems,
        service_types: ServiceType::ALL
            .iter()
            .map(|s| (s.word().to_owned(), say::overheard(s.label()).into_owned()))
            .collect(),
        modes: Mode::ALL
            .iter()
            .map(|m| (m.word().to_owned(), say::overheard(m.label()).into_owned()))
            .collect(),
        genders: std::iter::once((String::new(), say::filter_any().to_owned()))
            .chain(
                Gender::ALL
                    .iter()
                    .map(|g| (g.word().to_owned(), say::overheard(g.label()).into_owned())),
            )
            .collect(),
        picked,
        own: own.is_some(),
        client,
        teams,
        which: pairs(&[
            ("", say::choose()),
            ("earlier", say::twice_earlier()),
            ("later", say::twice_later()),
        ]),
        picks: Vec::new(),
        draft: String::new(),
    })
}

impl AppointmentForm {
    /// Whether the time was one that the clock shows twice.
    fn twice(&self) -> bool {
        !self.input.which.is_blank()
            || self
                .problems
                .of("start")
                .is_some_and(|rule| rule.to_string().contains("twice"))
    }
    /// The same form, to change an appointment.
    pub(crate) fn for_change(mut self, id: AppointmentId, version: i64) -> Self {
        self.heading = say::change_appointment();
        self.button = say::save();
        self.steps = false;
        self.action = format!("/appointments/{id}/edit");
        self.version = version.to_string();
        self.teams.retain(|(value, _)| !value.is_empty());
        self
    }
    /// What a field says so far, for the summary beside the form.
    fn summary(&self, field: &str) -> String {
        let (raw, none) = match field {
            "customer" => (self.picked.customer.text.as_str(), say::customer()),
            "language" => (self.picked.language.text.as_str(), say::language()),
            "date" => (self.input.date.raw(), "–"),
            "start" => (self.input.start.raw(), "–"),
            "minutes" => (self.input.minutes.raw(), "–"),
            "service_type" => (self.input.service_type.raw(), "–"),
            "mode" => (self.input.mode.raw(), "–"),
            _ => ("", "–"),
        };
        match (self.meaning(field, raw), raw.trim()) {
            (Some(meaning), _) => meaning,
            (None, "") => none.to_owned(),
            (None, other) => other.to_owned(),
        }
    }
    /// What a value of the form means, where it is one of a list.
    pub(crate) fn meaning(&self, field: &str, value: &str) -> Option<String> {
        let pick = match field {
            "customer" => Some(&self.picked.customer),
            "zone" => Some(&self.picked.zone),
            _ => None,
        };
        if let Some(pick) = pick {
            return (pick.value == value).then(|| pick.text.clone());
        }
        let list = match field {
            "service_type" => &self.service_types,
            "mode" => &self.modes,
            "gender" => &self.genders,
            _ => return None,
        };
        list.iter()
            .find(|(known, _)| known == value)
            .map(|(_, label)| label.clone())
    }
}
