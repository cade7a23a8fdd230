//! Values whose insides the compiler need not walk.
//!
//! Whether a future is `Send` is proved again for each `async fn`, down to the last field of everything it holds. A
//! connection pool cost a third of a second per command, and there are hundreds of commands. A trait object answers
//! the question once, where the value is made.
use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
};

trait Holds<T>: Send + Sync {
    fn get(&self) -> &T;
    fn get_mut(&mut self) -> &mut T;
    fn take(self: Box<Self>) -> T;
}

struct Held<T>(T);

impl<T: Send + Sync> Holds<T> for Held<T> {
    fn get(&self) -> &T {
        &self.0
    }
    fn get_mut(&mut self) -> &mut T {
        &mut self.0
    }
    fn take(self: Box<Self>) -> T {
        self.0
    }
}

/// A value of its own.
pub struct Erased<T>(Box<dyn Holds<T>>);

impl<T: Send + Sync + 'static> Erased<T> {
    /// Erases a value's type.
    pub fn new(value: T) -> Self {
        Self(Box::new(Held(value)))
    }
}

impl<T> Erased<T> {
    /// The value itself.
    #[must_use]
    pub fn take(self) -> T {
        self.0.take()
    }
}

impl<T> Deref for Erased<T> {
    type Target = T;
    fn deref(&self) -> &T {
        self.0.get()
    }
}

impl<T> DerefMut for Erased<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.0.get_mut()
    }
}

/// A value that many share.
pub struct Shared<T>(Arc<dyn Holds<T>>);

impl<T: Send + Sync + 'static> Shared<T> {
    /// Erases a value's type.
    pub fn new(value: T) -> Self {
        Self(Arc::new(Held(value)))
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;
    fn deref(&self) -> &T {
        self.0.get()
    }
}
