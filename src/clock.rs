//! Where time comes from. The one place that reads the machine's clocks for the product.
//!
//! Safety is reckoned on CLOCK_BOOTTIME, which cannot be set and counts suspension; wall time is
//! for people and files only.
//!
//! Must never: reckon safety by a clock that can be set.

use crate::payout::moment::{BootMoment, Moment, Wall};
use std::rc::Rc;
use std::time::{SystemTime, UNIX_EPOCH};

/// Hands out the present moment. A simulation has its own.
pub trait Clock {
    fn now(&self) -> Moment;
}

impl<C: Clock + ?Sized> Clock for Rc<C> {
    fn now(&self) -> Moment {
        (**self).now()
    }
}

/// The machine's clocks.
#[derive(Clone, Debug)]
pub struct SystemClock {
    boot: u64,
}

impl SystemClock {
    /// Reads the boot's id once. Where the kernel gives none, every process start counts as a boot
    /// of its own: waiting longer is the safe mistake.
    #[expect(clippy::disallowed_methods, reason = "it is the clock")]
    pub fn new() -> SystemClock {
        let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        let digits: String = id.chars().filter(char::is_ascii_hexdigit).take(16).collect();
        let boot = u64::from_str_radix(&digits, 16).unwrap_or_else(|_| {
            let started = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            u64::try_from(started.as_nanos()).unwrap_or(u64::MAX) ^ (u64::from(std::process::id()) << 40)
        });
        SystemClock { boot }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        SystemClock::new()
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "it is the clock")]
    fn now(&self) -> Moment {
        let since_boot = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        let ms = u64::try_from(since_boot.tv_sec).unwrap_or(0) * 1000
            + u64::try_from(since_boot.tv_nsec).unwrap_or(0) / 1_000_000;
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Moment {
            wall: Wall(i64::try_from(wall.as_millis()).unwrap_or(i64::MAX)),
            boot: BootMoment { boot: self.boot, ms },
        }
    }
}

/// CLOCK_MONOTONIC in microseconds, as a service manager wants it told when a reload begins.
#[expect(clippy::disallowed_methods, reason = "it is the clock")]
pub fn monotonic_usec() -> i128 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    i128::from(now.tv_sec) * 1_000_000 + i128::from(now.tv_nsec) / 1_000
}
