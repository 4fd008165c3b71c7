//! `payoutd status --watch`: the live view on a terminal; a line for each change elsewhere.
//!
//! Must never: leave the terminal other than it was, or write where nothing changed.

use super::super::print;
use super::super::screen::{Screen, Stream};
use super::{LOOK, no_ledger};
use crate::config::Config;
use crate::report::live_view::{self, Ink, Line};
use crate::report::progress::Progress;
use crate::report::view::HouseView;
use jiff::tz::TimeZone;
use rustix::process::{Signal as ToSend, getpid, kill_process};
use std::time::Instant;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// What to type, under the view.
const HINT: &str = "Ctrl-C ends this view; payoutd goes on.";

/// Looks again and again.
#[expect(clippy::disallowed_methods, reason = "shown to people: nothing about money hangs on it")]
pub async fn watch(config: &Config, look: impl Fn() -> anyhow::Result<Option<HouseView>>) -> anyhow::Result<()> {
    let mut progress = Progress::new(Some(config.engine.transfers_per_second.period()));
    let (zone, began) = (TimeZone::system(), Instant::now());
    // From here on none of these ends the process before the terminal is as it was.
    let mut signals = Signals::listen()?;
    let mut house = look()?;
    let mut screen = Screen::enter(Stream::Out);
    let mut before: Option<HouseView> = None;
    let mut told_missing = false;
    loop {
        if let Some(view) = &house {
            progress.note(view, began.elapsed());
        }
        match (&mut screen, &house) {
            (Some(screen), _) => screen.draw(&page(&house, config, &progress, &zone, screen))?,
            (None, Some(view)) => {
                let lines = live_view::changes(before.as_ref(), view, &zone);
                if !lines.is_empty() && !print::print(&format!("{}\n", lines.join("\n")))? {
                    return Ok(());
                }
            }
            (None, None) if !told_missing => {
                told_missing = true;
                print::print(&format!("{}\n", no_ledger(config)))?;
            }
            (None, None) => {}
        }
        before = house.take().or(before);
        match signals.next(LOOK).await {
            Heard::Nothing => house = look()?,
            Heard::Resized => house = before.clone(),
            Heard::ToStop => {
                // As any program on a terminal: the shell comes back, and the view with `fg`.
                let was_on = screen.take().is_some();
                kill_process(getpid(), ToSend::STOP)?;
                screen = if was_on { Screen::enter(Stream::Out) } else { None };
                house = look()?;
            }
            Heard::ToEnd => break,
        }
    }
    if screen.take().is_some()
        && let Some(view) = &before
    {
        // What was seen last stays to be read.
        let text = crate::report::status_table::render(view, &zone, super::screen());
        print::print(&format!("{text}\n"))?;
    }
    Ok(())
}

fn page(
    house: &Option<HouseView>,
    config: &Config,
    progress: &Progress,
    zone: &TimeZone,
    screen: &Screen,
) -> Vec<Line> {
    let size = screen.size();
    match house {
        Some(view) => live_view::lay_out(view, progress, &[HINT.to_string()], zone, size),
        None => {
            let text = live_view::cut(&no_ledger(config), usize::from(size.columns));
            vec![Line { text, ink: Ink::Plain }]
        }
    }
}

enum Heard {
    Nothing,
    Resized,
    ToStop,
    ToEnd,
}

struct Signals {
    resized: Signal,
    to_stop: Signal,
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
}

impl Signals {
    fn listen() -> std::io::Result<Signals> {
        Ok(Signals {
            resized: signal(SignalKind::window_change())?,
            to_stop: signal(SignalKind::from_raw(ToSend::TSTP.as_raw()))?,
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self, wait: std::time::Duration) -> Heard {
        tokio::select! {
            biased;
            _ = self.interrupt.recv() => Heard::ToEnd,
            _ = self.terminate.recv() => Heard::ToEnd,
            _ = self.hangup.recv() => Heard::ToEnd,
            _ = self.to_stop.recv() => Heard::ToStop,
            _ = self.resized.recv() => Heard::Resized,
            () = tokio::time::sleep(wait) => Heard::Nothing,
        }
    }
}
