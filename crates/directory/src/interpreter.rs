use crate::{Gender, ServiceType};
use interpres_gate::{
    Audience, Json, Permission, ReadTx, Refusal, Row, StoreError, Val, bind_list, record,
};
use interpres_types::{Email, InterpreterId, Language, Line, Phone, Point, TeamId, Zip};

/// What is personal is for those who keep the record (AC3).
const KEEPERS: Audience = Audience::Holders(Permission::EditInterpreters);

record! {
    /// A language professional in the directory; may or may not have signed up yet.
    pub struct Interpreter from NewInterpreter in "interpreter" by InterpreterId {
        /// The team that keeps the record.
        team_id: TeamId,
        /// First name.
        first_name: Line<60>,
        /// Last name.
        last_name: Line<60>,
        /// Last and first name, folded, for sorting and searching.
        name_key: String,
        /// The address; unique in the workspace.
        email: Email => KEEPERS,
        /// Telephone.
        phone: Option<Phone> => KEEPERS,
        /// Languages beside English, at least one.
        languages: Json<Vec<Language>>,
        /// How they work.
        service_types: Json<Vec<ServiceType>>,
        /// For appointments that ask for it.
        gender: Option<Gender> => KEEPERS,
        /// Street.
        address: Option<Line<160>> => KEEPERS,
        /// City.
        city: Option<Line<80>> => KEEPERS,
        /// State.
        state: Option<Line<20>> => KEEPERS,
        /// ZIP code.
        zip: Option<Zip> => KEEPERS,
        /// Millionths of a degree north.
        latitude: Option<i64> => KEEPERS,
        /// Millionths of a degree east.
        longitude: Option<i64> => KEEPERS,
    }
}

/// What assigning needs to know of any interpreter of the workspace.
#[derive(Clone, Debug)]
pub struct InterpreterCard {
    /// Who.
    pub id: InterpreterId,
    /// First and last name.
    pub name: String,
    /// Languages beside English.
    pub languages: Vec<Language>,
    /// How they work.
    pub service_types: Vec<ServiceType>,
    /// For appointments that ask for it.
    pub gender: Option<Gender>,
    /// Where they live, when known.
    pub point: Option<Point>,
    /// Whether they can answer offers.
    pub signed_up: bool,
}

pub(crate) fn point(row: &Row) -> Result<Option<Point>, StoreError> {
    Ok(row
        .may_int("latitude")?
        .zip(row.may_int("longitude")?)
        .map(|(latitude, longitude)| Point {
            latitude,
            longitude,
        }))
}

fn card(row: &Row) -> Result<InterpreterCard, StoreError> {
    let bad = |_| StoreError::Shape("interpreter_card".into());
    Ok(InterpreterCard {
        id: row
            .text("id")?
            .parse()
            .map_err(|_| StoreError::Shape("interpreter_card.id".into()))?,
        name: format!("{} {}", row.text("first_name")?, row.text("last_name")?),
        languages: serde_json::from_str(row.text("languages")?).map_err(bad)?,
        service_types: serde_json::from_str(row.text("service_types")?).map_err(bad)?,
        gender: row.may_text("gender")?.and_then(|g| g.parse().ok()),
        point: point(row)?,
        signed_up: row.int("members")? > 0,
    })
}

const CARD: &str = "select id, first_name, last_name, languages, service_types, gender, latitude, longitude, members from interpreter_card";

/// The cards of every interpreter of the workspace, without a limit; or of those named.
///
/// # Errors
/// A fault of the database.
pub async fn interpreter_cards(
    tx: &mut ReadTx,
    only: Option<&[InterpreterId]>,
) -> Result<Vec<InterpreterCard>, Refusal> {
    let rows = match only {
        None => {
            tx.rows(&format!("{CARD} order by name_key, id"), vec![])
                .await?
        }
        Some(ids) => {
            let mut args = Vec::new();
            let list = bind_list(&mut args, ids.iter().map(Val::text).collect());
            tx.rows(&format!("{CARD} where id in ({list})"), args)
                .await?
        }
    };
    Ok(rows.iter().map(card).collect::<Result<_, _>>()?)
}
