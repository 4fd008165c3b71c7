//! Where time comes from. The one place that reads the machine's clocks for the product.
//!
//! Safety is reckoned on CLOCK_BOOTTIME, which cannot be set and counts suspension; wall time is
//! for people and files only.
//!
//! Must never: end a wait before its moment.

use crate::payout::moment::{BootMoment, Moment, Wall};
use rustix::time::{Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec};
use std::future::Future;
use std::os::fd::OwnedFd;
use std::pin::Pin;
use std::rc::Rc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::io::unix::AsyncFd;

/// The kernel wakes a process some tens of microseconds after its timer ran out: it is told to ring so
/// much earlier, and the rest is waited out on the spot.
pub const WAKE_UP: Duration = Duration::from_micros(120);

/// A wait of the loop.
pub type Wait<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

/// Hands out the present moment, and waits for one. A simulation has its own.
pub trait Clock {
    fn now(&self) -> Moment;

    /// Waits until `at` as exactly as there is a timer for; never less. Here with tokio's, whose grain
    /// is a millisecond.
    fn until(&self, at: tokio::time::Instant) -> Wait<'_> {
        Box::pin(tokio::time::sleep_until(at))
    }

    /// Waits until `at` or up to [`WAKE_UP`] before it: whoever waits lets the rest pass with [`wait_out`].
    fn nearly(&self, at: tokio::time::Instant) -> Wait<'_> {
        self.until(at)
    }
}

impl<C: Clock + ?Sized> Clock for Rc<C> {
    fn now(&self) -> Moment {
        (**self).now()
    }

    fn until(&self, at: tokio::time::Instant) -> Wait<'_> {
        (**self).until(at)
    }

    fn nearly(&self, at: tokio::time::Instant) -> Wait<'_> {
        (**self).nearly(at)
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

    /// To some microseconds, with a timer of the kernel's own.
    fn until(&self, at: tokio::time::Instant) -> Wait<'_> {
        Box::pin(async move {
            ring_before(at).await;
            wait_out(at);
            // Where there is no such timer, or tokio's time stands still. (Asked about a moment that has
            // passed, tokio may wait for its next millisecond all the same.)
            if tokio::time::Instant::now() < at {
                tokio::time::sleep_until(at).await;
            }
        })
    }

    fn nearly(&self, at: tokio::time::Instant) -> Wait<'_> {
        Box::pin(async move {
            ring_before(at).await;
            let left = at.saturating_duration_since(tokio::time::Instant::now());
            if left > WAKE_UP {
                tokio::time::sleep_until(at).await;
            }
        })
    }
}

async fn ring_before(at: tokio::time::Instant) {
    let early = at.saturating_duration_since(tokio::time::Instant::now()).saturating_sub(WAKE_UP);
    if !early.is_zero() {
        ring_after(early).await;
    }
}

/// Waits with a timer of the kernel's; not at all where none is to be had.
async fn ring_after(time: Duration) {
    let Some(timer) = set_timer(time) else { return };
    #[expect(deprecated, reason = "tokio warns of a file that changes its descriptor; this one owns it till the end")]
    let Ok(timer) = AsyncFd::new(timer) else { return };
    // Readable once it has run out; it is closed without being read.
    let _ = timer.readable().await;
}

fn set_timer(time: Duration) -> Option<OwnedFd> {
    let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
    let timer = rustix::time::timerfd_create(TimerfdClockId::Monotonic, flags).ok()?;
    let once = Itimerspec {
        it_interval: Timespec { tv_sec: 0, tv_nsec: 0 },
        it_value: Timespec { tv_sec: i64::try_from(time.as_secs()).ok()?, tv_nsec: time.subsec_nanos().into() },
    };
    rustix::time::timerfd_settime(&timer, TimerfdTimerFlags::empty(), &once).ok()?;
    Some(timer)
}

/// CLOCK_MONOTONIC in microseconds, as a service manager wants it told when a reload begins.
#[expect(clippy::disallowed_methods, reason = "it is the clock")]
pub fn monotonic_usec() -> i128 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    i128::from(now.tv_sec) * 1_000_000 + i128::from(now.tv_nsec) / 1_000
}

/// Lets the last microseconds before `at` pass; gives up after twice what they can be.
#[expect(clippy::disallowed_methods, reason = "it is the clock")]
pub fn wait_out(at: tokio::time::Instant) {
    let began = std::time::Instant::now();
    while tokio::time::Instant::now() < at && began.elapsed() < WAKE_UP * 2 {
        std::hint::spin_loop();
    }
}
