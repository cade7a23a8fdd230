//! Everything the process logs, kept for the search after each story.
use std::sync::{Mutex, OnceLock, PoisonError};
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Copy)]
struct Kept;

fn kept() -> &'static Mutex<Vec<u8>> {
    static KEPT: Mutex<Vec<u8>> = Mutex::new(Vec::new());
    &KEPT
}

impl std::io::Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if std::env::var_os("SHOW_LOGS").is_some() {
            eprint!("{}", String::from_utf8_lossy(bytes));
        }
        kept()
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
impl<'a> MakeWriter<'a> for Kept {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        Self
    }
}

/// Keeps what is logged from now on.
pub(crate) fn keep_logs() {
    static ONCE: OnceLock<()> = OnceLock::new();
    ONCE.get_or_init(|| {
        tracing_subscriber::fmt()
            .with_writer(Kept)
            .with_ansi(false)
            .with_max_level(tracing_subscriber::filter::LevelFilter::DEBUG)
            .init();
    });
}

/// What was logged so far.
pub(crate) fn logs() -> String {
    String::from_utf8_lossy(&kept().lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
}
