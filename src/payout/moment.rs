//! Time as the core sees it: a value that is handed in. Nothing here reads a clock.
//!
//! Two readings travel together. The wall time is for people and files; the boot time (Linux's
//! CLOCK_BOOTTIME, with the boot's id) cannot jump and counts suspension, and is the only one that
//! safety is reckoned by.

use std::time::Duration;

/// A place on the clock that cannot jump: milliseconds since a given boot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct BootMoment {
    /// Which boot. Two moments of different boots cannot be compared.
    pub boot: u64,
    /// Milliseconds since that boot, suspension included.
    pub ms: u64,
}

impl BootMoment {
    /// How long ago `earlier` was; `None` when it was in another boot, when nobody can know.
    /// A moment that lies ahead was no time ago.
    pub fn since(self, earlier: BootMoment) -> Option<Duration> {
        (self.boot == earlier.boot).then(|| Duration::from_millis(self.ms.saturating_sub(earlier.ms)))
    }

    pub fn plus(self, wait: Duration) -> BootMoment {
        let wait = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        BootMoment { boot: self.boot, ms: self.ms.saturating_add(wait) }
    }

    /// Whether at least `wait` has surely passed since `earlier`. Another boot proves nothing.
    pub fn served(self, earlier: BootMoment, wait: Duration) -> bool {
        self.since(earlier).is_some_and(|passed| passed >= wait)
    }
}

/// Wall time in milliseconds since 1970 (UTC). For people, files and "how many days ago".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct Wall(pub i64);

impl Wall {
    /// How long ago `earlier` was; nothing when the clock went backwards.
    pub fn since(self, earlier: Wall) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

/// Now, on both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    pub wall: Wall,
    pub boot: BootMoment,
}
