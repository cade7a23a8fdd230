//! The log and the store without HTTP in between, on the embedded engine in a fresh folder: durable
//! entries by 64 writers, a whole log as a stream, disk for each appointment.
//! `interpres-bench-records [ENTRIES]`.
use interpres::{Databases, MasterAt, enter, fill_world, open, system_clock};
use interpres_bench::{Failure, book_one, words};
use interpres_compliance::ListLegalHolds;
use interpres_gate::{Actor, ExportEntries, ExportForm, Gate};
use std::{
    fs,
    io::Write,
    path::Path,
    time::{Duration, Instant as Stopwatch},
};

/// How often each form is exported, one after the other.
const ROUNDS: usize = 3;

fn micros(took: Duration) -> f64 {
    took.as_secs_f64() * 1e6
}

/// One small append made durable, the median of two hundred.
fn floor(folder: &Path) -> Result<Duration, Failure> {
    let mut file = fs::File::create(folder.join("floor"))?;
    let mut all = Vec::new();
    for _ in 0..200 {
        let began = Stopwatch::now();
        file.write_all(&[7; 300])?;
        file.sync_data()?;
        all.push(began.elapsed());
    }
    all.sort();
    Ok(all[100])
}

/// Whatever 64 writers make durable in five seconds: each view waits for its entry.
async fn appends(gate: &Gate, actor: &Actor) -> Result<(f64, Duration), Failure> {
    let until = Stopwatch::now() + Duration::from_secs(5);
    let mut tasks = Vec::new();
    for _ in 0..64 {
        let (gate, actor) = (gate.clone(), actor.clone());
        tasks.push(tokio::spawn(async move {
            let mut all = Vec::new();
            while Stopwatch::now() < until {
                let began = Stopwatch::now();
                if gate.view(&actor, ListLegalHolds::default()).await.is_ok() {
                    all.push(began.elapsed());
                }
            }
            all
        }));
    }
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await?);
    }
    all.sort();
    Ok((all.len() as f64 / 5.0, all[all.len() * 99 / 100]))
}

/// The whole log as a stream, in one form.
async fn export(gate: &Gate, actor: &Actor, form: &str) -> Result<(u64, f64), Failure> {
    let plan = gate
        .view(
            actor,
            ExportEntries {
                form: form.into(),
                ..ExportEntries::default()
            },
        )
        .await
        .map_err(words)?;
    let (entries, began) = (plan.entries, Stopwatch::now());
    let mut file = gate.begin_export(plan);
    assert!(matches!(
        file.form(),
        ExportForm::Ndjson | ExportForm::Csv | ExportForm::Fhir
    ));
    while file.next_piece().await.map_err(words)?.is_some() {}
    Ok((entries, entries as f64 / began.elapsed().as_secs_f64()))
}

/// Bytes of the data for each of a thousand appointments, with their versions, entries and keys.
async fn disk(gate: &Gate, actor: &Actor, folder: &Path) -> Result<u64, Failure> {
    let size = || fs::metadata(folder.join("interpres.db")).map(|m| m.len());
    let folded = Duration::from_secs(3);
    tokio::time::sleep(folded).await;
    let before = size()?;
    for n in 0..1_000 {
        book_one(
            gate,
            actor,
            format!("2031-01-{:02}", 1 + n % 28),
            format!("{:02}:{:02}", n / 60 % 24, n % 60),
        )
        .await?;
    }
    while gate.number_entries().await.map_err(words)? > 0 {}
    tokio::time::sleep(folded).await;
    Ok((size()? - before) / 1_000)
}

fn memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|l| {
            l.strip_prefix("VmHWM:")?
                .trim()
                .split(' ')
                .next()?
                .parse::<u64>()
                .ok()
        })
        .unwrap_or(0)
        / 1024
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let wanted = std::env::args()
        .nth(1)
        .map_or(Ok(200_000), |text| text.parse::<u64>())?;
    let folder =
        std::env::temp_dir().join(format!("interpres-bench-records-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let sync = floor(&folder)?;
    let at = Databases {
        folder: folder.clone(),
        data: None,
        keys: None,
        master: MasterAt::default(),
    };
    let (gate, _) = open(&at, system_clock(), false).await?;
    let world = fill_world(&gate).await.map_err(words)?;
    let (dora, carl) = (
        enter(&gate, &world.people["Dora"]).await.map_err(words)?,
        enter(&gate, &world.people["Carl"]).await.map_err(words)?,
    );
    let numbering = tokio::spawn(gate.clone().number_forever());
    println!(
        "| fdatasync of a small append, p50 | {:.0} µs |",
        micros(sync)
    );
    println!(
        "| disk for each appointment, one version, its entry | {} bytes |",
        disk(&gate, &dora, &folder).await?
    );
    let (mut rounds, mut entries) = (Vec::new(), 0);
    while entries < wanted {
        let (rate, p99) = appends(&gate, &carl).await?;
        rounds.push((rate, p99));
        entries += (rate * 5.0) as u64;
    }
    rounds.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (per_second, p99) = rounds[rounds.len() / 2];
    println!(
        "| durable entries by 64 writers, the median of {} rounds | {per_second:.0} a second, p99 {:.1} ms |",
        rounds.len(),
        p99.as_secs_f64() * 1e3
    );
    while gate.number_entries().await.map_err(words)? > 0 {}
    // From here on the most memory is counted anew (proc(5), clear_refs).
    fs::write("/proc/self/clear_refs", "5")?;
    println!("| memory before the exports | {} MiB |", memory());
    const FORMS: [&str; 3] = ["ndjson", "csv", "fhir"];
    let (mut rates, mut entries) = ([const { Vec::new() }; FORMS.len()], 0);
    for _ in 0..ROUNDS {
        for (form, rates) in FORMS.iter().zip(&mut rates) {
            let rate;
            (entries, rate) = export(&gate, &carl, form).await?;
            rates.push(rate);
        }
    }
    for (form, rates) in FORMS.iter().zip(&mut rates) {
        rates.sort_by(f64::total_cmp);
        println!(
            "| export of {entries} entries as {form}, the median of {ROUNDS} rounds | {:.0} a second |",
            rates[ROUNDS / 2]
        );
    }
    println!("| most memory during the exports | {} MiB |", memory());
    numbering.abort();
    let _ = numbering.await;
    gate.close().await;
    fs::remove_dir_all(folder)?;
    Ok(())
}
