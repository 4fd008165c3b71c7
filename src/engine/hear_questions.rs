//! What the answers to harmless questions mean: `check_first`, the control question, the probe, the
//! balance and the token.
//!
//! Must never: move a payout, or keep a reading of the balance that says nothing new.

use super::desk::Desk;
use crate::ledger::{LedgerError, Turn};
use crate::payout::decide::Checked;
use crate::payout::evidence::{BalanceAnswer, StatusAnswer, read_balance, read_status, token_refused};
use crate::payout::funds::Reading;
use crate::payout::instruction::Reference;
use crate::payout::moment::{BootMoment, Moment, Wall};
use crate::payout::reply::Reply;
use crate::payout::state::{Negative, PayoutId, Raw};
use tracing::{debug, warn};

impl Desk {
    pub fn hear_check(&mut self, id: PayoutId, asked_about: &Reference, reply: &Reply) {
        let answer = read_status(reply);
        self.weather.hear_status(&answer, reply.http().and_then(|http| http.retry_after), reply.ended);
        let Some(check) = self.checks.get_mut(&id) else {
            return;
        };
        let of_ancestor = check.answers.len();
        // Held and released while a question was under way: this answers an older check, perhaps
        // about another of its references.
        if check.result != Checked::UnderWay || check.references.get(of_ancestor) != Some(asked_about) {
            return;
        }
        let is_refused = matches!(answer, StatusAnswer::RefusalRepeated { .. }) && of_ancestor == 0;
        if is_refused || answer == StatusAnswer::Successful {
            check.evidence = Some(Raw::of(reply));
        }
        check.result = match answer {
            StatusAnswer::NotFound => {
                if check.answers.is_empty() || reply.asked.ms < check.asked.ms {
                    check.asked = reply.asked;
                }
                check.answers.push(Raw::of(reply));
                if check.answers.len() == check.references.len() {
                    Checked::Clear { asked: check.asked }
                } else {
                    Checked::NotYet
                }
            }
            StatusAnswer::Successful if of_ancestor == 0 => Checked::Used,
            StatusAnswer::RefusalRepeated { .. } if of_ancestor == 0 => Checked::Refused,
            // An ancestor's own refusal, repeated, is an accepted negative too.
            StatusAnswer::RefusalRepeated { .. } if of_ancestor > 0 => {
                check.answers.push(Raw::of(reply));
                if check.answers.len() == check.references.len() {
                    Checked::Clear { asked: check.asked }
                } else {
                    Checked::NotYet
                }
            }
            StatusAnswer::Successful => Checked::Ancestor {
                reference: check.references.get(of_ancestor).map(Reference::to_string).unwrap_or_default(),
            },
            _ => {
                check.answers.clear();
                Checked::Unclear { asked: reply.asked }
            }
        };
        match &check.result {
            Checked::Unclear { asked } => {
                self.unclear_since.get_or_insert(*asked);
                debug!(reference = %asked_about, "no certain answer before the first Transfert; MonCash is asked again");
            }
            Checked::NotYet | Checked::UnderWay => {}
            Checked::Clear { .. } | Checked::Used | Checked::Refused | Checked::Ancestor { .. } => {
                self.unclear_since = None;
            }
        }
    }

    pub fn hear_control(&mut self, reference: &Reference, reply: &Reply) {
        self.control_under_way = false;
        let answer = read_status(reply);
        self.weather.hear_status(&answer, reply.http().and_then(|http| http.retry_after), reply.ended);
        self.control.reference = Some(reference.to_string());
        if answer == StatusAnswer::Successful {
            self.control.seen = Some(Negative { asked: reply.asked, token: reply.token, heard: reply.ended });
            self.control.failed = None;
        } else {
            if answer == StatusAnswer::NotFound {
                warn!(
                    reference = %reference,
                    "the status call does not know a payout that Transfert confirmed: its \"not found\" proves nothing until it does; nothing to do, nothing is sent again meanwhile; if it lasts, ask MonCash"
                );
            }
            self.control.seen = None;
            self.control.failed = Some(reply.asked);
        }
    }

    /// A question whose only use is that it was answered.
    pub fn hear_probe(&mut self, reply: &Reply) {
        self.control_under_way = false;
        let answer = read_status(reply);
        self.weather.hear_status(&answer, reply.http().and_then(|http| http.retry_after), reply.ended);
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
