use crate::Memory;
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use interpres_audit_log::{
    Checkpoint, Hash, LogKey, NoteError, VerifierKey, parse_hash, verify_consistency,
};
use std::sync::{Arc, Mutex, PoisonError};

/// A witness: its key, its logs, and their last checkpoints.
pub struct Witness {
    key: LogKey,
    logs: Vec<VerifierKey>,
    memory: Mutex<Memory>,
    clock: fn() -> u64,
}

impl Witness {
    /// A witness that signs with this key for these logs. The clock returns seconds since 1970.
    #[must_use]
    pub fn new(key: LogKey, logs: Vec<VerifierKey>, memory: Memory, clock: fn() -> u64) -> Self {
        Self {
            key,
            logs,
            memory: Mutex::new(memory),
            clock,
        }
    }
}

/// The protocol's one route, `POST /add-checkpoint`.
pub fn router(witness: Witness) -> Router {
    Router::new()
        .route("/add-checkpoint", post(add_checkpoint))
        .with_state(Arc::new(witness))
}

/// Why a checkpoint is not signed, each with its status of the protocol.
enum Turned {
    Malformed,
    UnknownLog,
    BadSignature,
    Stale(u64),
    BadProof,
    NotKept,
}

impl IntoResponse for Turned {
    fn into_response(self) -> Response {
        let (status, text) = match self {
            Self::Malformed => (
                StatusCode::BAD_REQUEST,
                "the request has not the form of an addition\n",
            ),
            Self::UnknownLog => (
                StatusCode::NOT_FOUND,
                "this witness does not know the log\n",
            ),
            Self::BadSignature => (
                StatusCode::FORBIDDEN,
                "no key of the log that this witness knows has signed this\n",
            ),
            Self::BadProof => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "the proof does not lead from the old tree to the new one\n",
            ),
            Self::NotKept => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "the checkpoint could not be kept, so it is not signed\n",
            ),
            Self::Stale(size) => {
                return (
                    StatusCode::CONFLICT,
                    [(header::CONTENT_TYPE, "text/x.tlog.size")],
                    format!("{size}\n"),
                )
                    .into_response();
            }
        };
        (status, text).into_response()
    }
}

async fn add_checkpoint(
    State(witness): State<Arc<Witness>>,
    body: Bytes,
) -> Result<String, Turned> {
    let text = std::str::from_utf8(&body).map_err(|_| Turned::Malformed)?;
    let asked = AddCheckpointRequest::parse(text).ok_or(Turned::Malformed)?;
    let point = witness.open(asked.note)?;
    if asked.old > point.size {
        return Err(Turned::Malformed);
    }
    // Held until the write is durable, so that two requests cannot start from the same checkpoint.
    let mut memory = witness
        .memory
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let (size, root) = memory.latest(&point.origin).unwrap_or((0, [0; 32]));
    if asked.old != size || (point.size == size && size > 0 && point.root != root) {
        return Err(Turned::Stale(size));
    }
    let extends = match size {
        0 => asked.proof.is_empty(),
        _ => verify_consistency(size, &root, point.size, &point.root, &asked.proof).is_ok(),
    };
    if !extends {
        return Err(Turned::BadProof);
    }
    memory
        .remember(&point.origin, point.size, point.root)
        .map_err(|e| {
            tracing::error!(error = %e, "a checkpoint could not be kept");
            Turned::NotKept
        })?;
    let at = asked.note.find("\n\n").ok_or(Turned::Malformed)?;
    Ok(witness.key.cosign(&asked.note[..=at], (witness.clock)()))
}

impl Witness {
    fn open(&self, note: &str) -> Result<Checkpoint, Turned> {
        let origin = note.lines().next().ok_or(Turned::Malformed)?;
        let mut keys = self
            .logs
            .iter()
            .filter(|key| key.name() == origin)
            .peekable();
        if keys.peek().is_none() {
            return Err(Turned::UnknownLog);
        }
        let mut why = Turned::BadSignature;
        for key in keys {
            match Checkpoint::open(note, key) {
                Ok(point) => return Ok(point),
                Err(NoteError::Malformed) => why = Turned::Malformed,
                Err(_) => {}
            }
        }
        Err(why)
    }
}

/// An add-checkpoint request: old size, proof, new checkpoint.
struct AddCheckpointRequest<'a> {
    old: u64,
    proof: Vec<Hash>,
    note: &'a str,
}

/// No tree of 2^63 entries needs more.
const LONGEST_PROOF: usize = 63;

impl<'a> AddCheckpointRequest<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (head, note) = text.split_once("\n\n")?;
        let mut lines = head.lines();
        let old = lines.next()?.strip_prefix("old ")?;
        if old != "0" && old.starts_with(['0', '+']) {
            return None;
        }
        let proof: Vec<Hash> = lines
            .map(|line| parse_hash(line).ok())
            .collect::<Option<_>>()?;
        (proof.len() <= LONGEST_PROOF).then_some(Self {
            old: old.parse().ok()?,
            proof,
            note,
        })
    }
}
