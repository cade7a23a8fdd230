//! A person's profile in a workspace, and their start page (AC11).
use crate::member::mine;
use interpres_gate::{
    Action, Command, Granted, Query, ReadTx, Refusal, WriteTx, async_trait, words,
};
use interpres_types::{Field, Line, PageLanguage, Phone, PictureId, Problems};
use serde::Serialize;

words! {
    /// The page that opens first.
    FirstPage, "must be a page that may be the first" {
        /// The interpreter's day.
        Today = "today", "Today";
        /// An interpreter's offers.
        Offers = "offers", "Offers";
        /// An interpreter's days.
        Schedule = "schedule", "Schedule";
        /// The overview.
        Overview = "overview", "Overview";
        /// Appointments.
        Appointments = "appointments", "Appointments";
        /// The directory of interpreters.
        Interpreters = "interpreters", "Interpreters";
        /// The directory of customers.
        Customers = "customers", "Customers";
        /// Vouchers.
        Vouchers = "vouchers", "Vouchers";
        /// Invoices.
        Invoices = "invoices", "Invoices";
        /// The audit log.
        Audit = "audit", "Audit log";
        /// Members.
        People = "people", "People";
    }
}

words! {
    /// Preferred contact method.
    ReachBy, "must be phone, text, email or notice" {
        /// A call.
        Phone = "phone", "Phone";
        /// A text message.
        Text = "text", "Text message";
        /// Email.
        Email = "email", "Email";
        /// A notice in here.
        Notice = "notice", "Notification in Interpres";
    }
}

/// A person's own profile.
#[derive(Clone, Copy, Debug)]
pub struct MyProfile;

/// One's profile.
#[derive(Debug, Serialize)]
pub struct ProfileView {
    /// The version of one's membership.
    pub version: i64,
    /// The name shown to colleagues.
    pub name: String,
    /// The telephone number shown to colleagues.
    pub phone: Option<String>,
    /// Preferred contact method.
    pub reach_by: Option<ReachBy>,
    /// The page that opens first; by role when empty.
    pub first_page: Option<FirstPage>,
    /// The language of one's pages and letters; the browser's when empty.
    pub language: Option<PageLanguage>,
    /// One's photo.
    pub photo: Option<PictureId>,
    /// Whether an identity provider manages the name.
    pub name_kept: bool,
}

/// Names of people who sign in through a provider are managed there.
fn name_kept(tx: &ReadTx) -> bool {
    tx.actor().via().is_some()
}

#[async_trait]
impl Query for MyProfile {
    const ACTION: Action = Action::ProfileShow;
    type View = ProfileView;
    async fn answer(self, tx: &mut ReadTx) -> Result<ProfileView, Refusal> {
        let me = mine(tx).await?;
        Ok(ProfileView {
            version: me.version,
            name_kept: name_kept(tx),
            name: me.name.into(),
            phone: me.phone.map(|phone| phone.to_string()),
            first_page: me.first_page,
            reach_by: me.reach_by,
            language: me.language,
            photo: me.photo,
        })
    }
}

/// Profile input.
#[derive(Clone, Debug, Default)]
pub struct ProfileInput {
    /// The name shown to colleagues; required unless an identity provider manages it.
    pub name: Field,
    /// A telephone number, like +1 303 555 0100.
    pub phone: Field,
    /// phone, text, email or notice: how colleagues best reach one.
    pub reach_by: Field,
    /// The page that opens first; by role when empty.
    pub first_page: Field,
    /// en or es: the language of one's pages and letters; the browser's when empty.
    pub language: Field,
}

/// Changes one's profile.
#[derive(Debug)]
pub struct SetProfile {
    /// The version that was seen.
    pub version: Option<i64>,
    /// The input.
    pub input: ProfileInput,
}

#[async_trait]
impl Command for SetProfile {
    const ACTION: Action = Action::ProfileSet;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        let mut me = mine(tx).await?;
        let mut p = Problems::none();
        if name_kept(tx) {
            if !self.input.name.is_blank() && self.input.name.raw().trim() != me.name.as_str() {
                p.add("name", "is kept by your identity provider; change it there");
            }
        } else if let Some(name) = p.need::<Line<120>>("name", &self.input.name) {
            me.call(name);
        }
        me.phone = p.may::<Phone>("phone", &self.input.phone);
        me.first_page = p.may::<FirstPage>("first_page", &self.input.first_page);
        me.language = p.may::<PageLanguage>("language", &self.input.language);
        me.reach_by = p.may::<ReachBy>("reach_by", &self.input.reach_by);
        if me.phone.is_none() && matches!(me.reach_by, Some(ReachBy::Phone | ReachBy::Text)) {
            p.add("reach_by", "needs a telephone number");
        }
        if !p.is_empty() {
            return Err(p.into());
        }
        me.version = self.version.unwrap_or(me.version);
        tx.save(&me).await.map(drop)
    }
}
