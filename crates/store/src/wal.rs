//! Reads a write-ahead log alongside SQLite, by its documented format (sqlite.org/fileformat2.html, section 4), to
//! find the committed bytes. A frame is valid only if its salts match the header, its checksum chains from the
//! previous frame, and a commit frame follows; rolled-back or partial frames fail one of the three.
use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

const HEADER: usize = 32;
const FRAME: usize = 24;

/// A position in a log, and the running checksum there.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Wal {
    read: u64,
    salts: [u8; 8],
    sum: (u32, u32),
    big_endian: bool,
    page: usize,
}

fn word(bytes: &[u8], at: usize, big: bool) -> u32 {
    let four = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
    if big {
        u32::from_be_bytes(four)
    } else {
        u32::from_le_bytes(four)
    }
}

/// The format's checksum over pairs of words, carried on from `sum`.
fn summed(sum: (u32, u32), bytes: &[u8], big: bool) -> (u32, u32) {
    bytes.chunks_exact(8).fold(sum, |(a, b), pair| {
        let a = a.wrapping_add(word(pair, 0, big)).wrapping_add(b);
        (a, b.wrapping_add(word(pair, 4, big)).wrapping_add(a))
    })
}

impl Wal {
    /// Number of bytes read.
    pub(crate) const fn read(&self) -> u64 {
        self.read
    }

    /// The log's generation: each restart increments it (salt-1 of the format).
    pub(crate) fn generation(&self) -> Option<u32> {
        (self.read > 0).then(|| word(&self.salts, 0, true))
    }

    /// The bytes committed since; `None` if the log has restarted.
    pub(crate) fn committed(&mut self, log: &Path) -> io::Result<Option<Vec<u8>>> {
        let mut file = match File::open(log) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Some(Vec::new())),
            Err(e) => return Err(e),
        };
        let mut head = [0; HEADER];
        if file.read_exact(&mut head).is_err() {
            // A log without a complete header is empty; if it had frames, they were folded.
            return Ok((self.read == 0).then(Vec::new));
        }
        let mut out = Vec::new();
        let mut next = *self;
        if self.read == 0 {
            let Some(begun) = Self::begin(&head) else {
                return Ok(Some(Vec::new()));
            };
            next = begun;
            out.extend_from_slice(&head);
        } else if head[16..24] != self.salts {
            return Ok(None);
        }
        file.seek(SeekFrom::Start(next.read))?;
        let (mut kept, mut frame) = (0, vec![0; FRAME + next.page]);
        let mut end = next;
        while file.read_exact(&mut frame).is_ok() {
            let sum = summed(
                summed(end.sum, &frame[..8], end.big_endian),
                &frame[FRAME..],
                end.big_endian,
            );
            if frame[8..16] != end.salts || (word(&frame, 16, true), word(&frame, 20, true)) != sum
            {
                break;
            }
            out.extend_from_slice(&frame);
            end.sum = sum;
            end.read += frame.len() as u64;
            if word(&frame, 4, true) != 0 {
                kept = out.len();
                next = end;
            }
        }
        // Copy a header together with its first commit, so that no empty log is started.
        out.truncate(kept);
        if kept > 0 {
            *self = next;
        }
        Ok(Some(out))
    }

    fn begin(head: &[u8; HEADER]) -> Option<Self> {
        let big_endian = match word(head, 0, true) {
            0x377f_0682 => false,
            0x377f_0683 => true,
            _ => return None,
        };
        let sum = summed((0, 0), &head[..24], big_endian);
        let page = usize::try_from(word(head, 8, true)).ok()?;
        let whole =
            (word(head, 24, true), word(head, 28, true)) == sum && (512..=65_536).contains(&page);
        let mut salts = [0; 8];
        salts.copy_from_slice(&head[16..24]);
        whole.then_some(Self {
            read: HEADER as u64,
            salts,
            sum,
            big_endian,
            page,
        })
    }
}
