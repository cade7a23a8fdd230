//! One of each kind of record that the named world is without.
use interpres_accounts::{
    InviteInput, InvitePerson, RoleInput, SaveRole, SaveService, ServiceInput,
};
use interpres_billing::{ApproveVoucher, FileVoucher, InvoiceInput, MakeInvoice, VoucherInput};
use interpres_compliance::{
    LegalHoldInput, PlaceLegalHold, RetentionInput, SetRetention, WatchClient, WatchInput,
};
use interpres_dispatch::{AssignInterpreter, MakeOffers, OffersInput};
use interpres_sso::{ProviderInput, SaveProvider};
use interpres_testkit::{DRAWN, House};

pub(crate) const SECRET: &str = "tell-nobody-what-the-provider-knows";

/// One of each kind that the named world is without.
pub(crate) async fn fill(house: &House) {
    let (gate, olivia, dora) = (
        &house.gate,
        house.enters("Olivia").await,
        house.enters("Dora").await,
    );
    let provider = ProviderInput {
        name: "Okta".into(),
        issuer: "https://idp.example".into(),
        client_id: "front-range".into(),
        client_secret: SECRET.into(),
        ..ProviderInput::default()
    };
    let saved = gate
        .perform(
            &olivia,
            SaveProvider {
                id: None,
                input: provider.clone(),
            },
        )
        .await
        .unwrap();
    let another = ProviderInput {
        client_secret: format!("{SECRET} any more").into(),
        ..provider
    };
    gate.perform(
        &olivia,
        SaveProvider {
            id: Some(saved.id),
            input: another,
        },
    )
    .await
    .unwrap();
    let reaches = [("appointments.view".to_owned(), "team".to_owned())].into();
    gate.perform(
        &olivia,
        SaveRole {
            id: None,
            version: None,
            input: RoleInput {
                name: "Desk".into(),
                reaches,
                ..RoleInput::default()
            },
        },
    )
    .await
    .unwrap();
    let bridge = ServiceInput {
        name: "Bridge".into(),
        role: "scheduler".into(),
        ..ServiceInput::default()
    };
    gate.perform(
        &olivia,
        SaveService {
            id: None,
            version: None,
            input: bridge,
        },
    )
    .await
    .unwrap();
    let invited = InviteInput {
        email: "nina@frontrange.example".into(),
        role: "viewer".into(),
        ..InviteInput::default()
    };
    gate.perform(&olivia, InvitePerson { input: invited })
        .await
        .unwrap();
    gate.perform(
        &olivia,
        SetRetention {
            input: RetentionInput {
                years: "7".into(),
                ..RetentionInput::default()
            },
        },
    )
    .await
    .unwrap();
    gate.perform(
        &olivia,
        WatchClient {
            input: WatchInput {
                client: "Rosa Kanarya".into(),
                reason: "Ticket 12".into(),
            },
        },
    )
    .await
    .unwrap();
    let (worked, asked) = (
        house.world.appointments["FR-1001"],
        house.world.appointments["FR-1006"],
    );
    gate.perform(
        &olivia,
        PlaceLegalHold {
            id: worked,
            input: LegalHoldInput {
                matter: "Case 7".into(),
            },
        },
    )
    .await
    .unwrap();
    gate.perform(
        &dora,
        AssignInterpreter {
            appointment: worked,
            interpreter: house.world.interpreters["Ines"],
        },
    )
    .await
    .unwrap();
    let interpreters = vec![house.world.interpreters["Ines"].to_string().into()];
    let offers = OffersInput {
        kind: "broadcast".into(),
        interpreters,
        ..OffersInput::default()
    };
    gate.perform(
        &dora,
        MakeOffers {
            appointment: asked,
            input: offers,
        },
    )
    .await
    .unwrap();
    house.at("2027-03-03T12:00");
    let filed = VoucherInput {
        start: "09:00".into(),
        end: "10:00".into(),
        signer: "Rosa Kanarya".into(),
        signature: DRAWN.into(),
        ..VoucherInput::default()
    };
    let voucher = gate
        .perform(
            &house.enters("Ines").await,
            FileVoucher {
                appointment: worked,
                input: filed,
            },
        )
        .await
        .unwrap()
        .id;
    let bea = house.enters("Bea").await;
    gate.perform(
        &bea,
        ApproveVoucher {
            id: voucher,
            version: None,
        },
    )
    .await
    .unwrap();
    let customer = house.world.customers["St. Brigid Hospital"]
        .to_string()
        .into();
    gate.perform(&bea, MakeInvoice::of(InvoiceInput { customer }))
        .await
        .unwrap();
}
