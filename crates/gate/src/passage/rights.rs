//! The rights that a member's or a service's row gives, when a credential is admitted and once more inside the turn.
use crate::passage::{
    actor::{Actor, Rights},
    believed::{MEMBER, ROLE, SERVICE},
    fact::FactName,
    gate::Inner,
    refusal::Refusal,
    stored_id::parse,
};
use async_recursion::async_recursion as boxed;
use interpres_policy::{Role, Sheet};
use interpres_store::{Row, StoreError, Turn, Val};
use interpres_types::{Instant, TeamId};

/// Joins to the row `m` of a person or a service the role that the workspace made for itself, where they hold one.
pub(crate) const WITH_ROLE: &str = "left join role_row r on r.workspace_id = m.workspace_id and r.id = m.role_id and r.ended_at is null";

/// What a member's or service's row and their role's say.
pub(crate) fn rights(
    holder: &Row,
    role: Option<&Row>,
    declared: &[FactName],
) -> Result<Rights, StoreError> {
    let teams: Vec<TeamId> = serde_json::from_str(holder.text("team_ids")?)
        .map_err(|_| StoreError::Shape("member.team_ids".into()))?;
    let sheet = |role: &Row| {
        let reaches = serde_json::from_str(role.text("reaches")?)
            .map_err(|_| StoreError::Shape("role.reaches".into()))?;
        Ok::<_, StoreError>((
            role.text("name")?.to_owned(),
            Sheet::of(&reaches, role.text("fields")?),
        ))
    };
    Ok(Rights {
        sheet: role.map(sheet).transpose()?,
        only: None,
        role: parse(holder.text("role")?)?,
        teams,
        own: declared
            .iter()
            .filter_map(|fact| Some((fact.name, of_a_person(holder, fact.column)?.to_owned())))
            .collect(),
    })
}

/// A column that members have and services have not.
pub(crate) fn of_a_person<'a>(holder: &'a Row, column: &str) -> Option<&'a str> {
    holder.text(column).ok()
}

/// The rights of a person or a service as they stand now, so that a changed role takes effect at once;
/// nothing for those that have ended.
#[boxed]
pub(crate) async fn rights_now(
    inner: &Inner,
    turn: &mut Turn,
    actor: &Actor,
    now: Instant,
) -> Result<Option<Rights>, Refusal> {
    if actor.is_hand() || actor.rights.role == Role::Person {
        return Ok(Some(actor.rights.clone()));
    }
    let (part, key, who) = match actor.service {
        Some(service) => (SERVICE, "id", service.to_string()),
        None => (
            MEMBER,
            "user_id",
            actor.user.map(|user| user.to_string()).unwrap_or_default(),
        ),
    };
    let sql = format!(
        "select {} from {}_row m {WITH_ROLE} where m.workspace_id = $1 and m.{key} = $2 and m.ended_at is null",
        inner.columns_of(&[part, ROLE])?,
        part.kind
    );
    let rows = turn
        .rows(&sql, &[Val::text(actor.workspace), who.into()])
        .await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let (holder, role) = (
        inner.believed(row, part, now).await?,
        inner.believed(row, ROLE, now).await?,
    );
    let Some(holder) = holder else {
        return Ok(None);
    };
    if holder.may_text("role_id")?.is_some() != role.is_some() {
        return Ok(None);
    }
    Ok(Some(Rights {
        only: actor.rights.only.clone(),
        ..rights(&holder, role.as_ref(), inner.facts)?
    }))
}
