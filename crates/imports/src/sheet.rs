//! The file's metadata: its name, its columns, and their mapping. The first row of a file without a header ends up as
//! columns, and people name files after clients, so all of it is protected like a note.
use crate::{Import, ImportKind};
use interpres_gate::{Class, Json, Phi, ReadTx, Refusal, Sensitive, WriteTx};
use interpres_types::{ImportId, Rule, forbidden_content};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The mapping of columns and values.
#[derive(Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Mapping {
    /// Column → field; no two columns have the same.
    pub columns: BTreeMap<String, String>,
    /// `field|folded value` → the value meant.
    pub values: BTreeMap<String, String>,
}

/// Name, columns and mapping of a file.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sheet {
    /// The file's name.
    pub file_name: String,
    /// Its columns, each with a name of its own.
    pub header: Vec<String>,
    /// The mapping.
    pub mapping: Mapping,
    /// Fields that several columns could map to, until someone picks one.
    pub clashes: BTreeMap<String, Vec<String>>,
}

impl Sheet {
    /// The sheet of a new file. A field that two columns could be is mapped to neither.
    pub(crate) fn new(kind: ImportKind, file_name: &str, header: &[String]) -> Self {
        let names = column_names(header);
        let mut claims: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (raw, name) in header.iter().zip(&names) {
            if let Some(field) = kind.field_of(raw) {
                claims
                    .entry(field.to_owned())
                    .or_default()
                    .push(name.clone());
            }
        }
        let (clashes, clear): (BTreeMap<_, _>, BTreeMap<_, _>) = claims
            .into_iter()
            .partition(|(_, columns)| columns.len() > 1);
        let columns = clear
            .into_iter()
            .flat_map(|(field, columns)| {
                columns
                    .into_iter()
                    .map(move |column| (column, field.clone()))
            })
            .collect();
        Self {
            file_name: file_name.to_owned(),
            header: names,
            mapping: Mapping {
                columns,
                values: BTreeMap::new(),
            },
            clashes,
        }
    }
    /// The name of a column in a problem, which is stored in plaintext: the field it maps to, or its position.
    pub(crate) fn told(&self, at: usize) -> String {
        let field = self
            .header
            .get(at)
            .and_then(|column| self.mapping.columns.get(column));
        field.cloned().unwrap_or_else(|| place(at))
    }
}

fn place(at: usize) -> String {
    format!("column {}", at + 1)
}

/// A unique name for each column; one without a name, or with a forbidden one, is named by its position.
fn column_names(header: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(header.len());
    for (at, raw) in header.iter().enumerate() {
        let base = if raw.is_empty() || forbidden_content(raw).is_some() {
            place(at)
        } else {
            raw.clone()
        };
        let mut numbered = (2..).map(|n| format!("{base} ({n})"));
        let mut name = base.clone();
        while names.contains(&name) {
            name = numbered.next().unwrap_or_default();
        }
        names.push(name);
    }
    names
}

impl std::fmt::Display for Sheet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&serde_json::to_string(self).unwrap_or_default())
    }
}
impl std::str::FromStr for Sheet {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        serde_json::from_str(raw).map_err(|_| Rule::new("must be a file's columns"))
    }
}
impl Sensitive for Sheet {
    const CLASS: Class = Class::Free;
    fn mask(_: &str) -> String {
        "{}".to_owned()
    }
}

/// An upload whose sheet is open.
pub(crate) struct Upload {
    pub(crate) import: Import,
    pub(crate) sheet: Sheet,
}

impl Upload {
    pub(crate) async fn find(tx: &mut ReadTx, id: ImportId) -> Result<Self, Refusal> {
        let import: Import = tx.find(id).await?;
        Self::open(tx, import)
    }
    /// Opens the sheet; an upload from before sheets were sealed has its columns in clear.
    pub(crate) fn open(tx: &mut ReadTx, import: Import) -> Result<Self, Refusal> {
        let sheet = match &import.sheet {
            Some(sealed) => tx
                .reveal(sealed)?
                .shown()
                .parse()
                .map_err(|_| Refusal::fault("a file's columns can't be read"))?,
            None => Sheet {
                file_name: import.file_name.to_string(),
                header: import.header.0.clone(),
                mapping: import.mapping.0.clone(),
                clashes: BTreeMap::new(),
            },
        };
        Ok(Self { import, sheet })
    }
    /// Saves the sheet, encrypted; none of it stays in plaintext. Someone who saw a masked value cannot replace the
    /// value behind it.
    pub(crate) async fn keep(self, tx: &mut WriteTx) -> Result<ImportId, Refusal> {
        let Self { mut import, sheet } = self;
        if import.sheet.is_some() && !tx.opens_fields(true) {
            return Err(Refusal::Forbidden);
        }
        if import.key.is_none() {
            import.key = tx.new_key().await?;
        }
        import.file_name = import.kind.file_name()?;
        import.header = Json(Vec::new());
        import.mapping = Json(Mapping::default());
        import.sheet = tx.renew(import.sheet.take(), Some(Phi::new(sheet)))?;
        Ok(tx.save(&import).await?.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_has_a_name_of_its_own_and_a_field_two_could_be_is_nobodys() {
        let header = ["First name", "Phone", "", "phone ", "Phone", "219-09-9999"]
            .map(|h| h.trim().to_owned());
        let sheet = Sheet::new(ImportKind::Interpreters, "x.csv", &header);
        assert_eq!(
            sheet.header,
            [
                "First name",
                "Phone",
                "column 3",
                "phone",
                "Phone (2)",
                "column 6"
            ]
        );
        assert_eq!(sheet.clashes["phone"], ["Phone", "phone", "Phone (2)"]);
        assert_eq!(sheet.mapping.columns.len(), 1);
        assert_eq!(
            (sheet.told(0), sheet.told(1)),
            ("first_name".to_owned(), "column 2".to_owned())
        );
    }
}
