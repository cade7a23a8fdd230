//! Reading a write-ahead log beside SQLite, by its documented format
//! (sqlite.org/fileformat2.html, section 4): which bytes of it are committed for good. A frame counts
//! only when its salts are the log's, its checksum follows from the one before, and a commit frame
//! stands at or behind it; what was rolled back or is being written fails one of the three.
use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

const HEADER: usize = 32;
const FRAME: usize = 24;

/// How far a log was read, and the running checksum there.
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
    /// How many bytes were read.
    pub(crate) const fn read(&self) -> u64 {
        self.read
    }

    /// The log's generation: each that begins anew counts one up (salt-1 of the format).
    pub(crate) fn generation(&self) -> Option<u32> {
        (self.read > 0).then(|| word(&self.salts, 0, true))
    }

    /// The bytes that were committed since; nothing when the log has begun anew meanwhile.
    pub(crate) fn committed(&mut self, log: &Path) -> io::Result<Option<Vec<u8>>> {
        let mut file = match File::open(log) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Some(Vec::new())),
            Err(e) => return Err(e),
        };
        let mut head = [0; HEADER];
        if file.read_exact(&mut head).is_err() {
            // A log without a whole header holds nothing; one that had frames was folded away.
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
        // A header is kept together with its first commit, so that no log is begun in vain.
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
