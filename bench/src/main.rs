//! Drives a running server and prints one row per operation and number of connections.
use http_body_util::{BodyExt, Full};
use hyper::{Request, body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::{
    error::Error,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::net::TcpStream;

type Failure = Box<dyn Error + Send + Sync>;

/// Where the server is and who is asking.
struct Target {
    address: String,
    key: String,
    pid: String,
    team: String,
    customer: String,
}

/// What one round gave.
struct Round {
    done: u64,
    seconds: f64,
    micros: Vec<u64>,
    cpu_ms: f64,
}

/// Appointments spread over 250 days, as the preload makes them too.
fn booking(target: &Target, n: u64, prefix: &str) -> String {
    let start: interpres_types::LocalDate = "2027-01-04"
        .parse()
        .unwrap_or_else(|_| unreachable!("a date"));
    let day = start.plus_days(i64::try_from(n % 250).unwrap_or(0));
    let time = format!("{:02}:{:02}", 7 + (n / 250) % 12, (n / 3000) % 4 * 15);
    json!({ "reference": format!("{prefix}-{n}"), "date": day.to_string(), "start": time, "minutes": 60, "language": "Spanish", "service_type": "phone", "team": target.team, "customer": target.customer, "lep_client": format!("Client {n}"), "notes": "Ask at the desk" }).to_string()
}

struct Client {
    sender: http1::SendRequest<Full<Bytes>>,
    host: String,
    key: String,
}

impl Client {
    async fn open(target: &Target) -> Result<Self, Failure> {
        let stream = TcpStream::connect(&target.address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self {
            sender,
            host: target.address.clone(),
            key: target.key.clone(),
        })
    }
    async fn ask(
        &mut self,
        method: &str,
        path: &str,
        body: String,
    ) -> Result<(u16, Bytes), Failure> {
        self.sender.ready().await?;
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", &self.host)
            .header("authorization", format!("Bearer {}", self.key))
            .body(Full::from(body))?;
        let response = self.sender.send_request(request).await?;
        let status = response.status().as_u16();
        Ok((status, response.into_body().collect().await?.to_bytes()))
    }
}

/// User and system CPU of a process and, for PostgreSQL, of every server process, in milliseconds.
fn cpu_ms(pid: &str) -> f64 {
    let ticks = |path: &std::path::Path| -> f64 {
        let text = std::fs::read_to_string(path.join("stat")).unwrap_or_default();
        let rest = text.rsplit(')').next().unwrap_or_default().to_owned();
        let fields: Vec<&str> = rest.split_whitespace().collect();
        [11, 12]
            .iter()
            .filter_map(|i| fields.get(*i)?.parse::<f64>().ok())
            .sum()
    };
    let all = std::fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .map(|e| e.path());
    let counted = all.filter(|p| {
        p.ends_with(pid)
            || std::fs::read_to_string(p.join("comm")).is_ok_and(|c| c.trim() == "postgres")
    });
    counted.map(|p| ticks(&p)).sum::<f64>() * 10.0
}

/// Resident memory in MiB.
fn memory_mib(pid: &str) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = text
        .lines()
        .find_map(|l| l.strip_prefix("VmRSS:"))
        .unwrap_or_default();
    line.split_whitespace()
        .next()
        .and_then(|n| n.parse::<u64>().ok())
        .unwrap_or(0)
        / 1024
}

/// An operation: its method, its path and body for the nth request, and the status that counts.
type Operation = Arc<dyn Fn(u64) -> (&'static str, String, String, u16) + Send + Sync>;

async fn round(
    target: &Arc<Target>,
    operation: Operation,
    connections: usize,
    seconds: u64,
    kept: Option<Arc<Mutex<Vec<String>>>>,
) -> Result<Round, Failure> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let (began, cpu) = (Instant::now(), cpu_ms(&target.pid));
    let until = began + Duration::from_secs(seconds);
    let mut tasks = Vec::new();
    for _ in 0..connections {
        let (target, operation, kept) = (target.clone(), operation.clone(), kept.clone());
        tasks.push(tokio::spawn(async move {
            let (mut client, mut micros) = (Client::open(&target).await?, Vec::new());
            while Instant::now() < until {
                let (method, path, body, wanted) = operation(COUNT.fetch_add(1, Ordering::Relaxed));
                let sent = Instant::now();
                let (status, answer) = client.ask(method, &path, body).await?;
                if status != wanted {
                    return Err(format!(
                        "{method} {path}: {status} {}",
                        String::from_utf8_lossy(&answer)
                    )
                    .into());
                }
                micros.push(u64::try_from(sent.elapsed().as_micros()).unwrap_or(u64::MAX));
                if let Some(kept) = &kept {
                    let json: Value = serde_json::from_slice(&answer)?;
                    if let (Ok(mut kept), Some(id)) = (kept.lock(), json["id"].as_str()) {
                        kept.push(id.to_owned());
                    }
                }
            }
            Ok::<_, Failure>(micros)
        }));
    }
    let mut micros = Vec::new();
    for task in tasks {
        micros.extend(task.await??);
    }
    micros.sort_unstable();
    Ok(Round {
        done: micros.len() as u64,
        seconds: began.elapsed().as_secs_f64(),
        micros,
        cpu_ms: cpu_ms(&target.pid) - cpu,
    })
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of requests fit a double exactly"
)]
fn report(name: &str, connections: usize, mut rounds: Vec<Round>) {
    rounds.sort_by(|a, b| (a.done as f64 / a.seconds).total_cmp(&(b.done as f64 / b.seconds)));
    let r = &rounds[rounds.len() / 2];
    let at = |share: f64| {
        r.micros
            .get((r.micros.len() as f64 * share) as usize)
            .copied()
            .unwrap_or(0) as f64
            / 1000.0
    };
    println!(
        "| {name} | {connections} | {:.0} | {:.2} | {:.2} | {:.2} |",
        r.done as f64 / r.seconds,
        at(0.5),
        at(0.99),
        r.cpu_ms / r.done.max(1) as f64
    );
}

