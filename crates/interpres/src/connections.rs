//! Who holds connections. There is room for so many in all and for so many of one caller; when it is used up, the
//! connection that was silent for longest makes room for the next. So nobody shuts anybody out by sitting there.
use axum::{
    Extension,
    extract::Request,
    middleware::{AddExtension, Next},
    response::Response,
};
use axum_server::accept::Accept;
use futures_util::task::AtomicWaker;
use interpres_types::caller_of;
use ipnet::IpNet;
use std::{
    collections::BTreeMap,
    future::{Ready, ready},
    io,
    net::IpAddr,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tower::Layer;

/// Files that are none of connections: of the databases, their pools, the operator's socket, backups, mail, collectors.
const OWN_FILES: usize = 192;
/// More take memory that other things need.
const MOST_CONNECTIONS: usize = 8_192;
const MOST_FROM_ONE: usize = 256;
/// A connection on which nothing moved and nothing is worked on for so long is closed.
const LONGEST_IDLE: Duration = Duration::from_secs(60);
/// Longer than proxies keep theirs for (a minute, mostly), so that none sends a request into one that is being closed.
const LONGEST_IDLE_OF_PROXIES: Duration = Duration::from_secs(90);
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// How many connections there may be.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    in_all: usize,
    from_one: usize,
}

impl Room {
    /// In a process that may have so many files open.
    #[must_use]
    pub fn within(files: usize) -> Self {
        let in_all = files
            .saturating_sub(OWN_FILES.min(files / 2))
            .min(MOST_CONNECTIONS);
        Self {
            in_all,
            from_one: (in_all / 5).clamp(4, MOST_FROM_ONE),
        }
    }
    /// Whether there is room for one more, if need be because another is ended.
    fn is_made(self, open: &BTreeMap<u64, Arc<OpenConnection>>, caller: IpNet, kind: Kind) -> bool {
        let (in_use, is_near) = (
            open.values().filter(|line| line.is_open()),
            kind != Kind::Elsewhere,
        );
        let theirs = in_use.clone().filter(|line| line.caller == caller);
        let made = if kind != Kind::Proxy && theirs.clone().count() >= self.from_one {
            make_room(theirs)
        } else if in_use.clone().count() >= self.before_making_room(is_near) {
            make_room(in_use.filter(|line| is_near || line.kind == Kind::Elsewhere))
        } else {
            true
        };
        made && open.len() < self.in_all
    }
    /// An eighth is for the operator on this machine and for proxies; another, for connections that are being closed.
    const fn before_making_room(&self, is_near: bool) -> usize {
        if is_near {
            self.in_all - self.in_all / 8
        } else {
            self.in_all - self.in_all / 4
        }
    }
}

/// All connections of a server, at whatever port.
#[derive(Clone)]
pub struct Connections(Arc<All>);

struct All {
    room: Room,
    proxies: Vec<IpNet>,
    began: Instant,
    open: Mutex<BTreeMap<u64, Arc<OpenConnection>>>,
    next: AtomicU64,
}

/// One connection.
struct OpenConnection {
    caller: IpNet,
    kind: Kind,
    began: Instant,
    /// Milliseconds from the beginning until a byte last moved.
    moved: AtomicU64,
    /// Requests that are being answered.
    working: AtomicUsize,
    ended: AtomicBool,
    waker: AtomicWaker,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Proxy,
    ThisMachine,
    Elsewhere,
}

impl OpenConnection {
    fn new(caller: IpNet, kind: Kind, began: Instant) -> Self {
        let (moved, working, ended) = (
            AtomicU64::new(0),
            AtomicUsize::new(0),
            AtomicBool::new(false),
        );
        let line = Self {
            caller,
            kind,
            began,
            moved,
            working,
            ended,
            waker: AtomicWaker::new(),
        };
        line.note_moved();
        line
    }
    fn note_moved(&self) {
        self.moved.store(
            u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX),
            Ordering::Relaxed,
        );
    }
    fn is_open(&self) -> bool {
        !self.ended.load(Ordering::Acquire)
    }
    fn is_idle(&self) -> bool {
        self.is_open() && self.working.load(Ordering::Acquire) == 0
    }
    fn end(&self) {
        self.ended.store(true, Ordering::Release);
        self.waker.wake();
    }
    /// Whether it was ended; if not, whoever asks is woken when it is.
    fn is_ended(&self, cx: &Context<'_>) -> bool {
        self.waker.register(cx.waker());
        !self.is_open()
    }
}

impl Connections {
    /// None yet.
    #[must_use]
    pub fn new(room: Room, proxies: Vec<IpNet>) -> Self {
        Self(Arc::new(All {
            room,
            proxies,
            began: Instant::now(),
            open: Mutex::default(),
            next: AtomicU64::new(0),
        }))
    }

