//! Who the session is for: a name only where it may be kept (HM1).
use interpres_accounts::may_name_clients;
use interpres_directory::CustomerCard;
use interpres_gate::{PersonName, ReadTx, Refusal};
use interpres_types::{Field, Line, Problems, Rule, names_nobody};

/// The client as typed and as it may be kept: a name to be sealed, or initials or a file number.
#[derive(Default)]
pub(crate) struct TypedClient {
    pub(crate) name: Option<PersonName>,
    pub(crate) label: Option<Line<40>>,
}

impl TypedClient {
    pub(crate) const fn is_nobody(&self) -> bool {
        self.name.is_none() && self.label.is_none()
    }
}

/// Reads the client's field for this customer.
///
/// # Errors
/// [`Refusal::Invalid`] when a name may not be kept; it says what may.
pub(crate) async fn typed_client(
    tx: &mut ReadTx,
    customer: &CustomerCard,
    raw: &Field,
) -> Result<TypedClient, Refusal> {
    let mut p = Problems::none();
    let Some(name) = p.may::<PersonName>("lep_client", raw) else {
        return if p.is_empty() {
            Ok(TypedClient::default())
        } else {
            Err(p.into())
        };
    };
    if names_nobody(raw.raw()) {
        return Ok(TypedClient {
            name: None,
            label: p.may("lep_client", raw),
        });
    }
    if !customer.health_care || may_name_clients(tx).await? {
        return Ok(TypedClient {
            name: Some(name),
            label: None,
        });
    }
    let rule = "must be initials or a file number, like M. V. or 20394: without HIPAA mode and an agreement (BAA) in effect, a patient's name is not taken";
    Err(Refusal::invalid("lep_client", Rule::new(rule)))
}
