//! Whose acts are looked for in the log, and of which record.
use crate::{App, shared::Refused};
use interpres_accounts::FindPerson;
use interpres_compliance::FindRecord;
use interpres_gate::{Actor, Refusal};
use interpres_types::{Field, Problems, UserId};

/// Whose acts are looked for: typed as a name, a part of one or an address, or told by id.
pub(crate) struct Who {
    pub(super) typed: String,
    user: Option<UserId>,
    pub(super) name: String,
    pub(super) email: String,
    /// Why it is nobody.
    pub(super) problem: String,
}

impl Who {
    pub(super) async fn asked(app: &App, actor: &Actor, said: &Field) -> Result<Self, Refused> {
        let nobody = Self {
            typed: said.raw().trim().to_owned(),
            user: None,
            name: said.raw().trim().to_owned(),
            email: String::new(),
            problem: String::new(),
        };
        if said.is_blank() {
            return Ok(nobody);
        }
        match app.gate.view(actor, FindPerson(said.clone())).await {
            Ok(found) => {
                let found = found.into_inner();
                let by_id = nobody.typed.parse::<UserId>().is_ok();
                Ok(Self {
                    typed: if by_id {
                        found.email.clone()
                    } else {
                        nobody.typed
                    },
                    email: found.email,
                    user: Some(found.user),
                    name: found.name,
                    ..nobody
                })
            }
            // The log also knows people who are no members, by id.
            Err(Refusal::Invalid(_)) if nobody.typed.parse::<UserId>().is_ok() => Ok(Self {
                user: nobody.typed.parse().ok(),
                name: say::log_stranger().to_owned(),
                ..nobody
            }),
            Err(Refusal::Invalid(problems)) => Ok(Self {
                problem: told(&nobody.typed, &problems),
                ..nobody
            }),
            Err(refusal) => Err(refusal.into()),
        }
    }
    /// What the log knows them by.
    pub(super) fn id(&self) -> Field {
        self.user
            .map(|user| user.to_string())
            .unwrap_or_default()
            .into()
    }
}

/// What was typed, and what is wrong with it.
fn told(typed: &str, problems: &Problems) -> String {
    let rules = problems
        .list()
        .iter()
        .map(|p| say::overheard(&p.rule.to_string()).into_owned());
    say::log_typed_wrong(rules.collect::<Vec<_>>().join("; "), typed)
}

/// The record that a filter means.
#[derive(Default)]
pub(super) struct Meant {
    pub(super) id: Field,
    pub(super) name: String,
    /// Why it is none.
    pub(super) problem: String,
}

impl Meant {
    pub(super) async fn asked(app: &App, actor: &Actor, typed: &Field) -> Result<Self, Refused> {
        if typed.is_blank() {
            return Ok(Self::default());
        }
        match app.gate.view(actor, FindRecord(typed.clone())).await {
            Ok(found) => {
                let found = found.into_inner();
                Ok(Self {
                    id: found.id.to_string().into(),
                    name: found
                        .reference
                        .unwrap_or_else(|| say::log_one_record().to_owned()),
                    problem: String::new(),
                })
            }
            Err(Refusal::Invalid(problems)) => {
                let typed = typed.raw().trim();
                Ok(Self {
                    name: typed.to_owned(),
                    problem: told(typed, &problems),
                    ..Self::default()
                })
            }
            Err(refusal) => Err(refusal.into()),
        }
    }
}
