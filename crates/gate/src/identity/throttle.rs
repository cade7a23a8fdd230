//! Slowing guesses down (AU7). A try is counted before it is judged, so that a thousand at once are a
//! thousand; the right answer wipes the count. What is counted may be an address that nobody has.
use crate::identity::token::Token;
use crate::passage::{refusal::Refusal, write_tx::WriteTx};
use interpres_types::{Instant, UserId};

/// Tries in a row that cost nothing.
const FREE_TRIES: i64 = 4;
const LONGEST_WAIT_SECONDS: i64 = 900;
/// NIST SP 800-63B-4 section 3.2.2: after so many in a row the authenticator is of no use any more.
const MOST_TRIES: i64 = 100;
/// A count is forgotten when nothing was tried for so long.
const FORGOTTEN_AFTER_SECONDS: i64 = 30 * 86_400;
/// A century.
const FOR_GOOD_SECONDS: i64 = 3_155_760_000;

/// What came of asking for a try.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub enum Try {
    /// It may be made; so many were made before it without success.
    Open(i64),
    /// Not for so many seconds.
    Wait(u64),
    /// Not any more.
    Closed,
}

fn hash(key: &str) -> Vec<u8> {
    Token::hash(&format!("throttle/{key}"))
}

impl WriteTx {
    /// Counts a try at something before it is judged, unless it has to wait.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn begin_try(&mut self, key: &str) -> Result<Try, Refusal> {
        self.alone(format!("throttle/{key}")).await?;
        let (now, hash) = (self.now(), hash(key));
        let turn = self.turn()?;
        turn.execute(
            "delete from throttle where at < $1",
            &[now.plus_seconds(-FORGOTTEN_AFTER_SECONDS).micros().into()],
        )
        .await?;
        let rows = turn
            .rows(
                "select failures, locked_until from throttle where key = $1",
                &[hash.clone().into()],
            )
            .await?;
        let (failures, until) = match rows.first() {
            Some(row) => (
                row.int("failures")?,
                Instant::from_micros(row.int("locked_until")?),
            ),
            None => (0, now),
        };
        if now < until {
            let seconds = (until.micros() - now.micros()).unsigned_abs() / 1_000_000 + 1;
            return Ok(if failures >= MOST_TRIES {
                Try::Closed
            } else {
                Try::Wait(seconds)
            });
        }
        let over = (failures + 1 - FREE_TRIES).clamp(0, 12);
        let wait = match failures + 1 {
            n if n >= MOST_TRIES => FOR_GOOD_SECONDS,
            n if n > FREE_TRIES => (1 << over).min(LONGEST_WAIT_SECONDS),
            _ => 0,
        };
        let args = [
            hash.into(),
            (failures + 1).into(),
            now.plus_seconds(wait).micros().into(),
            now.micros().into(),
        ];
        let sql = "insert into throttle (key, failures, locked_until, at) values ($1, $2, $3, $4)
            on conflict (key) do update set failures = excluded.failures, locked_until = excluded.locked_until, at = excluded.at";
        turn.execute(sql, &args).await?;
        Ok(Try::Open(failures))
    }

    /// How many tries in a row were made at something without success.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn tries(&mut self, key: &str) -> Result<i64, Refusal> {
        let rows = self
            .turn()?
            .rows(
                "select failures from throttle where key = $1",
                &[hash(key).into()],
            )
            .await?;
        Ok(rows
            .first()
            .map(|row| row.int("failures"))
            .transpose()?
            .unwrap_or(0))
    }

    /// The try was good: the count begins anew.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn end_tries(&mut self, key: &str) -> Result<(), Refusal> {
        self.turn()?
            .execute("delete from throttle where key = $1", &[hash(key).into()])
            .await
            .map(drop)
            .map_err(Refusal::from)
    }

    /// Whether this browser was used by this person before.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn knows_device(&mut self, user: UserId, token: &str) -> Result<bool, Refusal> {
        let args = [Token::hash(token).into(), interpres_store::Val::text(user)];
        Ok(!self
            .turn()?
            .rows(
                "select seen_at from device where token_hash = $1 and user_id = $2",
                &args,
            )
            .await?
            .is_empty())
    }

    /// Notes that a person signed in with this browser; gives the token of one that is new.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn remember_device(
        &mut self,
        user: UserId,
        token: Option<&str>,
    ) -> Result<Option<Token>, Refusal> {
        let (id, now) = (interpres_store::Val::text(user), self.now().micros());
        if let Some(token) = token {
            let args = [Token::hash(token).into(), id.clone(), now.into()];
            if self
                .turn()?
                .execute(
                    "update device set seen_at = $3 where token_hash = $1 and user_id = $2",
                    &args,
                )
                .await?
                == 1
            {
                return Ok(None);
            }
        }
        let fresh = Token::fresh("");
        let args = [Token::hash(fresh.expose()).into(), id, now.into()];
        self.turn()?
            .execute(
                "insert into device (token_hash, user_id, seen_at) values ($1, $2, $3)",
                &args,
            )
            .await?;
        Ok(Some(fresh))
    }

    /// Forgets every browser of a person.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn forget_devices(&mut self, user: UserId) -> Result<u64, Refusal> {
        Ok(self
            .turn()?
            .execute(
                "delete from device where user_id = $1",
                &[interpres_store::Val::text(user)],
            )
            .await?)
    }
}
