//! The chore that tells somebody outside what happened: it looks through the ledger's newest events and at
//! what lasts, keeps what is to be told in a file of its own, and hands it out letter by letter.
//!
//! Must never: be the reason why paying stops or waits, write into the ledger, or tell an event again that
//! was noted as delivered.

pub mod notice;
pub mod post;
mod rejected;
mod spells;
mod telling;
mod way;

pub use way::way;

use super::{AFTER_TROUBLE, Board, Place};
use crate::config::Config;
use crate::engine::Bell;
use crate::engine::chores::{Chore, Progress, Until};
use crate::engine::desk::Desk;
use crate::ledger::{Ledger, LedgerError};
use crate::notify::memory::Memory;
use crate::payout::moment::Moment;
use post::Post;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;
use telling::{GATHER, Telling};

/// How often it is looked at what happened.
const LOOK: Duration = Duration::from_secs(1);
/// How long payoutd, at its end, still delivers what is left.
const AT_THE_END: Duration = Duration::from_secs(10);

pub struct Notifier {
    on: Option<Box<Telling>>,
    post: Post,
}

impl Notifier {
    pub(super) fn new(config: &Config, place: &Place, board: Board) -> Notifier {
        let state = &config.folders.state;
        if config.notify.way.is_none() {
            Memory::forget(state);
            return Notifier { on: None, post: Post::default() };
        }
        if let Err(why) = way(&config.notify).and_then(|way| way.look()) {
            tracing::warn!(
                "[notify] reaches nobody as it is ({why}): correct it, then 'payoutd notify --test'; what happens meanwhile waits to be told"
            );
        }
        board.borrow_mut().untold = Some(Vec::new());
        let telling = Telling::new(config, &place.client_id, board);
        Notifier { on: Some(Box::new(telling)), post: Post::default() }
    }

    /// What carries the letters, beside the loop.
    pub fn post(&self) -> Post {
        self.post.clone()
    }

    /// The loop has ended: what it left is looked at, and kept.
    pub fn look_last(&mut self, ledger: &mut Ledger, desk: &Desk, now: Moment) -> Result<(), LedgerError> {
        let Some(telling) = &mut self.on else { return Ok(()) };
        telling.begin(ledger, now)?;
        while telling.events(ledger)? {}
        telling.gathered(ledger, now, Duration::ZERO)?;
        telling.files(now);
        telling.lasting(desk, now);
        telling.keep(ledger);
        Ok(())
    }

    /// Delivers what is left, for a short while; the rest waits for the next start. Nothing is paid any more,
    /// and nobody waits for it but whoever stopped payoutd.
    pub async fn deliver_rest(
        &mut self,
        ledger: &Ledger,
        now: impl Fn() -> Moment,
        mut carrying: Pin<&mut impl Future<Output = ()>>,
        answered: &Bell,
    ) {
        let Some(telling) = &mut self.on else { return };
        // What failed before may be tried once more.
        telling.failures = None;
        telling.again.clear();
        let end = tokio::time::Instant::now() + AT_THE_END;
        loop {
            telling.hear(&self.post, now());
            telling.keep(ledger);
            telling.hand_next(&self.post, now());
            if self.post.is_free() {
                break;
            }
            tokio::select! {
                biased;
                () = &mut carrying => {}
                () = answered.heard() => {}
                () = tokio::time::sleep_until(end) => break,
            }
        }
        if !telling.memory.waiting.is_empty() {
            let left = telling.memory.waiting.len();
            tracing::warn!(
                left,
                "notifications are left to be delivered; nothing to do, the next start of payoutd goes on with them"
            );
        }
    }
}

impl Chore for Notifier {
    fn slice(&mut self, ledger: &mut Ledger, desk: &Desk, now: Moment, time: Duration) -> anyhow::Result<Progress> {
        let Some(telling) = &mut self.on else {
            return Ok(Progress::Idle { look_again: AFTER_TROUBLE, pending: false });
        };
        let idle = Progress::Idle { look_again: LOOK, pending: false };
        let due = telling.looked.is_none_or(|looked| now.boot.served(looked, LOOK));
        let hands = self.post.is_free() && telling.next(now).is_some();
        if !(due || hands || self.post.is_back()) {
            return Ok(idle);
        }
        if time.is_zero() {
            return Ok(Progress::More);
        }
        let until = Until::over(time);
        telling.hear(&self.post, now);
        let mut more = false;
        if due {
            telling.begin(ledger, now)?;
            more = telling.events(ledger)?;
            while more && until.has_time() {
                more = telling.events(ledger)?;
            }
            telling.gathered(ledger, now, GATHER)?;
            telling.files(now);
            telling.lasting(desk, now);
            telling.looked = (!more).then_some(now.boot);
        }
        telling.keep(ledger);
        telling.hand_next(&self.post, now);
        Ok(if more { Progress::More } else { idle })
    }
}
