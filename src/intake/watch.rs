//! Hints that the inbox has changed, from inotify. Only hints: network folders send none, and the
//! rescan is the truth.
//!
//! Must never: be needed, or wake anybody because we looked.

use crate::files::{Folder, show};
use notify::event::{AccessKind, AccessMode};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// The least time between two hints: a large upload sends thousands of events.
const HINT_GAP: Duration = Duration::from_millis(200);

/// Watches a folder. Dropped, it stops.
#[derive(Debug)]
pub struct InboxWatch {
    /// `None` where this machine gives no events.
    watcher: Option<RecommendedWatcher>,
    hint: Arc<Notify>,
    not_before: Option<Instant>,
}

impl InboxWatch {
    /// Never fails: without events there are no hints, and a warning says so.
    pub fn begin(folder: &Folder) -> InboxWatch {
        let hint = Arc::new(Notify::new());
        let teller = Arc::clone(&hint);
        let heard = move |event: notify::Result<notify::Event>| {
            if event.is_err() || event.is_ok_and(|event| is_change(event.kind)) {
                teller.notify_one();
            }
        };
        let watcher = notify::recommended_watcher(heard).and_then(|mut watcher| {
            watcher.watch(folder.path(), RecursiveMode::NonRecursive)?;
            Ok(watcher)
        });
        if let Err(error) = &watcher {
            tracing::warn!(
                "the folder {} sends no events ({error}): nothing to do, new files are found by looking every [intake] rescan",
                show(folder.path().as_os_str())
            );
        }
        InboxWatch { watcher: watcher.ok(), hint, not_before: None }
    }

    /// Whether there will be hints at all.
    pub fn has_hints(&self) -> bool {
        self.watcher.is_some()
    }

    /// Resolves when something has changed since the last time; never where there are no hints.
    /// Dropped before, it loses nothing.
    pub async fn changed(&mut self) {
        if let Some(not_before) = self.not_before {
            tokio::time::sleep_until(not_before).await;
        }
        self.hint.notified().await;
        self.not_before = Some(tokio::time::Instant::now() + HINT_GAP);
    }
}

/// Opening and reading are what we do ourselves.
fn is_change(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
        EventKind::Access(_) => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use notify::event::{CreateKind, MetadataKind, ModifyKind, RenameMode};

    #[test]
    fn our_own_looking_wakes_nobody() {
        for (kind, wakes) in [
            (EventKind::Access(AccessKind::Open(AccessMode::Any)), false),
            (EventKind::Access(AccessKind::Read), false),
            (EventKind::Access(AccessKind::Close(AccessMode::Read)), false),
            (EventKind::Access(AccessKind::Close(AccessMode::Write)), true),
            (EventKind::Create(CreateKind::File), true),
            (EventKind::Modify(ModifyKind::Name(RenameMode::To)), true),
            (EventKind::Modify(ModifyKind::Metadata(MetadataKind::Any)), true),
            (EventKind::Other, true),
        ] {
            assert_eq!(is_change(kind), wakes, "{kind:?}");
        }
    }
}
