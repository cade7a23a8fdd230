//! Whom a misused account affects, from a log of many entries (45 CFR 164.404), on the embedded engine in a
//! fresh folder: `interpres-bench-affected [ENTRIES]`. The entries are those of real requests by four people
//! under a clock that walks through 250 days; what the account opened in its week is kept beside it, and
//! what the log says must be the same, client by client.
use interpres::{Databases, MasterAt, enter, fill_world, open};
use interpres_accounts::ListTeams;
use interpres_bench::{Failure, book_one, words};
use interpres_compliance::ListAffected;
use interpres_gate::{Actor, Gate};
use interpres_scheduling::ShowAppointment;
use interpres_types::{AppointmentId, Instant};
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant as Stopwatch},
};

type Opened = BTreeMap<String, u64>;

const APPOINTMENTS: usize = 5_000;
const HOUR: i64 = 3_600_000_000;
const DAYS: i64 = 250;
/// The week of the misuse, in days from the beginning, and as the days people call it by.
const WEEK: std::ops::Range<i64> = 100..107;
const FROM: &str = "2027-06-09";
const TO: &str = "2027-06-15";

/// Appointments of as many clients, by a scheduler who takes ten seconds for each.
async fn book(gate: &Gate, dora: &Actor, clock: &AtomicI64) -> Result<Vec<AppointmentId>, Failure> {
    let mut ids = Vec::new();
    for n in 0..APPOINTMENTS {
        clock.fetch_add(HOUR / 360, Ordering::Relaxed);
        let (date, start) = (
            format!("2031-{:02}-{:02}", 1 + n / 28 % 12, 1 + n % 28),
            format!("{:02}:{:02}", 4 + n / 60 % 18, n % 60),
        );
        ids.push(book_one(gate, dora, date, start).await?);
    }
    Ok(ids)
}

/// Everybody works from the beginning to the end of the time; gives what the account opened in its week.
async fn work(
    gate: &Gate,
    people: [&Actor; 4],
    ids: &[AppointmentId],
    clock: &Arc<AtomicI64>,
    entries: i64,
) -> Result<(Opened, Opened), Failure> {
    let (begin, step) = (clock.load(Ordering::Relaxed), DAYS * 24 * HOUR / entries);
    let (people, ids): (Arc<[Actor]>, Arc<[AppointmentId]>) =
        (people.map(Clone::clone).into(), ids.into());
    let mut tasks = Vec::new();
    for writer in 0..64_u64 {
        let (gate, people, ids, clock) = (gate.clone(), people.clone(), ids.clone(), clock.clone());
        tasks.push(tokio::spawn(async move {
            let (mut week, mut ever, mut turn) = (Opened::new(), Opened::new(), writer);
            loop {
                let since = clock.fetch_add(step, Ordering::Relaxed) - begin;
                if since >= DAYS * 24 * HOUR {
                    return Ok::<_, Failure>((week, ever));
                }
                turn = turn
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                let (who, id) = (
                    (turn >> 33) as usize % 4,
                    ids[(turn >> 40) as usize % ids.len()],
                );
                // Nobody works by the account at night, so that no entry is by a hair of another day.
                let night = who == 0 && !(2 * HOUR..22 * HOUR).contains(&(since % (24 * HOUR)));
                if night || (turn >> 20) % 4 == 0 {
                    gate.view(&people[who], ListTeams).await.map_err(words)?;
                    continue;
                }
                gate.view(&people[who], ShowAppointment(id))
                    .await
                    .map_err(words)?;
                if who == 0 {
                    *ever.entry(id.to_string()).or_default() += 1;
                    if WEEK.contains(&(since / (24 * HOUR))) {
                        *week.entry(id.to_string()).or_default() += 1;
                    }
                }
            }
        }));
    }
    let (mut week, mut ever) = (Opened::new(), Opened::new());
    for task in tasks {
        let (more, still_more) = task.await??;
        more.into_iter()
            .for_each(|(id, times)| *week.entry(id).or_default() += times);
        still_more
            .into_iter()
            .for_each(|(id, times)| *ever.entry(id).or_default() += times);
    }
    Ok((week, ever))
}

