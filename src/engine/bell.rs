//! A bell between the loop and what lies outside of it.
//!
//! Must never: decide what its ringing means.

use std::cell::Cell;
use std::rc::Rc;
use tokio::sync::Notify;

/// A bell that another part of the program rings: stop, or look again.
#[derive(Clone, Default)]
pub struct Bell {
    notify: Rc<Notify>,
    rung: Rc<Cell<bool>>,
}

impl Bell {
    pub fn ring(&self) {
        self.rung.set(true);
        self.notify.notify_one();
    }

    pub fn has_rung(&self) -> bool {
        self.rung.get()
    }

    /// Whether it has rung since it was last asked this.
    pub fn take(&self) -> bool {
        self.rung.take()
    }

    /// Waits for the next ring.
    pub async fn heard(&self) {
        self.notify.notified().await;
    }
}