    fn open(&self) -> MutexGuard<'_, BTreeMap<u64, Arc<OpenConnection>>> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn kind(&self, peer: IpAddr) -> Kind {
        match peer {
            _ if self.0.proxies.iter().any(|net| net.contains(&peer)) => Kind::Proxy,
            _ if peer.is_loopback() => Kind::ThisMachine,
            _ => Kind::Elsewhere,
        }
    }

    /// Takes a connection in, unless there is no room and none can be made.
    fn admit(&self, stream: TcpStream) -> io::Result<Held> {
        let peer = stream.peer_addr()?.ip().to_canonical();
        let (caller, kind) = (caller_of(peer), self.kind(peer));
        let mut open = self.open();
        if !self.0.room.is_made(&open, caller, kind) {
            tracing::debug!(%caller, "no room for a connection");
            return Err(io::Error::other("no room for a connection"));
        }
        let (id, line) = (
            self.0.next.fetch_add(1, Ordering::Relaxed),
            Arc::new(OpenConnection::new(caller, kind, self.0.began)),
        );
        open.insert(id, line.clone());
        Ok(Held {
            stream,
            line,
            id,
            all: self.clone(),
        })
    }

    /// Closes those on which nothing moves.
    pub async fn close_silent_forever(self) {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let now = self.0.began.elapsed();
            for line in self.open().values().filter(|line| line.is_idle()) {
                let longest = if line.kind == Kind::Proxy {
                    LONGEST_IDLE_OF_PROXIES
                } else {
                    LONGEST_IDLE
                };
                if now > Duration::from_millis(line.moved.load(Ordering::Relaxed)) + longest {
                    line.end();
                }
            }
        }
    }
}

/// Ends the one that was silent for longest, if any is idle.
fn make_room<'l>(among: impl Iterator<Item = &'l Arc<OpenConnection>>) -> bool {
    let quietest = among
        .filter(|line| line.is_idle())
        .min_by_key(|line| line.moved.load(Ordering::Relaxed));
    quietest.map(|line| line.end()).is_some()
}

impl<S> Accept<TcpStream, S> for Connections {
    type Stream = Held;
    type Service = AddExtension<S, AtWork>;
    type Future = Ready<io::Result<(Held, Self::Service)>>;
    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        ready(self.admit(stream).map(|held| {
            let service = Extension(AtWork(held.line.clone())).layer(service);
            (held, service)
        }))
    }
}

/// Which connection a request came on.
#[derive(Clone)]
pub struct AtWork(Arc<OpenConnection>);

struct Working(Arc<OpenConnection>);

impl Drop for Working {
    fn drop(&mut self) {
        self.0.note_moved();
        self.0.working.fetch_sub(1, Ordering::Release);
    }
}

/// A connection whose request is being answered is not idle, however long that takes.
pub async fn note_work(
    at_work: Option<Extension<AtWork>>,
    request: Request,
    next: Next,
) -> Response {
    let _working = at_work.map(|Extension(AtWork(line))| {
        line.working.fetch_add(1, Ordering::Acquire);
        Working(line)
    });
    next.run(request).await
}

/// A connection that is counted for as long as it is held.
pub struct Held {
    stream: TcpStream,
    line: Arc<OpenConnection>,
    id: u64,
    all: Connections,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.all.open().remove(&self.id);
    }
}

impl Held {
    /// Writes, and notes whether anything moved.
    fn write(
        &mut self,
        cx: &mut Context<'_>,
        write: impl FnOnce(Pin<&mut TcpStream>, &mut Context<'_>) -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if self.line.is_ended(cx) {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let written = write(Pin::new(&mut self.stream), cx);
        if matches!(written, Poll::Ready(Ok(1..))) {
            self.line.note_moved();
        }
        written
    }
}

impl AsyncRead for Held {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.line.is_ended(cx) {
            return Poll::Ready(Ok(()));
        }
        let before = into.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, into);
        if into.filled().len() > before {
            self.line.note_moved();
        }
        read
    }
}

impl AsyncWrite for Held {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.write(cx, |stream, cx| stream.poll_write(cx, bytes))
    }
    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.write(cx, |stream, cx| stream.poll_write_vectored(cx, pieces))
    }
    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_room_for_ones_own_files_whatever_the_limit() {
        for (files, in_all, from_one) in [
            (64, 32, 6),
            (256, 128, 25),
            (1_024, 832, 166),
            (4_096, 3_904, 256),
            (1_000_000, 8_192, 256),
        ] {
            let room = Room::within(files);
            assert_eq!((room.in_all, room.from_one), (in_all, from_one), "{files}");
            assert!(
                room.from_one < room.before_making_room(false)
                    && room.before_making_room(false) < room.before_making_room(true)
            );
        }
    }
}
