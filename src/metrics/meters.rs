//! What the loop counts while it turns: calls, outcomes, commits, turns. A few additions a call, whether or
//! not anybody asks.
//!
//! Must never: be read for a decision.

use super::families;
use super::histogram::{self, Histogram, Seconds};
use super::page::Page;
use crate::payout::reply::{Outcome, Reply};
use crate::payout::state::StateWord;
use std::time::Duration;
use tokio::time::Instant;

/// A call to MonCash, by its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    Transfer,
    Status,
    Balance,
    Customer,
    Token,
}

impl Call {
    const ALL: [Call; 5] = [Call::Transfer, Call::Status, Call::Balance, Call::Customer, Call::Token];

    fn word(self) -> &'static str {
        match self {
            Call::Transfer => "transfer",
            Call::Status => "status",
            Call::Balance => "balance",
            Call::Customer => "customer",
            Call::Token => "token",
        }
    }
}

/// What came back, by kind. What it means for a payout is not said here: that is evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Back {
    /// 2xx.
    Answered,
    /// 401: the token, or the account.
    Unauthorized,
    /// 429.
    Throttled,
    /// Any other 3xx or 4xx: a refusal of this payout or question, with MonCash's words in the ledger.
    Refused,
    /// 5xx.
    Failed,
    /// No whole answer.
    Lost,
    /// It never left this machine.
    NeverLeft,
}

impl Back {
    const ALL: [Back; 7] =
        [Back::Answered, Back::Unauthorized, Back::Throttled, Back::Refused, Back::Failed, Back::Lost, Back::NeverLeft];

    fn of(reply: &Reply) -> Back {
        match &reply.outcome {
            Outcome::NeverLeft(_) => Back::NeverLeft,
            Outcome::Lost(_) => Back::Lost,
            Outcome::Answered(http) => match http.status {
                200..=299 => Back::Answered,
                401 => Back::Unauthorized,
                429 => Back::Throttled,
                500.. => Back::Failed,
                _ => Back::Refused,
            },
        }
    }

    fn word(self) -> &'static str {
        match self {
            Back::Answered => "answered",
            Back::Unauthorized => "unauthorized",
            Back::Throttled => "throttled",
            Back::Refused => "refused",
            Back::Failed => "failed",
            Back::Lost => "lost",
            Back::NeverLeft => "never_left",
        }
    }
}

/// How long a stretch is in which the longest turn is looked for.
const STRETCH: Duration = Duration::from_secs(60);

/// The longest turn of this stretch and of the one before.
#[derive(Debug, Default)]
struct Longest {
    began: Option<Instant>,
    now: Duration,
    before: Duration,
}

impl Longest {
    fn note(&mut self, took: Duration, at: Instant) {
        let age = self.began.map(|began| at.saturating_duration_since(began));
        if age.is_none_or(|age| age >= STRETCH) {
            self.before = if age.is_some_and(|age| age < 2 * STRETCH) { self.now } else { Duration::ZERO };
            (self.began, self.now) = (Some(at), Duration::ZERO);
        }
        self.now = self.now.max(took);
    }

    fn get(&self) -> Duration {
        self.now.max(self.before)
    }
}

/// Everything that the loop counts.
#[derive(Debug)]
pub struct Meters {
    calls: [[u64; Back::ALL.len()]; Call::ALL.len()],
    call_times: [Histogram; Call::ALL.len()],
    /// Settled or held, in the order of [`OUTCOMES`].
    outcomes: [u64; OUTCOMES.len()],
    commits: Histogram,
    turns: Histogram,
    longest: Longest,
    /// Transferts and questions.
    pub under_way: (usize, usize),
    /// Bytes, as last measured.
    pub disk_free: Option<u64>,
}

/// States that a payout comes to rest in.
const OUTCOMES: [StateWord; 4] = [StateWord::Paid, StateWord::Declined, StateWord::Held, StateWord::Cancelled];

impl Default for Meters {
    fn default() -> Self {
        Meters {
            calls: Default::default(),
            call_times: std::array::from_fn(|_| Histogram::new(histogram::CALLS)),
            outcomes: Default::default(),
            commits: Histogram::new(histogram::COMMITS),
            turns: Histogram::new(histogram::TURNS),
            longest: Longest::default(),
            under_way: (0, 0),
            disk_free: None,
        }
    }
}

impl Meters {
    pub fn call(&mut self, call: Call, reply: &Reply) {
        let back = Back::of(reply);
        for (kind, (counts, times)) in Call::ALL.iter().zip(self.calls.iter_mut().zip(&mut self.call_times)) {
            if *kind != call {
                continue;
            }
            for (_, count) in Back::ALL.iter().zip(counts).filter(|(kind, _)| **kind == back) {
                *count += 1;
            }
            // What never left took no time of MonCash's.
            if let Some(took) = reply.ended.since(reply.asked).filter(|_| back != Back::NeverLeft) {
                times.note(took);
            }
        }
    }

