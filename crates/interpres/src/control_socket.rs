//! The socket in the data folder by which an operator speaks to a running server.
use crate::control::{Act, ControlReply, Desk, LONGEST_ACT};
use rustix::process::geteuid;
use std::{
    fs::{self, Permissions},
    io,
    os::{fd::AsRawFd, unix::fs::PermissionsExt},
    path::{Path, PathBuf},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{UnixListener, UnixStream},
};

const SOCKET: &str = "control.sock";

/// Bytes of a socket's address (unix(7)).
const LONGEST_ADDRESS: usize = 107;

/// Where the socket is, and the folder while it is open.
struct Socket {
    address: PathBuf,
    _folder: fs::File,
}

/// The socket's address; by way of the open folder where the path is longer than an address may be.
fn socket(folder: &Path) -> io::Result<Socket> {
    let (held, path) = (fs::File::open(folder)?, folder.join(SOCKET));
    let short = || PathBuf::from(format!("/proc/self/fd/{}", held.as_raw_fd())).join(SOCKET);
    Ok(Socket {
        address: if path.as_os_str().len() > LONGEST_ADDRESS {
            short()
        } else {
            path
        },
        _folder: held,
    })
}

/// Whether whoever is at the other end is the user that this process runs as, or root.
fn is_ours(stream: &UnixStream) -> bool {
    stream
        .peer_cred()
        .is_ok_and(|peer| peer.uid() == geteuid().as_raw() || peer.uid() == 0)
}

/// Listens for the operator. Who may open the data folder may ask.
///
/// # Errors
/// When the socket can't be made.
pub fn listen(desk: Desk) -> io::Result<tokio::task::JoinHandle<()>> {
    let path = desk.at.folder.join(SOCKET);
    // The folder is held by this process, so what lies there is a stopped one's.
    let _ = fs::remove_file(&path);
    let listener = UnixListener::bind(&socket(&desk.at.folder)?.address)?;
    fs::set_permissions(&path, Permissions::from_mode(0o600))?;
    Ok(tokio::spawn(async move {
        loop {
            match listener.accept().await {
                Ok((stream, _)) => drop(tokio::spawn(answer(desk.clone(), stream))),
                Err(e) => tracing::warn!(error = %e, "the operator could not be heard"),
            }
        }
    }))
}

async fn answer(desk: Desk, mut stream: UnixStream) {
    if !is_ours(&stream) {
        tracing::warn!(
            "somebody who is neither this process's user nor root asked at the control socket, and was not answered"
        );
        return;
    }
    let mut line = String::new();
    let (read, mut write) = stream.split();
    if BufReader::new(read)
        .take(LONGEST_ACT)
        .read_line(&mut line)
        .await
        .is_err()
    {
        return;
    }
    let told = match serde_json::from_str::<Act>(&line) {
        Ok(act) => desk.act(act).await,
        Err(_) => ControlReply {
            good: false,
            words: "the running server does not know this; is it an older version?".to_owned(),
        },
    };
    let text = serde_json::to_string(&told).unwrap_or_default();
    let _ = write.write_all(text.as_bytes()).await;
}

/// Asks the server that runs on this folder; nothing when none does.
///
/// # Errors
/// When it went away meanwhile.
pub async fn ask(folder: &Path, act: &Act) -> io::Result<Option<ControlReply>> {
    let Ok(socket) = socket(folder) else {
        return Ok(None);
    };
    let Ok(mut stream) = UnixStream::connect(&socket.address).await else {
        return Ok(None);
    };
    let text = serde_json::to_string(act).unwrap_or_default();
    stream.write_all(format!("{text}\n").as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    serde_json::from_str(&answer)
        .map(Some)
        .map_err(io::Error::other)
}
