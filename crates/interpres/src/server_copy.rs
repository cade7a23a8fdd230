//! Copies of a PostgreSQL database by PostgreSQL's own tools: `pg_dump`, sealed on its way to the
//! file, and `pg_restore`.
use interpres_store::ServerAddress;
use interpres_vault::{Key, OpenFile, SealFile, Secret};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufReader, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// The file's name in a copy's folder.
const NAME: &str = "dump.sealed";

/// A tool from the path, or where Debian keeps the newest.
fn tool(name: &str) -> Command {
    let on_path = std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(name).is_file()));
    let mut versions: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|e| e.path().join("bin").join(name))
        .filter(|p| p.is_file())
        .collect();
    versions.sort();
    Command::new(if on_path {
        PathBuf::from(name)
    } else {
        versions.pop().unwrap_or_else(|| name.into())
    })
}

/// An address taken apart for the tools' environment: on a command line everybody on the machine
/// could read its password.
fn place(address: &ServerAddress) -> Vec<(&'static str, String)> {
    let url = address.url();
    let plain = |text: &str| percent_decode(text);
    let mut out = vec![("PGDATABASE", address.database().to_owned())];
    out.extend(
        url.host_str()
            .map(|host| ("PGHOST", plain(host.trim_matches(['[', ']'])))),
    );
    out.extend(url.port().map(|port| ("PGPORT", port.to_string())));
    out.extend((!url.username().is_empty()).then(|| ("PGUSER", plain(url.username()))));
    out.extend(
        url.password()
            .map(|password| ("PGPASSWORD", plain(password))),
    );
    for (name, value) in url.query_pairs() {
        let variable = match name.as_ref() {
            "host" => "PGHOST",
            "port" => "PGPORT",
            "user" => "PGUSER",
            "password" => "PGPASSWORD",
            "sslmode" | "ssl-mode" => "PGSSLMODE",
            "sslrootcert" | "ssl-root-cert" | "ssl-ca" => "PGSSLROOTCERT",
            "sslcert" | "ssl-cert" => "PGSSLCERT",
            "sslkey" | "ssl-key" => "PGSSLKEY",
            _ => continue,
        };
        out.retain(|(had, _)| *had != variable);
        out.push((variable, value.into_owned()));
    }
    let names_roots = out.iter().any(|(name, _)| *name == "PGSSLROOTCERT");
    if !names_roots
        && out
            .iter()
            .any(|(name, mode)| *name == "PGSSLMODE" && mode == "verify-full")
    {
        // The authorities that everybody knows, as our own connections take them; the tools know the word since 16.
        out.push(("PGSSLROOTCERT", "system".to_owned()));
    }
    out
}

fn percent_decode(text: &str) -> String {
    form_urlencoded::parse(format!("x={}", text.replace('+', "%2B")).as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

fn start(command: &mut Command, server: &ServerAddress) -> Result<Child, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    command
        .envs(place(server))
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|e| format!("{name}: {e}; install Debian's package postgresql-client"))
}

/// Waits for a tool; gives the first line of what it complains of.
fn finish(mut child: Child, name: &str) -> Result<(), String> {
    let mut complaint = String::new();
    if let Some(mut from) = child.stderr.take() {
        let _ = from.read_to_string(&mut complaint);
    }
    let ended = child.wait().map_err(|e| format!("{name}: {e}"))?;
    if ended.success() {
        Ok(())
    } else {
        Err(format!(
            "{name}: {}",
            complaint
                .lines()
                .next()
                .unwrap_or("it failed and does not say why")
        ))
    }
}

/// Dumps a database into a sealed file in this folder.
///
/// # Errors
/// What was in the way, in words.
pub(crate) fn dump(server: &ServerAddress, folder: &Path, key: &Key) -> Result<(), String> {
    let (path, beside) = (folder.join(NAME), folder.join("dump.new"));
    let words = |e: io::Error| match e.kind() {
        io::ErrorKind::StorageFull => format!(
            "The disk of {} is full, and no copy was made. The copies from before are as they were.",
            folder.display()
        ),
        _ => format!("{}: {e}", path.display()),
    };
    let mut child = start(
        tool("pg_dump")
            .args(["--format=custom", "--no-owner", "--no-privileges"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped()),
        server,
    )?;
    let sealed = || io::Error::other("the cipher refuses");
    let write = |from: &mut dyn Read| -> io::Result<()> {
        let mut out = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&beside)?;
        let (mut file, header) = SealFile::begin(&Secret::Key(key)).map_err(|_| sealed())?;
        out.write_all(&header)?;
        let mut some = vec![0; 256 * 1024];
        loop {
            let count = from.read(&mut some)?;
            if count == 0 {
                break;
            }
            out.write_all(&file.add(&some[..count]).map_err(|_| sealed())?)?;
        }
        out.write_all(&file.end().map_err(|_| sealed())?)?;
        out.sync_all()
    };
    let mut from = child.stdout.take().ok_or("pg_dump gives nothing")?;
    let written = write(&mut from);
    drop(from);
    let finished = finish(child, "pg_dump");
    let kept = written
        .map_err(words)
        .and(finished)
        .and_then(|()| fs::rename(&beside, &path).map_err(words));
    if kept.is_err() {
        // Half a copy is none, and would take the room that the next one needs.
        let _ = fs::remove_dir_all(folder);
    }
    kept
}

