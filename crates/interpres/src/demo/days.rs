//! The demo's days: three weeks that are over, today, and two to come. What people did is done by the real commands, each
//! at its own time, so that the demo's log, vouchers and invoices are as true as any.
use super::{
    agency::INTERPRETERS,
    customers::CUSTOMERS,
    plan::{Act, Chance, Job},
};
use crate::{KANARYA, World, cast::said, enter::enter, world};
use interpres_accounts::{AddMember, ListTeams};
use interpres_billing::{
    ApproveVoucher, FileVoucher, InvoiceInput, MakeInvoice, ReturnVoucher, SendInvoice,
    VoucherInput,
};
use interpres_directory::{AddCustomer, AddInterpreter, CustomerInput, InterpreterInput};
use interpres_dispatch::{AcceptOffer, AssignInterpreter, MakeOffers, MyOffers, OffersInput};
use interpres_gate::{Actor, Command, Gate, Refusal, Role};
use interpres_scheduling::{
    AppointmentInput, BookAppointment, CancelAppointment, CancelInput, CheckIn, EndSession,
    MarkMissed, MissedInput, StartSession,
};
use interpres_types::{AppointmentId, CustomerId, Instant, InterpreterId, Zone};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

/// Days before today on which the demo begins.
pub(crate) const BEGINS: i64 = 30;

/// A picture of a signature: one dot.
const SIGNATURE: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/// The demo's agency while it is made.
pub(crate) struct Agency<'a> {
    pub(super) gate: &'a Gate,
    pub(super) clock: &'a Arc<AtomicI64>,
    pub(super) chance: Chance,
    pub(super) world: World,
    pub(super) interpreters: Vec<InterpreterId>,
    pub(super) customers: Vec<CustomerId>,
    pub(super) jobs: Vec<Job>,
    /// What comes, by its time; of the same time in the order in which it was thought of.
    pub(super) coming: BTreeSet<(Instant, usize, Act, usize)>,
    pub(super) thought_of: usize,
}

/// Adds to the named world an agency's people, customers and appointments, up to `now`; the clock ends there.
///
/// # Errors
/// A fault. What the rules refuse did not happen.
pub(crate) async fn live(
    gate: &Gate,
    world: World,
    clock: &Arc<AtomicI64>,
    now: Instant,
) -> Result<World, Refusal> {
    let mut agency = Agency {
        gate,
        clock,
        chance: Chance(20_260_301),
        world,
        interpreters: Vec::new(),
        customers: Vec::new(),
        jobs: Vec::new(),
        coming: BTreeSet::new(),
        thought_of: 0,
    };
    agency.hire().await?;
    agency.plan(now)?;
    while let Some((at, _, act, job)) = agency.coming.pop_first() {
        if at > now {
            continue;
        }
        clock.store(at.micros(), Ordering::Relaxed);
        if let Err(refusal @ Refusal::Fault(_)) = agency.happen(act, job).await {
            return Err(refusal);
        }
    }
    clock.store(now.micros(), Ordering::Relaxed);
    Ok(agency.world)
}

