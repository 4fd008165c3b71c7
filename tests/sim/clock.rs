//! The machine's clocks over tokio's paused time: the machine can sleep, start again with another
//! boot id, and have its wall clock set by hand. The world's own time goes on through all of it.
//!
//! Must never: let the boot clock go back within a boot.

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
    /// How far the wall clock was set away from the truth, in milliseconds.
    set: Cell<i64>,
}

impl WorldClock {
    pub fn new() -> Rc<WorldClock> {
        Rc::new(WorldClock {
            start: Instant::now(),
            slept: Cell::new(0),
            boot: Cell::new(7),
            booted: Cell::new(0),
            set: Cell::new(0),
        })
    }

    /// Milliseconds since the world began.
    pub fn world_ms(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap() + self.slept.get()
    }

    /// The machine is suspended, or the process stopped; MonCash is not.
    pub fn sleep(&self, time: Duration) {
        self.slept.set(self.slept.get() + u64::try_from(time.as_millis()).unwrap());
    }

    /// The machine starts again: another boot id, and a clock that begins at zero.
    pub fn reboot(&self) {
        self.boot.set(self.boot.get() + 1);
        self.booted.set(self.world_ms());
    }

    /// Somebody sets the wall clock.
    pub fn set_wall(&self, by_ms: i64) {
        self.set.set(self.set.get() + by_ms);
    }

    /// How far the wall clock is from the truth, in milliseconds.
    pub fn wall_is_off(&self) -> i64 {
        self.set.get()
    }
}

impl Clock for WorldClock {
    fn now(&self) -> Moment {
        let world = self.world_ms();
        Moment {
            wall: Wall(BEGIN + i64::try_from(world).unwrap() + self.set.get()),
            boot: BootMoment { boot: self.boot.get(), ms: world - self.booted.get() },
        }
    }
}