async fn number(gate: Gate) {
    while let Ok(numbered) = gate.number_entries().await {
        if numbered < 500 {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

/// Everybody whom the log finds, page after page, with the time for the first page.
async fn affected(
    gate: &Gate,
    carl: &Actor,
    asked: &ListAffected,
) -> Result<(Opened, f64), Failure> {
    let (mut found, mut asked, began, mut first) =
        (Opened::new(), asked.clone(), Stopwatch::now(), None);
    loop {
        let page = gate
            .view(carl, asked.clone())
            .await
            .map_err(words)?
            .into_inner();
        first.get_or_insert_with(|| began.elapsed().as_secs_f64());
        found.extend(
            page.items
                .into_iter()
                .map(|item| (item.appointment, item.times)),
        );
        match page.next {
            Some(next) => asked.cursor = next.into(),
            None => return Ok((found, first.unwrap_or_default())),
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let entries: i64 = std::env::args()
        .nth(1)
        .map_or(Ok(200_000), |text| text.parse())?;
    let folder =
        std::env::temp_dir().join(format!("interpres-bench-affected-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let begin: Instant = "2027-03-01T07:00:00Z".parse().map_err(|_| "no time")?;
    let clock = Arc::new(AtomicI64::new(begin.micros() - 24 * HOUR));
    let ticking = clock.clone();
    let at = Databases {
        folder: folder.clone(),
        data: None,
        keys: None,
        master: MasterAt::default(),
    };
    let (gate, _) = open(
        &at,
        Arc::new(move || Instant::from_micros(ticking.load(Ordering::Relaxed))),
        false,
    )
    .await?;
    let world = fill_world(&gate).await.map_err(words)?;
    let mut people = BTreeMap::new();
    for name in ["Maya", "Dora", "Adam", "Bea", "Carl"] {
        people.insert(
            name,
            enter(&gate, &world.people[name]).await.map_err(words)?,
        );
    }
    let ids = book(&gate, &people["Dora"], &clock).await?;
    clock.store(begin.micros(), Ordering::Relaxed);
    // Not the gate's own task: it takes a clock that runs ahead for a log that stays behind.
    let numbering = tokio::spawn(number(gate.clone()));
    let began = Stopwatch::now();
    let (week, ever) = work(
        &gate,
        [
            &people["Maya"],
            &people["Dora"],
            &people["Adam"],
            &people["Bea"],
        ],
        &ids,
        &clock,
        entries,
    )
    .await?;
    eprintln!(
        "{entries} entries in {:.0} s",
        began.elapsed().as_secs_f64()
    );
    numbering.abort();
    let _ = numbering.await;
    while gate.number_entries().await.map_err(words)? > 0 {}
    let maya = people["Maya"].user().ok_or("Maya is nobody")?.to_string();
    let in_week = ListAffected {
        actor: maya.clone().into(),
        from: FROM.into(),
        to: TO.into(),
        ..ListAffected::default()
    };
    let at_all = ListAffected {
        actor: maya.into(),
        ..ListAffected::default()
    };
    for (what, asked, truth) in [
        ("an account's week", in_week, week),
        ("an account's whole time", at_all, ever),
    ] {
        let (found, took) = affected(&gate, &people["Carl"], &asked).await?;
        if found != truth {
            return Err(format!("{what}: {} opened, {} found", truth.len(), found.len()).into());
        }
        println!(
            "| {what}, of {entries} entries | {} clients, opened {} times, none missing and none too many | {took:.2} s |",
            found.len(),
            found.values().sum::<u64>()
        );
    }
    gate.close().await;
    std::fs::remove_dir_all(folder)?;
    Ok(())
}
