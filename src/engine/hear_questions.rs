//! What the answers to harmless questions mean: `check_first`, the control question, the probe, the
//! balance and the token.
//!
//! Must never: move a payout, or keep a reading of the balance that says nothing new.

use super::desk::Desk;
use crate::ledger::{LedgerError, Turn};
use crate::payout::evidence::{BalanceAnswer, read_balance, token_refused};
use crate::payout::funds::Reading;
use crate::payout::instruction::Reference;
use crate::payout::moment::{BootMoment, Moment, Wall};
use crate::payout::precheck::Checked;
use crate::payout::reply::Reply;
use crate::payout::state::PayoutId;
use tracing::{debug, warn};

impl Desk {
    pub fn hear_check(&mut self, id: PayoutId, about: &Reference, reply: &Reply) {
        let answer = self.read_status(reply);
        let Some(check) = self.checks.get_mut(&id) else { return };
        check.hear(about, &answer, reply);
        match check.result() {
            Checked::Unclear { asked } => {
                self.unclear_since.get_or_insert(*asked);
                debug!(reference = %about, "no certain answer before the first Transfert; MonCash is asked again");
            }
            Checked::NotYet | Checked::UnderWay => {}
            Checked::Clear { .. } | Checked::Used | Checked::Refused | Checked::Ancestor { .. } => {
                self.unclear_since = None;
            }
        }
    }

    pub fn hear_control(&mut self, about: &Reference, reply: &Reply) {
        self.control_under_way = false;
        let answer = self.read_status(reply);
        if self.controls.hear(about, &answer, reply) {
            warn!(
                reference = %about,
                "the status call does not know a payout that Transfert confirmed: its \"not found\" proves nothing until it does; nothing to do, nothing is sent again meanwhile; if it lasts, ask MonCash"
            );
        }
    }

    /// A question whose only use is that it was answered.
    pub fn hear_probe(&mut self, reply: &Reply) {
        self.control_under_way = false;
        self.read_status(reply);
    }

    pub fn hear_balance(&mut self, turn: &mut Turn<'_>, reply: &Reply, now: Moment) -> Result<(), LedgerError> {
        self.balance_under_way = false;
        let answer = read_balance(reply);
        self.weather.hear_balance(&answer, reply.http().and_then(|http| http.retry_after), reply.ended);
        match answer {
            BalanceAnswer::Reading(balance) => {
                self.balance_patience.succeeded();
                let reading = Reading { balance, requested: reply.asked };
                self.funds.read(reading);
                self.standing.balance = Some((balance, now.wall));
                // Before anything is chosen in this turn: what is sent after it comes after it in the chain.
                if self.funds.last_reading() == Some(reading) && self.funds.worth_keeping() {
                    turn.keep_reading(balance, reply.asked, wall_of(reply.asked, now), reply.ended)?;
                }
            }
            BalanceAnswer::Unknown { why } => {
                self.balance_patience.failed(reply.ended);
                debug!(why, "no balance from MonCash; asking again");
            }
            BalanceAnswer::Account { .. } | BalanceAnswer::TooMany | BalanceAnswer::Token => {
                self.balance_patience.failed(reply.ended);
            }
        }
        Ok(())
    }

    pub fn hear_token(&mut self, reply: &Reply) {
        self.token_under_way = false;
        match token_refused(reply) {
            Some(words) => {
                self.token_patience.failed(reply.ended);
                self.weather.hear_token_refused(&words);
            }
            None if reply.http().is_some_and(|http| (200..300).contains(&http.status)) => {
                self.token_patience.succeeded()
            }
            None => self.token_patience.failed(reply.ended),
        }
    }
}

/// The wall's time of a moment shortly ago.
fn wall_of(moment: BootMoment, now: Moment) -> Wall {
    let ago = now.boot.since(moment).map_or(0, |ago| i64::try_from(ago.as_millis()).unwrap_or(0));
    Wall(now.wall.0.saturating_sub(ago))
}
