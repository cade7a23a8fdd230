//! What stories of clients ask for: who is on an appointment, whom somebody finds, whom a client
//! wants.
use interpres_gate::Refusal;
use interpres_scheduling::{
    AppointmentInput, AppointmentView, ClientInput, ClientView, EditClient, SearchClients,
    SearchInput, ShowAppointment, ShowClient,
};
use interpres_testkit::{House, booking};
use interpres_types::{AppointmentId, Field, LepClientId};

pub(crate) fn named(reference: &str, client: &str) -> AppointmentInput {
    AppointmentInput {
        lep_client: client.into(),
        ..booking(reference)
    }
}

/// A booking for a client who is known.
pub(crate) fn again(reference: &str, client: LepClientId) -> AppointmentInput {
    AppointmentInput {
        client: client.to_string().into(),
        ..booking(reference)
    }
}

pub(crate) async fn seen(house: &House, who: &str, id: AppointmentId) -> AppointmentView {
    let actor = house.enters(who).await;
    let view = house.gate.view(&actor, ShowAppointment(id)).await;
    view.unwrap().into_inner()
}

pub(crate) fn name(a: &AppointmentView) -> Option<&str> {
    a.lep_client.as_ref().map(|name| name.shown())
}

pub(crate) async fn client(house: &House, id: AppointmentId) -> LepClientId {
    seen(house, "Dora", id).await.client.unwrap()
}

pub(crate) async fn shown(
    house: &House,
    who: &str,
    id: LepClientId,
) -> Result<ClientView, Refusal> {
    let actor = house.enters(who).await;
    let view = house.gate.view(&actor, ShowClient(id)).await;
    view.map(|view| view.into_inner())
}

pub(crate) async fn found(house: &House, who: &str, client: &str) -> Vec<LepClientId> {
    let actor = house.enters(who).await;
    let input = SearchInput {
        client: client.into(),
        ..SearchInput::default()
    };
    let page = house.gate.view(&actor, SearchClients { input }).await;
    let items = page.unwrap().into_inner().items;
    items.into_iter().map(|c| c.id).collect()
}

pub(crate) async fn want(
    house: &House,
    who: &str,
    id: LepClientId,
    name: &str,
    preferred: &[Field],
    blocked: &[Field],
) -> Result<(), Refusal> {
    let actor = house.enters(who).await;
    let input = ClientInput {
        lep_client: name.into(),
        preferred: preferred.to_vec(),
        blocked: blocked.to_vec(),
    };
    let edit = EditClient {
        id,
        version: None,
        input,
    };
    house.gate.perform(&actor, edit).await.map(drop)
}

pub(crate) fn field(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Invalid(problems) => problems.list()[0].field.to_string(),
        other => panic!("{other:?}"),
    }
}
