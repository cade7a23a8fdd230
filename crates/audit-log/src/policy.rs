//! A verifier's trust policy, in C2SP tlog-policy format.
use crate::{Checkpoint, NoteError, VerifierKey};
use std::fmt;

/// Log keys, witnesses, and which witnesses are enough.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    logs: Vec<VerifierKey>,
    witnesses: Vec<(String, VerifierKey)>,
    groups: Vec<Group>,
    quorum: Option<String>,
}

#[derive(Clone, Debug)]
struct Group {
    name: String,
    enough: usize,
    members: Vec<String>,
}

/// A line of a policy file that can't be used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PolicyError {
    /// Its number, from 1.
    pub line: usize,
    /// The problem.
    pub problem: &'static str,
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} of the policy {}", self.line, self.problem)
    }
}
impl std::error::Error for PolicyError {}

/// Why a checkpoint is not to be believed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Distrust {
    /// It is not signed by a log of the policy, or names another log.
    Log(NoteError),
    /// A witness's signature does not verify.
    Witness(NoteError),
    /// Fewer witnesses than the policy asks for.
    Quorum,
}

impl fmt::Display for Distrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Log(e) => write!(f, "it is not a checkpoint of a log in the policy: {e}"),
            Self::Witness(e) => write!(f, "a witness of the policy stands on it, but {e}"),
            Self::Quorum => f.write_str("fewer witnesses have signed it than the policy asks for"),
        }
    }
}
impl std::error::Error for Distrust {}

impl Policy {
    /// Parses a policy: lines `log VKEY`, `witness NAME VKEY`, `group NAME any|all|N MEMBER…` and `quorum NAME|none`;
    /// `#` starts a comment, and URLs at the end of a line are ignored.
    ///
    /// # Errors
    /// The first line that can't be used.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let mut policy = Self::default();
        let mut asked = false;
        for (i, line) in text.lines().enumerate() {
            let wrong = |problem| PolicyError {
                line: i + 1,
                problem,
            };
            let words: Vec<&str> = line
                .split('#')
                .next()
                .unwrap_or_default()
                .split_whitespace()
                .collect();
            match words.as_slice() {
                [] => {}
                ["log", key] | ["log", key, _] => policy.logs.push(
                    VerifierKey::parse(key).map_err(|_| wrong("has a key that can't be read"))?,
                ),
                ["witness", name, key] | ["witness", name, key, _] => {
                    policy.free(name).map_err(wrong)?;
                    policy.witnesses.push((
                        (*name).to_owned(),
                        VerifierKey::parse(key)
                            .map_err(|_| wrong("has a key that can't be read"))?,
                    ));
                }
                ["group", name, enough, members @ ..] if !members.is_empty() => {
                    policy.add_group(name, enough, members).map_err(wrong)?
                }
                ["quorum", name] if !asked => {
                    asked = true;
                    if *name != "none" {
                        policy.known(name).map_err(wrong)?;
                        policy.quorum = Some((*name).to_owned());
                    }
                }
                _ => return Err(wrong("is not a log, witness, group or quorum")),
            }
        }
        if policy.logs.is_empty() {
            Err(PolicyError {
                line: text.lines().count().max(1),
                problem: "ends without naming a log",
            })
        } else {
            Ok(policy)
        }
    }

    fn free(&self, name: &str) -> Result<(), &'static str> {
        if name == "none" || self.known(name).is_ok() {
            Err("gives a name that is taken")
        } else {
            Ok(())
        }
    }
    fn known(&self, name: &str) -> Result<(), &'static str> {
        let known = self.witnesses.iter().any(|(n, _)| n == name)
            || self.groups.iter().any(|g| g.name == name);
        if known {
            Ok(())
        } else {
            Err("uses a name that no line before it gives")
        }
    }
    fn add_group(
        &mut self,
        name: &str,
        enough: &str,
        members: &[&str],
    ) -> Result<(), &'static str> {
        self.free(name)?;
        members.iter().try_for_each(|m| self.known(m))?;
        let enough = match enough {
            "any" => 1,
            "all" => members.len(),
            n => n
                .parse()
                .ok()
                .filter(|n| (1..=members.len()).contains(n))
                .ok_or("asks for more members than it has, or for none")?,
        };
        self.groups.push(Group {
            name: name.to_owned(),
            enough,
            members: members.iter().map(ToString::to_string).collect(),
        });
        Ok(())
    }

    /// Trusts the key that this note hands over to, when a trusted key of the same log signed it.
    ///
    /// # Errors
    /// When it did not.
    pub fn follow(&mut self, handover: &str) -> Result<(), NoteError> {
        let next = self
            .logs
            .iter()
            .find_map(|key| successor(handover, key).ok())
            .ok_or(NoteError::Unsigned)?;
        if !self.logs.contains(&next) {
            self.logs.push(next);
        }
        Ok(())
    }

    /// The checkpoint in a note, when the policy believes it.
    ///
    /// # Errors
    /// See [`Distrust`].
    pub fn open(&self, note: &str) -> Result<Checkpoint, Distrust> {
        let mut why = NoteError::Unsigned;
        let opened = self
            .logs
            .iter()
            .find_map(|key| match Checkpoint::open(note, key) {
                Ok(point) if point.origin == key.name() => Some(point),
                Ok(_) => None,
                Err(e) => {
                    why = if e == NoteError::Unsigned { why } else { e };
                    None
                }
            });
        let point = opened.ok_or(Distrust::Log(why))?;
        let mut signed = Vec::new();
        for (name, key) in &self.witnesses {
            match key.open(note) {
                Ok(_) => signed.push(name.as_str()),
                Err(NoteError::Unsigned) => {}
                Err(e) => return Err(Distrust::Witness(e)),
            }
        }
        if self
            .quorum
            .as_ref()
            .is_none_or(|name| self.holds(name, &signed))
        {
            Ok(point)
        } else {
            Err(Distrust::Quorum)
        }
    }

    fn holds(&self, name: &str, signed: &[&str]) -> bool {
        match self.groups.iter().find(|g| g.name == name) {
            Some(group) => {
                group
                    .members
                    .iter()
                    .filter(|m| self.holds(m, signed))
                    .count()
                    >= group.enough
            }
            None => signed.contains(&name),
        }
    }
}

