//! A form with a file.
use axum::{body::Bytes, extract::Multipart};
use interpres_types::Field;
use std::collections::BTreeMap;

/// What was sent.
#[derive(Default)]
pub(super) struct Sent {
    fields: BTreeMap<String, String>,
    /// The file's name, as the browser tells it.
    pub(super) name: String,
    pub(super) bytes: Bytes,
}

impl Sent {
    /// Reads a form to its end; nothing where it breaks off or is larger than anything may be.
    pub(super) async fn of(mut form: Multipart) -> Option<Self> {
        let mut sent = Self::default();
        while let Some(part) = form.next_field().await.ok()? {
            let Some(name) = part.name().map(str::to_owned) else { continue };
            if name == "file" {
                sent.name = part.file_name().unwrap_or_default().to_owned();
                sent.bytes = part.bytes().await.ok()?;
            } else {
                sent.fields.insert(name, part.text().await.ok()?);
            }
        }
        Some(sent)
    }
    pub(super) fn field(&self, name: &str) -> Field {
        self.fields.get(name).cloned().unwrap_or_default().into()
    }
}