/// The median of small appends with a disk sync each, in milliseconds.
fn sync_floor(folder: &str) -> Result<f64, Failure> {
    let path = std::path::Path::new(folder).join("floor");
    let mut file = std::fs::File::create(&path)?;
    let mut micros = Vec::new();
    for _ in 0..200 {
        std::io::Write::write_all(&mut file, &[7; 512])?;
        let began = Instant::now();
        file.sync_data()?;
        micros.push(began.elapsed().as_micros());
    }
    std::fs::remove_file(path)?;
    micros.sort_unstable();
    Ok(micros[100] as f64 / 1000.0)
}

fn variable(name: &str) -> Result<String, Failure> {
    std::env::var(name).map_err(|_| format!("{name} is not set; run bench/run").into())
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let demo: Value = serde_json::from_slice(&std::fs::read(variable("BENCH_DEMO")?)?)?;
    let people = demo["people"].as_array().cloned().unwrap_or_default();
    let key = people
        .iter()
        .find(|p| p["name"].as_str().is_some_and(|n| n.starts_with("Sam")))
        .and_then(|p| p["api_key"].as_str())
        .unwrap_or_default()
        .to_owned();
    let target = Arc::new(Target {
        address: variable("BENCH_ADDRESS")?,
        key,
        pid: variable("BENCH_PID")?,
        team: "Courts".into(),
        customer: "Mesa Verde County Court".into(),
    });
    let rows: u64 = variable("ROWS")?.parse()?;
    let (seconds, repeats) = (
        variable("SECONDS_EACH")?.parse()?,
        variable("ROUNDS")?.parse()?,
    );
    let ids = Arc::new(Mutex::new(Vec::new()));
    preload(&target, rows, &ids).await?;
    println!(
        "\nfdatasync p50 {:.2} ms; idle memory {} MiB after preload of {rows} rows\n",
        sync_floor(&variable("BENCH_FOLDER")?)?,
        memory_mib(&target.pid)
    );
    println!(
        "| operation | connections | per second | p50 ms | p99 ms | CPU ms |\n|---|---|---|---|---|---|"
    );
    let kept = Arc::new(Mutex::new(Vec::new()));
    let known = ids.lock().map(|ids| ids.clone()).unwrap_or_default();
    for connections in [1, 16, 64] {
        let (mut creates, mut reads, mut days) = (Vec::new(), Vec::new(), Vec::new());
        for repeat in 0..repeats {
            let (t, prefix) = (target.clone(), format!("B{connections}-{repeat}"));
            let create: Operation = Arc::new(move |n| {
                (
                    "POST",
                    "/api/v1/appointments".into(),
                    booking(&t, n, &prefix),
                    201,
                )
            });
            creates.push(round(&target, create, connections, seconds, Some(kept.clone())).await?);
            let known_ids = known.clone();
            let read: Operation = Arc::new(move |n| {
                (
                    "GET",
                    format!(
                        "/api/v1/appointments/{}",
                        known_ids[usize::try_from(n * 7919).unwrap_or(0) % known_ids.len()]
                    ),
                    String::new(),
                    200,
                )
            });
            reads.push(round(&target, read, connections, seconds, None).await?);
            let day: Operation = Arc::new(move |n| {
                let start: interpres_types::LocalDate = "2027-01-04"
                    .parse()
                    .unwrap_or_else(|_| unreachable!("a date"));
                let day = start.plus_days(i64::try_from(n % 250).unwrap_or(0));
                (
                    "GET",
                    format!("/api/v1/appointments?from={day}&to={day}&limit=8"),
                    String::new(),
                    200,
                )
            });
            days.push(round(&target, day, connections, seconds, None).await?);
        }
        report("create", connections, creates);
        report("read one", connections, reads);
        report("list a day (8 rows)", connections, days);
    }
    println!("\nmemory after the load: {} MiB", memory_mib(&target.pid));
    let kept = kept.lock().map(|kept| kept.clone()).unwrap_or_default();
    let missing = read_back(&target, &kept).await?;
    println!("read back: {} acknowledged, {missing} lost", kept.len());
    if missing > 0 {
        Err("acknowledged writes were lost".into())
    } else {
        Ok(())
    }
}

