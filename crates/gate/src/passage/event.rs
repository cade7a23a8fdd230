//! What happened in one room, told to the rooms above it. A room can't call up: it says what happened, the
//! binary says who reacts, and the reactions run in the same transaction, in the order in which they are listed.
use crate::passage::{refusal::Refusal, write_tx::WriteTx};
use async_recursion::async_recursion as boxed;
use std::{any::Any, fmt, pin::Pin};

type Reacting<'a> = Pin<Box<dyn Future<Output = Result<(), Refusal>> + Send + 'a>>;

/// Something that happens in a room, and that rooms above may react to.
pub trait Event: Any + Send + Sync {
    /// What happened, in words: `an appointment moved`.
    const NAME: &'static str;
}

/// What a room does when `E` happened.
pub trait React<E: Event>: 'static {
    /// Does it. A refusal refuses the whole command.
    fn react(tx: &mut WriteTx, event: &E) -> impl Future<Output = Result<(), Refusal>> + Send;
}

/// A reaction, as the binary lists it.
#[derive(Clone, Copy)]
pub struct Reaction {
    /// The event, in words.
    pub event: &'static str,
    /// What is done then, in words.
    pub name: &'static str,
    run: for<'a> fn(&'a mut WriteTx, &'a (dyn Any + Send + Sync)) -> Reacting<'a>,
}

impl fmt::Debug for Reaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Reaction {
    /// What `R` does when `E` happened, under a name for people.
    #[must_use]
    pub const fn of<E: Event, R: React<E>>(name: &'static str) -> Self {
        Self {
            event: E::NAME,
            name,
            run: run::<E, R>,
        }
    }
}

fn run<'a, E: Event, R: React<E>>(
    tx: &'a mut WriteTx,
    event: &'a (dyn Any + Send + Sync),
) -> Reacting<'a> {
    Box::pin(async move {
        match event.downcast_ref::<E>() {
            Some(event) => R::react(tx, event).await,
            None => Ok(()),
        }
    })
}

impl WriteTx {
    /// Tells the rooms above what happened, and waits until they have reacted.
    ///
    /// # Errors
    /// What a reaction refuses.
    #[boxed]
    pub async fn happened<E: Event>(&mut self, event: &E) -> Result<(), Refusal> {
        let inner = self.read.inner.clone();
        for reaction in &inner.reactions {
            (reaction.run)(self, event).await?;
        }
        Ok(())
    }
}
