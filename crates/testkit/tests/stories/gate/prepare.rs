//! What a command does before its turn.
use interpres_gate::{
    Action, Command, Granted, ListEntries, ReadTx, Refusal, WriteTx, async_trait,
};
use interpres_scheduling::Client;
use interpres_testkit::{House, apply, story};
use interpres_types::LepClientId;

/// Reads a client's name before its turn, as something that prints it would, and refuses then or does nothing.
struct Print {
    client: LepClientId,
    refuse: bool,
}

#[async_trait]
impl Command for Print {
    const ACTION: Action = Action::AppointmentEdit;
    type Outcome = ();
    async fn prepare(&mut self, tx: &mut ReadTx) -> Result<(), Refusal> {
        let client: Client = tx.find(self.client).await?;
        tx.may_reveal(client.name.as_ref())?;
        if self.refuse {
            return Err(Refusal::conflict("It can't be printed."));
        }
        Ok(())
    }
    async fn run(self, _: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        Ok(())
    }
}

#[apply(story)]
async fn what_a_command_reveals_before_its_turn_is_in_its_entry(house: &House) {
    let client = house.client_of(house.world.appointments["FR-1001"]).await;
    let dora = house.enters("Dora").await;
    for (refuse, outcome) in [(false, "done"), (true, "refused")] {
        let printed = house.gate.perform(&dora, Print { client, refuse }).await;
        assert_eq!(printed.is_err(), refuse);
        house.wait_seconds(1);
        while house.gate.number_entries().await.unwrap() > 0 {}
        let asked = ListEntries {
            action: "appointment.edit".into(),
            ..ListEntries::default()
        };
        let carl = house.enters("Carl").await;
        let entries = house.gate.view(&carl, asked).await.unwrap().into_inner();
        let entry = &entries.items[0];
        assert_eq!(entry.outcome, outcome);
        let told: Vec<_> = entry
            .records
            .iter()
            .map(|r| (r.kind.as_str(), r.id.clone(), r.revealed.join(" ")))
            .collect();
        assert_eq!(
            told,
            [("client", client.to_string(), "name".to_owned())],
            "{outcome}"
        );
    }
}
