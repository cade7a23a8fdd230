//! Checks an exported log of many entries, and holds the time against the bare hashing of the same
//! bytes in the same run: `interpres-bench-log [ENTRIES]`.
use interpres_audit_log::{
    Checkpoint, EXPORT_FORMAT, Entry, ExportEnd, ExportHeader, ExportLine, Frontier, LogKey,
    Outcome, Policy, Seen, leaf_hash,
};
use interpres_verifier::check;
use std::{
    error::Error,
    fs::File,
    io::{BufReader, BufWriter, Write},
    path::Path,
    time::Instant,
};

fn entry(n: u64) -> Vec<u8> {
    Entry {
        v: 1,
        id: format!("01a200a6-b049-7c69-8f4c-{n:012x}"),
        at: "2027-03-01T15:00:00.000000Z".into(),
        workspace: "01a200a6-b037-7dfd-9cda-a74a68b733d4".into(),
        actor: "01a200a6-b037-7dfd-9cda-a74a68b733d5".into(),
        role: "scheduler".into(),
        session: Some("01a200a6-b037-7dfd-9cda-a74a68b733d6".into()),
        address: Some("192.0.2.7".into()),
        agent: None,
        action: "appointment.show".into(),
        permission: "appointments.view".into(),
        outcome: Outcome::Done,
        reason: None,
        records: vec![Seen {
            kind: "appointment".into(),
            id: format!("01a200a6-b049-7c69-8f4c-{n:012x}"),
            revealed: vec!["client_name".into()],
            changed: Vec::new(),
            version: None,
        }],
        listed: None,
        every: false,
        commitment: None,
    }
    .bytes()
}

fn write_export(path: &Path, entries: u64, key: &LogKey) -> Result<f64, Box<dyn Error>> {
    let (mut tree, began) = (Frontier::empty(), Instant::now());
    let all: Vec<Vec<u8>> = (0..entries).map(entry).collect();
    let made = began.elapsed();
    let began = Instant::now();
    all.iter().for_each(|bytes| tree.append(leaf_hash(bytes)));
    let floor = began.elapsed().as_secs_f64();
    let mut out = BufWriter::new(File::create(path)?);
    let checkpoint = Checkpoint {
        origin: "interpres/w".into(),
        size: entries,
        root: tree.root(),
    }
    .sign(key);
    let header = ExportHeader {
        format: EXPORT_FORMAT.into(),
        workspace: "w".into(),
        made_at: String::new(),
        checkpoint,
        handovers: Vec::new(),
        complete: true,
        filter: std::collections::BTreeMap::default(),
    };
    writeln!(out, "{}", serde_json::to_string(&header)?)?;
    for (number, bytes) in (0..).zip(&all) {
        serde_json::to_writer(
            &mut out,
            &ExportLine::new(number, &leaf_hash(bytes), std::str::from_utf8(bytes)?, &[]),
        )?;
        out.write_all(b"\n")?;
    }
    writeln!(out, "{}", serde_json::to_string(&ExportEnd { entries })?)?;
    eprintln!(
        "{entries} entries of {} bytes made in {:.1} s",
        all.first().map_or(0, Vec::len),
        made.as_secs_f64()
    );
    Ok(floor)
}

fn main() -> Result<(), Box<dyn Error>> {
    let entries = std::env::args()
        .nth(1)
        .map_or(Ok(1_000_000), |text| text.parse())?;
    let path = std::env::temp_dir().join(format!("interpres-bench-log-{}", std::process::id()));
    let key = LogKey::new("interpres/w", &[1; 32])?;
    let floor = write_export(&path, entries, &key)?;
    let policy = Policy::parse(&format!("log {}\n", key.verifier()))?;
    let began = Instant::now();
    let found = check(
        BufReader::with_capacity(1 << 16, File::open(&path)?),
        policy,
        None,
    )?;
    let took = began.elapsed().as_secs_f64();
    let size = std::fs::metadata(&path)?.len();
    std::fs::remove_file(&path)?;
    println!(
        "| {entries} entries, {} MB | hashing alone {floor:.2} s | read and checked {took:.2} s | {:.2} x |",
        size / 1_000_000,
        took / floor
    );
    if found.problems.is_empty() {
        Ok(())
    } else {
        Err(found.problems.join("; ").into())
    }
}
