//! An invoice on paper, before it has a number.
use crate::InvoiceView;
use interpres_gate::Refusal;
use interpres_paper::PaperError;
use interpres_types::{InvoiceId, Rule};

/// An invoice as it goes on paper, whichever its number.
pub(crate) struct OnPaper {
    pub(crate) view: InvoiceView,
    pub(crate) json: Vec<u8>,
}

/// Puts it so.
///
/// # Errors
/// A fault where it can't be written.
pub(crate) fn paper(invoice: InvoiceView) -> Result<OnPaper, Refusal> {
    let view = InvoiceView {
        id: InvoiceId::NONE,
        number: 0,
        ..invoice
    };
    let json = serde_json::to_vec(&view).map_err(Refusal::fault)?;
    Ok(OnPaper { view, json })
}

/// Prints an invoice, to see whether it can be.
///
/// # Errors
/// Why it can't.
pub(crate) async fn print(json: Vec<u8>, view: &InvoiceView) -> Result<(), Refusal> {
    let printed = tokio::task::spawn_blocking(move || interpres_paper::invoice(json, None))
        .await
        .map_err(Refusal::fault)?;
    match printed {
        Ok(_) => Ok(()),
        Err(PaperError::Letters) => Err(lacking(view)),
        Err(error @ PaperError::Template(_)) => {
            tracing::error!(%error, "an invoice could not be printed, so it was given no number");
            Err(Refusal::conflict(
                "This invoice couldn’t be printed, so no number was used. Ask your operator to check the server’s log.",
            ))
        }
    }
}

/// Whose letters no font has, without repeating them.
fn lacking(invoice: &InvoiceView) -> Refusal {
    const MEND: &str = "Ask your operator to install its fonts (docs/operate.md, Fonts), or use different characters.";
    let lack = |all: &[String]| all.iter().any(|text| !interpres_paper::has_letters(text));
    if lack(&invoice.bill_to) {
        return Refusal::invalid(
            "customer",
            Rule::from(format!(
                "has letters in the name or billing address that no font of this server has. {MEND}"
            )),
        );
    }
    if lack(&invoice.from) {
        return Refusal::conflict(format!(
            "Your workspace's letterhead has letters that no font of this server has. {MEND}"
        ));
    }
    let line = invoice
        .lines
        .iter()
        .find(|line| !interpres_paper::has_letters(&line.reference));
    Refusal::conflict(match line {
        Some(line) => format!(
            "The reference of the appointment on {}, {}, has letters that no font of this server has. {MEND}",
            line.date, line.time
        ),
        None => {
            format!("A line of this invoice has letters that no font of this server has. {MEND}")
        }
    })
}