const HANDOVER: &str = "interpres log key handover v1";

/// The text with which a log's key hands over to the next one; the old key signs it.
#[must_use]
pub fn handover(next: &VerifierKey) -> String {
    format!("{HANDOVER}\n{next}\n")
}

fn successor(note: &str, key: &VerifierKey) -> Result<VerifierKey, NoteError> {
    let mut lines = key.open(note)?.lines();
    let (Some(HANDOVER), Some(next), None) = (lines.next(), lines.next(), lines.next()) else {
        return Err(NoteError::Malformed);
    };
    let next = VerifierKey::parse(next)?;
    if next.name() == key.name() {
        Ok(next)
    } else {
        Err(NoteError::Malformed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LogKey;

    fn log(seed: u8) -> LogKey {
        LogKey::new("log", &[seed; 32]).unwrap()
    }
    fn witness(seed: u8) -> LogKey {
        LogKey::new(&format!("w{seed}"), &[seed; 32]).unwrap()
    }
    fn point() -> Checkpoint {
        Checkpoint {
            origin: "log".into(),
            size: 3,
            root: [4; 32],
        }
    }

    #[test]
    fn a_quorum_of_groups_is_counted() {
        let keys: Vec<String> = (2..5)
            .map(|n| format!("witness w{n} {}\n", witness(n).cosigner()))
            .collect();
        let text = format!(
            "# ours\nlog {} https://log.example\n{}group two 2 w2 w3 w4\nquorum two\n",
            log(1).verifier(),
            keys.concat()
        );
        let policy = Policy::parse(&text).unwrap();
        let note = point().sign(&log(1));
        let body = note.split("\n\n").next().unwrap().to_owned() + "\n";
        assert_eq!(policy.open(&note), Err(Distrust::Quorum));
        let one = note.clone() + &witness(2).cosign(&body, 7);
        assert_eq!(policy.open(&one), Err(Distrust::Quorum));
        assert_eq!(
            policy.open(&(one.clone() + &witness(4).cosign(&body, 7))),
            Ok(point())
        );
        assert_eq!(
            policy.open(&(one + &witness(4).cosign("other\n", 7))),
            Err(Distrust::Witness(NoteError::Forged))
        );
    }

    #[test]
    fn a_checkpoint_by_another_key_or_of_another_log_is_not_believed() {
        let policy = Policy::parse(&format!("log {}\n", log(1).verifier())).unwrap();
        assert_eq!(
            policy.open(&point().sign(&log(2))),
            Err(Distrust::Log(NoteError::Unsigned))
        );
        let other = Checkpoint {
            origin: "another".into(),
            ..point()
        };
        assert_eq!(
            policy.open(&other.sign(&log(1))),
            Err(Distrust::Log(NoteError::Unsigned))
        );
    }

    #[test]
    fn a_new_key_is_trusted_only_when_the_old_one_signed_for_it() {
        let mut policy = Policy::parse(&format!("log {}\n", log(1).verifier())).unwrap();
        let note = point().sign(&log(2));
        assert_eq!(
            policy.follow(&log(3).sign(&handover(&log(2).verifier()))),
            Err(NoteError::Unsigned)
        );
        assert_eq!(
            policy.follow(&log(1).sign(&handover(&witness(2).verifier()))),
            Err(NoteError::Unsigned),
            "of another log"
        );
        assert!(policy.open(&note).is_err());
        policy
            .follow(&log(1).sign(&handover(&log(2).verifier())))
            .unwrap();
        assert_eq!(policy.open(&note), Ok(point()));
    }

    #[test]
    fn a_line_that_can_not_be_used_is_named() {
        let key = log(1).verifier();
        for (text, line) in [
            ("log nonsense\n".to_owned(), 1),
            (format!("log {key}\nquorum nobody\n"), 2),
            (format!("log {key}\ngroup g 2 nobody\n"), 2),
            (format!("log {key}\nwitness a {key}\nwitness a {key}\n"), 3),
            (format!("log {key}\nwitness a {key}\ngroup g 2 a\n"), 3),
            (format!("log {key}\n\nwhatever\n"), 3),
            ("# nothing\n".to_owned(), 1),
        ] {
            assert_eq!(Policy::parse(&text).unwrap_err().line, line, "{text}");
        }
    }
}
