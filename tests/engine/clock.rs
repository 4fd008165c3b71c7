//! A clock that follows tokio's paused time, and can be made to jump: a machine that slept, or that
//! came back with another boot id, or one whose wall clock somebody set.
//!
//! Must never: let the boot clock go backwards within a boot.

use payoutd::clock::Clock;
use payoutd::payout::moment::{BootMoment, Moment, Wall};
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;
use tokio::time::Instant;

/// Wall time at the beginning of every world: a day in 2026.
const BEGIN: i64 = 1_780_000_000_000;

pub struct WorldClock {
    start: Instant,
    /// What the machine slept, in milliseconds.
    slept: Cell<u64>,
    boot: Cell<u64>,
    /// World time at which the present boot began.
    booted: Cell<u64>,
    /// How far somebody turned the wall clock, in milliseconds.
    turned: Cell<i64>,
}

impl WorldClock {
    pub fn new() -> Rc<WorldClock> {
        Rc::new(WorldClock {
            start: Instant::now(),
            slept: Cell::new(0),
            boot: Cell::new(7),
            booted: Cell::new(0),
            turned: Cell::new(0),
        })
    }

    /// Milliseconds since the world began: what MonCash's own clock counts.
    pub fn world_ms(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap() + self.slept.get()
    }

    /// The machine sleeps; MonCash does not.
    pub fn sleep(&self, time: Duration) {
        self.slept.set(self.slept.get() + u64::try_from(time.as_millis()).unwrap());
    }

    /// Somebody turns the wall clock forward, or back.
    pub fn turn(&self, by_ms: i64) {
        self.turned.set(self.turned.get() + by_ms);
    }

    /// The machine starts again: another boot id, and a clock that begins at zero.
    pub fn reboot(&self) {
        self.boot.set(self.boot.get() + 1);
        self.booted.set(self.world_ms());
    }
}

impl Clock for WorldClock {
    fn now(&self) -> Moment {
        let world = self.world_ms();
        Moment {
            wall: Wall(BEGIN + i64::try_from(world).unwrap() + self.turned.get()),
            boot: BootMoment { boot: self.boot.get(), ms: world - self.booted.get() },
        }
    }
}