/// Whether a copy's folder holds a dump.
pub(crate) fn holds_dump(folder: &Path) -> bool {
    folder.join(NAME).exists()
}

/// Loads a sealed dump into an empty database; all of it or nothing. Gives the file's length.
///
/// # Errors
/// What was in the way, in words.
pub(crate) fn load(folder: &Path, key: &Key, server: &ServerAddress) -> Result<u64, String> {
    let path = folder.join(NAME);
    let words = |e: io::Error| format!("{}: {e}", path.display());
    if !asks(
        server,
        "select count(*) from information_schema.tables where table_schema = current_schema()",
    )?
    .trim()
    .eq("0")
    {
        return Err("the database to restore into is not empty".to_owned());
    }
    let mut from = OpenFile::begin(
        BufReader::new(File::open(&path).map_err(words)?),
        &Secret::Key(key),
    )
    .map_err(words)?;
    let options = [
        "--no-owner",
        "--no-privileges",
        "--exit-on-error",
        "--single-transaction",
    ];
    // A dump in one piece can be read from a pipe; the target is named by the environment.
    let mut child = start(
        tool("pg_restore")
            .args(options)
            .arg("--dbname")
            .arg(server.database())
            .stdin(Stdio::piped())
            .stdout(Stdio::null()),
        server,
    )?;
    let mut into = child.stdin.take().ok_or("pg_restore takes nothing")?;
    let copied = io::copy(&mut from, &mut into);
    if copied.is_err() {
        // What was cut off or changed must not be taken for a whole: the transaction is never ended.
        let _ = child.kill();
    }
    drop(into);
    let finished = finish(child, "pg_restore");
    copied.map_err(words)?;
    finished?;
    Ok(fs::metadata(&path).map_or(0, |m| m.len()))
}

/// What a statement says, by psql.
pub(crate) fn asks(server: &ServerAddress, sql: &str) -> Result<String, String> {
    let mut child = start(
        tool("psql")
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql])
            .stdin(Stdio::null())
            .stdout(Stdio::piped()),
        server,
    )?;
    let mut said = String::new();
    if let Some(mut from) = child.stdout.take() {
        from.read_to_string(&mut said)
            .map_err(|e| format!("psql: {e}"))?;
    }
    finish(child, "psql")?;
    Ok(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_apart_for_the_tools() {
        let place = |text: &str| place(&text.parse().unwrap());
        let at = place(
            "postgres://interpres:p%40ss%2Bword@db.internal:5433/agency?sslrootcert=/etc/root.pem",
        );
        let has = |name: &str, value: &str| at.iter().any(|(n, v)| *n == name && v == value);
        assert!(
            has("PGDATABASE", "agency")
                && has("PGHOST", "db.internal")
                && has("PGPORT", "5433")
                && has("PGUSER", "interpres")
        );
        assert!(
            has("PGPASSWORD", "p@ss+word")
                && has("PGSSLMODE", "verify-full")
                && has("PGSSLROOTCERT", "/etc/root.pem")
        );
        let socket = place("postgres://postgres@localhost/x?host=/tmp/pg");
        assert_eq!(
            socket
                .iter()
                .filter(|(n, _)| *n == "PGHOST")
                .map(|(_, v)| v.as_str())
                .collect::<Vec<_>>(),
            ["/tmp/pg"]
        );
        let known = place("postgres://interpres@db.internal/agency");
        assert!(
            known.contains(&("PGSSLMODE", "verify-full".to_owned()))
                && known.contains(&("PGSSLROOTCERT", "system".to_owned()))
        );
    }
}
