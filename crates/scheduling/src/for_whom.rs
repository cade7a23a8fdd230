//! Whom an appointment is for: somebody new, or a client who is known. A name that is typed makes a new client, also
//! where there is one of that name already: whether two are one, only a person can say.
use crate::client::{Client, NewClient, client_of, has_others};
use crate::typed_client::{TypedClient, typed_client};
use crate::{Appointment, input::AppointmentInput};
use interpres_directory::CustomerCard;
use interpres_gate::{Phi, ReadTx, Refusal, Saved, WriteTx};
use interpres_types::{Blank, LepClientId, Line, Problems};
use std::collections::BTreeSet;

/// Whom an appointment is for, as it came in and was checked.
pub(crate) enum ForWhom {
    Typed(TypedClient),
    Known(LepClientId),
}

impl ForWhom {
    /// Initials or a file number, as typed.
    pub(crate) fn label(&self) -> Option<Line<40>> {
        match self {
            Self::Typed(typed) => typed.label.clone(),
            Self::Known(_) => None,
        }
    }
    /// Who is known.
    pub(crate) const fn known(&self) -> Option<LepClientId> {
        match self {
            Self::Typed(_) => None,
            Self::Known(id) => Some(*id),
        }
    }
}

/// Reads whom it is for. Only a client of the same customer, within one's own reach or of the appointment itself,
/// can be said to be it.
///
/// # Errors
/// [`Refusal::Invalid`], with what is wrong.
pub(crate) async fn for_whom(
    tx: &mut ReadTx,
    customer: &CustomerCard,
    input: &AppointmentInput,
    has: Option<LepClientId>,
) -> Result<ForWhom, Refusal> {
    let mut p = Problems::none();
    let picked = p.may::<LepClientId>("client", &input.client);
    if picked.is_some() && !input.lep_client.is_blank() {
        p.add("client", "is given beside a name; give one of the two");
    }
    if !p.is_empty() {
        return Err(p.into());
    }
    let Some(id) = picked else {
        return Ok(ForWhom::Typed(
            typed_client(tx, customer, &input.lep_client).await?,
        ));
    };
    if has == Some(id) {
        return Ok(ForWhom::Known(id));
    }
    let Some(client) = tx.may_find::<Client>(id).await? else {
        return Err(Refusal::invalid("client", "is not one of your clients"));
    };
    if client.customer_id != customer.id {
        return Err(Refusal::invalid("client", "is another customer's client"));
    }
    if client.key.is_none() {
        return Err(Refusal::invalid(
            "client",
            "was erased; nothing can be booked for them",
        ));
    }
    Ok(ForWhom::Known(id))
}

/// Gives an appointment that is being booked its client, and keeps the client if it is a new one.
pub(crate) async fn link(
    tx: &mut WriteTx,
    a: &mut Appointment,
    whom: ForWhom,
) -> Result<(), Refusal> {
    match whom {
        ForWhom::Typed(typed) if typed.is_nobody() => {}
        ForWhom::Typed(typed) => {
            let new = new_client(tx, a).await?;
            let client = Client {
                name: typed.name.map(Phi::new),
                label: typed.label,
                ..new
            };
            belongs(a, &tx.save(&client).await?);
        }
        ForWhom::Known(id) => pick(tx, a, id).await?,
    }
    Ok(())
}

/// A client of an appointment's team and customer, of whom nothing is known yet.
pub(crate) async fn new_client(tx: &mut WriteTx, a: &Appointment) -> Result<Client, Refusal> {
    tx.blank(NewClient {
        team_id: a.team_id,
        customer_id: a.customer_id,
        health_care: a.health_care != Some(false),
    })
    .await
}

/// The appointment is for this client.
pub(crate) fn belongs(a: &mut Appointment, client: &Saved<LepClientId>) {
    a.client_id = Some(client.id);
    a.client_version = Some(client.version);
}

async fn pick(tx: &mut WriteTx, a: &mut Appointment, id: LepClientId) -> Result<(), Refusal> {
    tx.alone(client_lock(id)).await?;
    let mut client: Client = tx.find(id).await?;
    client.unlinked_at = None;
    belongs(a, &tx.save(&client).await?);
    Ok(())
}

