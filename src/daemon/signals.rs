//! Signals from outside, and what the service manager is told.
//!
//! Must never: let a signal end the process in the middle of a call.

use crate::engine::Bell;
use sd_notify::NotifyState;
use std::io::IsTerminal;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// SIGTERM and Ctrl-C stop payoutd. SIGHUP lets a daemon with a configuration file read it again; where
/// there is nothing to read again, or the terminal that payoutd was started from is gone, it is a stop too.
pub struct Signals {
    caught: Option<[Signal; 3]>,
    stop: Bell,
    /// Rung for a SIGHUP: that the file is to be read again, and what wakes the loop for it.
    reread: Option<(Bell, Bell)>,
    terminal: Terminal,
}

impl Signals {
    /// From here on signals do not end the process by themselves.
    pub fn listen(stop: Bell, reread: Option<(Bell, Bell)>) -> Signals {
        let kinds = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()), signal(SignalKind::hangup()));
        let caught = match kinds {
            (Ok(term), Ok(interrupt), Ok(hangup)) => Some([term, interrupt, hangup]),
            _ => {
                tracing::warn!("signals cannot be listened for: stop payoutd with SIGKILL, which harms nothing");
                None
            }
        };
        Signals { caught, stop, reread, terminal: Terminal::now() }
    }

    /// Does what signals say, for ever.
    pub async fn heed(mut self) {
        let Some([term, interrupt, hangup]) = &mut self.caught else {
            return std::future::pending().await;
        };
        loop {
            let hung_up = tokio::select! {
                _ = term.recv() => false,
                _ = interrupt.recv() => false,
                _ = hangup.recv() => true,
            };
            match self.reread.as_ref().filter(|_| hung_up && !self.terminal.is_gone()) {
                Some((reread, wake)) => {
                    reread.ring();
                    wake.ring();
                }
                None => self.stop.ring(),
            }
        }
    }
}

/// The terminals that payoutd was started from, if any. A window that is closed sends SIGHUP as well, and
/// means that the person is gone.
struct Terminal {
    input: bool,
    errors: bool,
}

impl Terminal {
    fn now() -> Terminal {
        Terminal { input: std::io::stdin().is_terminal(), errors: std::io::stderr().is_terminal() }
    }

    /// Whether one of them is none any more.
    fn is_gone(&self) -> bool {
        let now = Terminal::now();
        (self.input && !now.input) || (self.errors && !now.errors)
    }
}

/// Tells the service manager, where there is one.
pub fn notify(states: &[NotifyState]) {
    if let Err(error) = sd_notify::notify(false, states) {
        tracing::debug!(%error, "the service manager could not be told");
    }
}