    /// A payout came to rest.
    pub fn outcome(&mut self, word: StateWord) {
        for (_, count) in OUTCOMES.iter().zip(&mut self.outcomes).filter(|(outcome, _)| **outcome == word) {
            *count += 1;
        }
    }

    pub fn commit(&mut self, took: Duration) {
        self.commits.note(took);
    }

    pub fn turn(&mut self, took: Duration, at: Instant) {
        self.turns.note(took);
        self.longest.note(took, at);
    }

    /// Prints all of it.
    pub fn print(&self, page: &mut Page) {
        let mut samples = page.family(&families::OUTCOMES);
        for (word, count) in OUTCOMES.iter().zip(&self.outcomes) {
            samples.sample(&[("outcome", word.as_str())], count);
        }
        let mut samples = page.family(&families::CALLS);
        for (call, counts) in Call::ALL.iter().zip(&self.calls) {
            for (back, count) in Back::ALL.iter().zip(counts) {
                samples.sample(&[("call", call.word()), ("outcome", back.word())], count);
            }
        }
        let mut samples = page.family(&families::CALL_TIME);
        for (call, times) in Call::ALL.iter().zip(&self.call_times) {
            samples.histogram(&[("call", call.word())], times);
        }
        let mut samples = page.family(&families::UNDER_WAY);
        samples.sample(&[("kind", "transfer")], self.under_way.0);
        samples.sample(&[("kind", "question")], self.under_way.1);
        page.family(&families::COMMIT_TIME).histogram(&[], &self.commits);
        page.family(&families::TURN_TIME).histogram(&[], &self.turns);
        page.one(&families::LONGEST_TURN, Seconds(self.longest.get()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payout::moment::BootMoment;
    use crate::payout::reply::Http;

    fn reply(outcome: Outcome, ms: u64) -> Reply {
        let at = |ms| BootMoment { boot: 1, ms };
        Reply { outcome, asked: at(1_000), ended: at(1_000 + ms), token: 1 }
    }

    fn http(status: u16) -> Outcome {
        Outcome::Answered(Http { status, body: String::new(), cut: false, retry_after: None })
    }

    #[test]
    fn every_reply_is_counted_under_what_came_back() {
        let mut meters = Meters::default();
        for (outcome, ms) in [(http(200), 40), (http(401), 30), (http(403), 30), (http(502), 90), (http(429), 1)] {
            meters.call(Call::Transfer, &reply(outcome, ms));
        }
        meters.call(Call::Status, &reply(Outcome::Lost(String::new()), 60_000));
        meters.call(Call::Status, &reply(Outcome::NeverLeft(String::new()), 60_000));
        meters.outcome(StateWord::Paid);
        meters.outcome(StateWord::InDoubt);
        let mut page = Page::default();
        meters.print(&mut page);
        let text = page.text();
        for line in [
            "payoutd_calls_total{call=\"transfer\",outcome=\"answered\"} 1",
            "payoutd_calls_total{call=\"transfer\",outcome=\"unauthorized\"} 1",
            "payoutd_calls_total{call=\"transfer\",outcome=\"refused\"} 1",
            "payoutd_calls_total{call=\"transfer\",outcome=\"failed\"} 1",
            "payoutd_calls_total{call=\"transfer\",outcome=\"throttled\"} 1",
            "payoutd_calls_total{call=\"status\",outcome=\"lost\"} 1",
            "payoutd_calls_total{call=\"status\",outcome=\"never_left\"} 1",
            "payoutd_calls_total{call=\"balance\",outcome=\"answered\"} 0",
            "payoutd_call_duration_seconds_bucket{call=\"transfer\",le=\"0.05\"} 4",
            "payoutd_call_duration_seconds_count{call=\"status\"} 1",
            "payoutd_call_duration_seconds_sum{call=\"status\"} 60",
            "payoutd_payout_outcomes_total{outcome=\"paid\"} 1",
            "payoutd_payout_outcomes_total{outcome=\"held\"} 0",
        ] {
            assert!(text.contains(&format!("{line}\n")), "no {line} in\n{text}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_longest_turn_is_forgotten_after_two_stretches() {
        let mut meters = Meters::default();
        let began = Instant::now();
        let ms = Duration::from_millis;
        meters.turn(ms(900), began);
        meters.turn(ms(1), began + ms(59_000));
        assert_eq!(meters.longest.get(), ms(900));
        meters.turn(ms(2), began + ms(61_000));
        assert_eq!(meters.longest.get(), ms(900), "of the stretch before");
        meters.turn(ms(3), began + ms(122_000));
        assert_eq!(meters.longest.get(), ms(3));
        meters.turn(ms(1), began + ms(900_000));
        assert_eq!(meters.longest.get(), ms(1), "nothing of long ago");
    }
}