/// The name under which one acts alone on a client.
#[must_use]
pub fn client_lock(client: LepClientId) -> String {
    format!("client/{client}")
}

/// What becomes of the client of an appointment that is changed.
pub(crate) struct Relink {
    /// Whom it is for now, as it came in.
    pub(crate) whom: ForWhom,
    /// What a blank field says.
    pub(crate) blank: Blank,
    /// Whether the actor sees protected fields: who does not can't be the one who replaces them.
    pub(crate) open: bool,
}

/// Gives an appointment that is changed its client. As long as no other appointment is for the same client, another
/// name is a correction of theirs, and they go along to another customer or team; otherwise it is somebody else.
pub(crate) async fn relink(
    tx: &mut WriteTx,
    a: &mut Appointment,
    Relink { whom, blank, open }: Relink,
) -> Result<(), Refusal> {
    let stays = match &whom {
        ForWhom::Typed(typed) => typed.is_nobody() && blank == Blank::Stays,
        ForWhom::Known(id) => a.client_id == Some(*id) || !open,
    };
    if a.key.is_none() && !stays && !matches!(&whom, ForWhom::Typed(t) if t.is_nobody()) {
        return Err(Refusal::conflict(
            "What this record held of a client was erased; nothing can be added to it.",
        ));
    }
    let Some(client) = client_of(tx, a).await? else {
        return if a.client_id.is_none() {
            link(tx, a, whom).await
        } else {
            Ok(())
        };
    };
    // The client it is for and the one it will be for, in one order: two appointments may swap theirs.
    let both: BTreeSet<LepClientId> = whom.known().into_iter().chain([client.id]).collect();
    for id in both {
        tx.alone(client_lock(id)).await?;
    }
    let shared = has_others(tx, client.id, a.id).await?;
    match whom {
        _ if stays => keep(tx, a, client, shared).await,
        ForWhom::Known(id) => {
            if !shared {
                leave(tx, client).await?;
            }
            pick(tx, a, id).await
        }
        ForWhom::Typed(_) if !open && client.name.is_some() => keep(tx, a, client, shared).await,
        ForWhom::Typed(typed) => {
            let name = typed.name.filter(|_| open);
            retype(tx, a, client, TypedClient { name, ..typed }, shared).await
        }
    }
}

/// Notes that nothing is booked for a client any longer.
async fn leave(tx: &mut WriteTx, mut client: Client) -> Result<(), Refusal> {
    client.unlinked_at = Some(tx.now());
    tx.save(&client).await.map(drop)
}

async fn retype(
    tx: &mut WriteTx,
    a: &mut Appointment,
    mut client: Client,
    typed: TypedClient,
    shared: bool,
) -> Result<(), Refusal> {
    let name = typed.name.map(Phi::new);
    if shared && !(client.label == typed.label && tx.is_still(client.name.as_ref(), name.as_ref()))
    {
        a.client_id = None;
        a.client_version = None;
        if name.is_some() || typed.label.is_some() {
            let label = typed.label;
            let new = new_client(tx, a).await?;
            let new = Client { name, label, ..new };
            belongs(a, &tx.save(&new).await?);
        }
        return Ok(());
    }
    client.name = tx.renew(client.name, name)?;
    client.label = typed.label;
    keep(tx, a, client, shared).await
}

/// The client stays. With the only appointment for them they go along to its customer and team; with one of several
/// that goes to another customer, what is known of them is told there anew.
async fn keep(
    tx: &mut WriteTx,
    a: &mut Appointment,
    mut client: Client,
    shared: bool,
) -> Result<(), Refusal> {
    if !shared {
        client.team_id = a.team_id;
        client.customer_id = a.customer_id;
        client.health_care = a.health_care != Some(false);
        let saved = tx.save(&client).await?;
        if saved.version != client.version {
            belongs(a, &saved);
        }
        return Ok(());
    }
    if client.customer_id == a.customer_id {
        return Ok(());
    }
    let name = client.name.as_ref().and_then(|name| tx.resealed_copy(name));
    if name.is_some() == client.name.is_some() {
        let there = Client {
            name,
            label: client.label,
            preferred: client.preferred,
            blocked: client.blocked,
            ..new_client(tx, a).await?
        };
        belongs(a, &tx.save(&there).await?);
    }
    Ok(())
}