impl Agency<'_> {
    async fn is(&self, first: &str) -> Result<Actor, Refusal> {
        let person = self.world.people.get(first).ok_or(Refusal::NotFound)?;
        enter(self.gate, person).await
    }
    async fn does<C: Command>(&self, first: &str, command: C) -> Result<C::Outcome, Refusal> {
        let actor = self.is(first).await?;
        Ok(self.gate.perform(&actor, command).await?.into_inner())
    }
    /// Interpreters and customers, and accounts for those who sign up.
    async fn hire(&mut self) -> Result<(), Refusal> {
        let teams: BTreeMap<String, interpres_types::TeamId> = self
            .gate
            .view(&self.is("Olivia").await?, ListTeams)
            .await?
            .into_inner()
            .into_iter()
            .map(|team| (team.name, team.id))
            .collect();
        for who in &INTERPRETERS {
            let email = format!("{}@frontrange.example", who.first.to_lowercase());
            let input = InterpreterInput {
                first_name: who.first.into(),
                last_name: who.last.into(),
                email: email.clone().into(),
                languages: who.languages.into(),
                team: who.team.into(),
                zip: who.zip.into(),
                gender: who.gender.into(),
                ..InterpreterInput::default()
            };
            let stored = self
                .does("Olivia", AddInterpreter { input, id: None })
                .await?;
            let id: InterpreterId = said(&stored.id)?;
            self.interpreters.push(id);
            if !who.signed_up {
                continue;
            }
            let (user, person) = world::open_account(
                self.gate,
                who.first,
                who.last,
                crate::cast::FRONT_RANGE,
                Role::Interpreter,
            )
            .await?;
            let member = AddMember {
                user,
                name: said(&person.name)?,
                email: said(&email)?,
                role: Role::Interpreter,
                teams: teams.get(who.team).copied().into_iter().collect(),
                interpreter: Some(id),
                customer: None,
            };
            self.does("Olivia", member).await?;
            self.world.people.insert(who.first.to_owned(), person);
            world::arrive(self.gate, &mut self.world, who.first).await?;
        }
        for of in &CUSTOMERS {
            let address = of.name.to_lowercase().replace(['\'', ' '], "");
            let input = CustomerInput {
                name: of.name.into(),
                email: format!("interpreting@{address}.example").into(),
                team: of.team.into(),
                address: of.street.into(),
                zip: of.zip.into(),
                health_care: if of.health_care { "yes" } else { "no" }.into(),
                ..CustomerInput::default()
            };
            let stored = self.does("Olivia", AddCustomer { input }).await?;
            self.customers.push(said(&stored.id)?);
        }
        Ok(())
    }

    async fn happen(&mut self, act: Act, at: usize) -> Result<(), Refusal> {
        if act == Act::Invoice {
            return self.invoice(at).await;
        }
        if act == Act::Book {
            let booked = self.book(at).await?;
            self.jobs[at].booked = Some(booked);
            return Ok(());
        }
        let job = &self.jobs[at];
        let id = job.booked.ok_or(Refusal::NotFound)?;
        match act {
            Act::Fill => self.fill(at, id).await,
            Act::Accept => self.accept(at, id).await,
            Act::CheckIn => self.works(at, CheckIn(id)).await,
            Act::Start => self.works(at, StartSession(id)).await,
            Act::End => self.works(at, EndSession(id)).await,
            Act::File => self.file(at, id).await,
            Act::Review => self.review(at).await,
            Act::Cancel => {
                let reason = if at.is_multiple_of(2) {
                    "client-canceled"
                } else {
                    "customer-canceled"
                };
                let input = CancelInput {
                    reason: reason.into(),
                    ..CancelInput::default()
                };
                let cancel = CancelAppointment {
                    id,
                    version: None,
                    input,
                };
                self.does("Dora", cancel).await.map(drop)
            }
            Act::Miss => {
                let input = MissedInput {
                    by: "client".into(),
                    ..MissedInput::default()
                };
                let missed = MarkMissed {
                    id,
                    version: None,
                    input,
                };
                self.does("Dora", missed).await.map(drop)
            }
            Act::Book | Act::Invoice => Ok(()),
        }
    }

    async fn book(&self, at: usize) -> Result<AppointmentId, Refusal> {
        let job = &self.jobs[at];
        let customer = &CUSTOMERS[job.customer];
        let meeting = if job.service_type == "video" {
            "https://meet.example/room-12"
        } else {
            ""
        };
        let input = AppointmentInput {
            date: job.date.to_string().into(),
            start: job.clock.as_str().into(),
            minutes: job.minutes.to_string().into(),
            language: job.language.into(),
            service_type: job.service_type.into(),
            team: customer.team.into(),
            customer: self.customers[job.customer].to_string().into(),
            lep_client: job.client.as_str().into(),
            notes: format!("{KANARYA}: check in at the front desk").into(),
            meeting: meeting.into(),
            ..AppointmentInput::default()
        };
        Ok(self.does("Dora", BookAppointment { input }).await?.id)
    }

    /// Those who speak the language, the ones who signed up first, beginning with another each time.
    fn speakers(&mut self, at: usize) -> Vec<usize> {
        let language = self.jobs[at].language;
        let mut all: Vec<usize> = (0..INTERPRETERS.len())
            .filter(|i| {
                INTERPRETERS[*i]
                    .languages
                    .split("; ")
                    .any(|l| l == language)
            })
            .collect();
        if !all.is_empty() {
            let turn = self
                .chance
                .minutes(0, i64::try_from(all.len()).unwrap_or(1));
            all.rotate_left(usize::try_from(turn).unwrap_or_default());
        }
        all.sort_by_key(|i| !INTERPRETERS[*i].signed_up);
        all
    }

    /// Offers it to a few at once, or assigns the first who is free.
    async fn fill(&mut self, at: usize, id: AppointmentId) -> Result<(), Refusal> {
        let speakers = self.speakers(at);
        let asked: Vec<usize> = speakers
            .iter()
            .copied()
            .filter(|i| INTERPRETERS[*i].signed_up)
            .take(3)
            .collect();
        if asked.len() > 1 && self.chance.below(2) == 0 {
            let input = OffersInput {
                kind: "broadcast".into(),
                interpreters: asked
                    .iter()
                    .map(|i| self.interpreters[*i].to_string().into())
                    .collect(),
                ..OffersInput::default()
            };
            let offers = MakeOffers {
                appointment: id,
                input,
            };
            self.does("Dora", offers).await?;
            let takes = self.chance.of(&asked);
            self.jobs[at].interpreter = takes;
            let answer = Instant::from_micros(self.clock.load(Ordering::Relaxed))
                .plus_minutes(self.chance.minutes(3, 240));
            self.then(answer, Act::Accept, at);
            return Ok(());
        }
        for i in speakers {
            let assign = AssignInterpreter {
                appointment: id,
                interpreter: self.interpreters[i],
            };
            match self.does("Dora", assign).await {
                Ok(_) => {
                    self.jobs[at].interpreter = Some(i);
                    return Ok(());
                }
                Err(refusal @ Refusal::Fault(_)) => return Err(refusal),
                Err(_) => {}
            }
        }
        Ok(())
    }

    async fn accept(&mut self, at: usize, id: AppointmentId) -> Result<(), Refusal> {
        let first = self.worker(at).ok_or(Refusal::NotFound)?;
        let actor = self.is(first).await?;
        let offers = self.gate.view(&actor, MyOffers).await?.into_inner();
        let offer = offers
            .iter()
            .find(|offer| offer.appointment == id)
            .ok_or(Refusal::NotFound)?;
        let taken = self.gate.perform(&actor, AcceptOffer(offer.id)).await;
        if taken.is_err() {
            self.jobs[at].interpreter = None;
        }
        taken.map(drop)
    }

    /// The interpreter's first name, where they have an account.
    fn worker(&self, at: usize) -> Option<&'static str> {
        let who = &INTERPRETERS[self.jobs[at].interpreter?];
        who.signed_up.then_some(who.first)
    }

    async fn works<C: Command>(&self, at: usize, command: C) -> Result<(), Refusal> {
        let first = self.worker(at).ok_or(Refusal::NotFound)?;
        self.does(first, command).await.map(drop)
    }

    async fn file(&mut self, at: usize, id: AppointmentId) -> Result<(), Refusal> {
        let job = &self.jobs[at];
        let zone: Zone = said("America/Denver")?;
        let over = if at.is_multiple_of(9) { 40 } else { 5 };
        let ends = zone.wall_time(job.starts.plus_minutes(job.minutes + over));
        let in_person = job.service_type == "in-person";
        let input = VoucherInput {
            start: job.clock.as_str().into(),
            end: ends.clock().into(),
            miles: if in_person { "12.4" } else { "" }.into(),
            signer: if in_person { "Front desk" } else { "" }.into(),
            signature: if in_person { SIGNATURE } else { "" }.into(),
            ..VoucherInput::default()
        };
        let by = self.worker(at).unwrap_or("Dora");
        let filed = self
            .does(
                by,
                FileVoucher {
                    appointment: id,
                    input,
                },
            )
            .await?;
        self.jobs[at].voucher = Some(filed.id);
        Ok(())
    }

    async fn review(&self, at: usize) -> Result<(), Refusal> {
        let id = self.jobs[at].voucher.ok_or(Refusal::NotFound)?;
        if at.is_multiple_of(13) {
            let reason = "The end time is later than the desk's log".into();
            return self
                .does("Bea", ReturnVoucher { id, reason })
                .await
                .map(drop);
        }
        self.does("Bea", ApproveVoucher { id, version: None })
            .await
            .map(drop)
    }

    async fn invoice(&self, customer: usize) -> Result<(), Refusal> {
        let input = InvoiceInput {
            customer: self.customers[customer].to_string().into(),
        };
        let made = self.does("Bea", MakeInvoice::of(input)).await?;
        self.does("Bea", SendInvoice(made.id)).await.map(drop)
    }
}
