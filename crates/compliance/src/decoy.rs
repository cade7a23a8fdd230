//! Decoys: each workspace has an appointment and client that no page lists, searches or exports. Opening one means
//! bypassing the gate, and raises an alarm.
use interpres_directory::ServiceType;
use interpres_gate::{
    Action, Command, Gate, Granted, NewRecord, PersonName, Phi, Refusal, WorkerKind, WriteTx,
    async_trait,
};
use interpres_scheduling::{Appointment, Client, Mode, NewAppointment, NewClient, Status};
use interpres_types::{
    CustomerId, Instant, Line, Minutes, Rule, TeamId, WallTime, WorkspaceId, Zone,
};

/// Common names, so that a decoy's record looks like any other.
const NAMES: [&str; 6] = [
    "Maria Alvarez",
    "Nguyen Van An",
    "Fatima Hassan",
    "Ana Souza",
    "Wei Chen",
    "Olena Koval",
];

struct PlantDecoy;

#[async_trait]
impl Command for PlantDecoy {
    const ACTION: Action = Action::IntegrityPlant;
    type Outcome = bool;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<bool, Refusal> {
        let mut planted = false;
        for row in tx
            .rows(
                "select id, client_id from decoy order by id limit 100",
                vec![],
            )
            .await?
        {
            // A decoy of an earlier version stands out: its client is still stored on the appointment.
            if row.may_text("client_id")?.is_some() {
                planted = true;
            } else {
                let (label, rule) = (Line::kept("-".into()), Line::kept("replaced".into()));
                tx.remove("appointment", row.text("id")?, &label, &rule)
                    .await?;
            }
        }
        if planted {
            return Ok(false);
        }
        let [which] = tx.random::<1>();
        let name: PersonName = NAMES[usize::from(which) % NAMES.len()]
            .parse()
            .map_err(Refusal::fault)?;
        let keys = [tx.new_poison_key().await?, tx.new_poison_key().await?];
        let client = Client {
            name: Some(Phi::new(name)),
            ..NewClient {
                team_id: TeamId::NONE,
                customer_id: CustomerId::NONE,
                health_care: true,
            }
            .blank(tx.mint(), keys[0])
        };
        let decoy = Appointment {
            key: keys[1],
            client_id: Some(client.id),
            ..nobodys(tx)?
        };
        tx.save(&client).await?;
        tx.save(&decoy).await?;
        keys.into_iter().flatten().for_each(|key| tx.let_go(key));
        Ok(true)
    }
}

/// An appointment of no team, long past and declined, which blocks no one.
fn nobodys(tx: &WriteTx) -> Result<Appointment, Refusal> {
    let reference: String = tx
        .random::<4>()
        .iter()
        .map(|b| format!("{b:02X}"))
        .collect();
    let fault = |rule: Rule| Refusal::fault(rule);
    let start: WallTime = "2001-01-01T08:00".parse().map_err(fault)?;
    Ok(Appointment {
        health_care: Some(true),
        ..NewAppointment {
            reference: Line::kept(format!("A-{reference}")),
            team_id: TeamId::NONE,
            customer_id: CustomerId::NONE,
            language: "es".parse().map_err(fault)?,
            service_type: ServiceType::Phone,
            mode: Mode::Consecutive,
            wall_start: start,
            zone: Zone::utc(),
            minutes: Minutes::try_from(60).map_err(fault)?,
            starts_at: Instant::from_micros(978_336_000_000_000),
            ends_at: Instant::from_micros(978_339_600_000_000),
            status: Status::Declined,
            held: false,
        }
        .blank(tx.mint(), None)
    })
}

/// Plants a decoy in a workspace without one.
pub(crate) async fn plant(gate: &Gate, workspace: WorkspaceId) -> Result<(), Refusal> {
    gate.perform(&gate.worker(workspace, WorkerKind::Sweeper), PlantDecoy)
        .await
        .map(drop)
}