async fn preload(
    target: &Arc<Target>,
    rows: u64,
    ids: &Arc<Mutex<Vec<String>>>,
) -> Result<(), Failure> {
    let mut tasks = Vec::new();
    for part in 0..32 {
        let (target, ids) = (target.clone(), ids.clone());
        tasks.push(tokio::spawn(async move {
            let mut client = Client::open(&target).await?;
            for n in (part..rows).step_by(32) {
                let (status, answer) = client
                    .ask("POST", "/api/v1/appointments", booking(&target, n, "PRE"))
                    .await?;
                let json: Value = serde_json::from_slice(&answer)?;
                match (status, json["id"].as_str(), ids.lock()) {
                    (201, Some(id), Ok(mut ids)) => ids.push(id.to_owned()),
                    _ => return Err(format!("preload: {status} {json}").into()),
                }
            }
            Ok::<_, Failure>(())
        }));
    }
    for task in tasks {
        task.await??;
    }
    Ok(())
}

/// How many of the acknowledged appointments are not there.
async fn read_back(target: &Arc<Target>, ids: &[String]) -> Result<usize, Failure> {
    let mut client = Client::open(target).await?;
    let mut missing = 0;
    for id in ids.iter().step_by((ids.len() / 5_000).max(1)) {
        let (status, _) = client
            .ask("GET", &format!("/api/v1/appointments/{id}"), String::new())
            .await?;
        missing += usize::from(status != 200);
    }
    Ok(missing)
}
