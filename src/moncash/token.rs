//! The life of an access token: when it may still be used, when it is renewed, and how long to
//! keep quiet after the token call failed.
//!
//! Must never: show a token, use one that was refused or may have expired, or read a clock.

use super::settings::Secret;
use crate::payout::moment::BootMoment;
use crate::payout::reply::{Outcome, Reply};
use reqwest::header::HeaderValue;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::rc::Rc;
use std::time::Duration;
use tokio::time::Instant;

/// A token is not used in the last part of its life: a call needs time to connect and arrive.
/// Equal to the usual `connect_timeout`; a short-lived token gives a third of its life instead.
pub const MARGIN: Duration = Duration::from_secs(10);
/// How much more life than the margin a token must have for a Transfert to be prepared: a call
/// begins within 5 s of its intent or not at all.
pub const HEADROOM: Duration = Duration::from_secs(5);
/// A token is renewed this long before it is too old for a new Transfert, so that none waits for the token
/// call: as long as that takes in the sandbox. A short-lived token gives a third of its life instead.
const EARLY: Duration = Duration::from_secs(20);
/// A renewal that brings less life than this more than the token at hand has brought the same token again.
const WORTH_IT: Duration = Duration::from_secs(2);
/// What the API document gives a token, where the answer does not say. "SAMPLE AUTHENTICATION".
const DOCUMENTED_LIFE: Duration = Duration::from_secs(59);
/// No token is kept longer, whatever MonCash says: asking once an hour costs nothing.
const LONGEST_LIFE: Duration = Duration::from_secs(3600);
/// Shortest life that is of use; MonCash may hand out the last second of an older token.
const SHORTEST_LIFE: Duration = Duration::from_secs(1);
/// The wait after the first failed token call; it doubles with each further one.
const FIRST_QUIET: Duration = Duration::from_secs(1);
/// The longest of those waits, unless `Retry-After` asks for more.
const LONGEST_QUIET: Duration = Duration::from_secs(30);
/// Doublings after which the longest wait is certainly reached.
const MOST_DOUBLINGS: u32 = 5;

/// An access token. Cheap to clone; it has no `Debug`, so that nothing prints it.
#[derive(Clone)]
pub(super) struct Token {
    pub number: u64,
    pub bearer: HeaderValue,
    pub value: Rc<Secret>,
    /// When it was asked for, not when it came: its life is never taken for longer than it is.
    asked: BootMoment,
    life: Duration,
}

impl Token {
    fn left(&self, now: BootMoment) -> Duration {
        now.since(self.asked).map_or(Duration::ZERO, |age| self.life.saturating_sub(age))
    }

    fn is_live(&self, now: BootMoment) -> bool {
        self.left(now) > MARGIN.min(self.life / 3)
    }

    fn is_ready(&self, now: BootMoment) -> bool {
        self.left(now) > self.unready_at()
    }

    fn is_worn(&self, now: BootMoment) -> bool {
        self.left(now) <= self.unready_at() + EARLY.min(self.life / 3)
    }

    /// With so little life left no Transfert is prepared any more.
    fn unready_at(&self) -> Duration {
        MARGIN.min(self.life / 3) + HEADROOM.min(self.life / 3)
    }
}

/// The one token in use, and what is remembered of the token call.
#[derive(Default)]
pub(super) struct Tokens {
    current: Option<Token>,
    /// Some call was let in with the current token.
    proven: bool,
    /// It is of no use, or does harm, to ask for a token while another is good: MonCash hands out the same
    /// one again, or lets the older one in no more.
    never_early: bool,
    newest: u64,
    failures: u32,
    quiet_until: Option<Instant>,
    last_failure: Option<Reply>,
}

impl Tokens {
    pub(super) fn live(&self, now: BootMoment) -> Option<Token> {
        self.current.as_ref().filter(|token| token.is_live(now)).cloned()
    }

    pub(super) fn is_ready(&self, now: BootMoment) -> bool {
        self.current.as_ref().is_some_and(|token| token.is_ready(now))
    }

    /// Whether the token at hand is good but should be renewed before it is not.
    pub(super) fn is_worn(&self, now: BootMoment) -> bool {
        let worn = |token: &Token| token.is_ready(now) && token.is_worn(now);
        !self.never_early && self.quiet_left().is_zero() && self.current.as_ref().is_some_and(worn)
    }

    pub(super) fn left(&self, now: BootMoment) -> Option<Duration> {
        self.current.as_ref().map(|token| token.left(now))
    }

    pub(super) fn last_failure(&self) -> Option<Reply> {
        self.last_failure.clone()
    }

    /// The token call need not wait any more.
    pub(super) fn try_again(&mut self) {
        self.quiet_until = None;
    }

    /// How long the token call must still wait after failures.
    pub(super) fn quiet_left(&self) -> Duration {
        self.quiet_until.map_or(Duration::ZERO, |until| until.saturating_duration_since(tokio::time::Instant::now()))
    }

    /// Takes in the answer of the token call and returns it fit to be kept: without the token.
    pub(super) fn take_in(&mut self, outcome: Outcome, asked: BootMoment, ended: BootMoment) -> Reply {
        let (outcome, granted) = read_grant(outcome);
        let mut reply = Reply { outcome, asked, ended, token: 0 };
        let usable = granted.and_then(|grant| {
            let mut bearer = HeaderValue::from_str(&format!("Bearer {}", grant.value.expose())).ok()?;
            bearer.set_sensitive(true);
            let number = self.newest + 1;
            let token = Token { number, bearer, value: Rc::new(grant.value), asked, life: grant.life };
            (grant.life >= SHORTEST_LIFE && token.is_live(ended)).then_some(token)
        });
        match usable {
            Some(token) => {
                self.never_early |= self.left(ended).is_some_and(|left| token.left(ended) < left + WORTH_IT);
                self.newest = token.number;
                reply.token = token.number;
                self.current = Some(token);
                self.proven = false;
                self.quiet_until = None;
                self.last_failure = None;
            }
            None => {
                let asked_for = reply.http().and_then(|http| http.retry_after).unwrap_or_default();
                self.fall_quiet(asked_for);
                self.last_failure = Some(reply.clone());
            }
        }
        reply
    }

    /// A call was let in with this token: the token call and the account work.
    pub(super) fn note_let_in(&mut self, number: u64) {
        if self.current.as_ref().is_some_and(|token| token.number == number) {
            self.proven = true;
            self.failures = 0;
        }
    }

    /// A call was answered 401: this token is not used again. A newer one stays. One that never
    /// let a call in counts as a failure, so that an account which is refused everywhere does not
    /// ask for tokens without a pause.
    pub(super) fn note_refused(&mut self, number: u64) {
        self.never_early |= number < self.newest;
        if self.current.as_ref().is_some_and(|token| token.number == number) {
            self.current = None;
            if !self.proven {
                self.fall_quiet(Duration::ZERO);
            }
        }
    }

    fn fall_quiet(&mut self, at_least: Duration) {
        let doubled = FIRST_QUIET * 2u32.pow(self.failures.min(MOST_DOUBLINGS));
        self.failures = self.failures.saturating_add(1);
        self.quiet_until = Some(tokio::time::Instant::now() + doubled.min(LONGEST_QUIET).max(at_least));
    }
}

/// What the token call grants. API document, "AUTHENTICATION".
#[derive(Deserialize)]
struct GrantBody<'a> {
    access_token: String,
    #[serde(borrow)]
    expires_in: Option<&'a RawValue>,
}

/// What is kept of an answer that holds a token where none belongs.
const WITHHELD: &str = "(not kept, it holds an access token)";

/// Keeps no token that came where none belongs: in a refusal of the token call, or as the answer of
/// another call, which a proxy mixed up. What is left is no evidence of anything.
pub(super) fn withhold_token(outcome: &mut Outcome) {
    if let Outcome::Answered(http) = outcome
        && holds_token(&http.body)
    {
        http.body = WITHHELD.to_string();
    }
}

/// Whether a text has a field for an access token, in whatever notation.
fn holds_token(body: &str) -> bool {
    let plain = body.to_ascii_lowercase().replace('_', "");
    let named =
        plain.match_indices("accesstoken\"").any(|(at, found)| plain[at + found.len()..].trim_start().starts_with(':'));
    named || serde_json::from_str::<GrantBody<'_>>(body).is_ok()
}

struct Grant {
    value: Secret,
    life: Duration,
}

/// Parts the token from the answer. What stays may be kept and shown: of an answer that should
/// hold a token only what is surely none.
fn read_grant(outcome: Outcome) -> (Outcome, Option<Grant>) {
    let mut http = match outcome {
        Outcome::Answered(http) if (200..300).contains(&http.status) => http,
        mut other => {
            withhold_token(&mut other);
            return (other, None);
        }
    };
    let is_object = http.body.trim_start_matches([' ', '\t', '\r', '\n']).starts_with('{');
    let parsed = serde_json::from_str::<GrantBody<'_>>(&http.body).ok();
    let parsed = parsed.filter(|grant| is_object && !grant.access_token.is_empty());
    let Some(body) = parsed else {
        http.body = format!("(not kept, it may hold a token: {} bytes without an access_token)", http.body.len());
        return (Outcome::Answered(http), None);
    };
    let stated = body.expires_in.map(|raw| raw.get().trim_matches('"').parse::<u64>());
    let life = match stated {
        None => DOCUMENTED_LIFE,
        Some(Ok(seconds)) => Duration::from_secs(seconds).min(LONGEST_LIFE),
        Some(Err(_)) => Duration::ZERO,
    };
    let grant = Grant { value: Secret::new(body.access_token), life };
    http.body = format!("{{\"access_token\":\"(taken out)\",\"expires_in\":{}}}", life.as_secs());
    (Outcome::Answered(http), Some(grant))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payout::reply::Http;

    fn at(ms: u64) -> BootMoment {
        BootMoment { boot: 1, ms }
    }

    fn answer(status: u16, body: &str) -> Outcome {
        Outcome::Answered(Http { status, body: body.to_string(), cut: false, retry_after: None })
    }

    fn granted(life: u64) -> Outcome {
        answer(200, &format!("{{\"access_token\":\"tok-en\",\"token_type\":\"bearer\",\"expires_in\":{life}}}"))
    }

    #[test]
    fn a_token_is_renewed_before_it_expires_and_never_used_in_its_last_seconds() {
        let mut tokens = Tokens::default();
        tokens.take_in(granted(59), at(0), at(1_000));
        for (ms, live, ready) in [
            (1_000, true, true),
            (43_999, true, true),
            (44_000, true, false),
            (48_999, true, false),
            (49_000, false, false),
        ] {
            assert_eq!(tokens.live(at(ms)).is_some(), live, "{ms}");
            assert_eq!(tokens.is_ready(at(ms)), ready, "{ms}");
        }
    }

    #[test]
    fn the_life_is_counted_from_the_question_and_ends_with_the_boot() {
        let mut tokens = Tokens::default();
        tokens.take_in(granted(59), at(0), at(40_000));
        assert_eq!(tokens.left(at(40_000)), Some(Duration::from_secs(19)));
        assert!(tokens.live(BootMoment { boot: 2, ms: 40_000 }).is_none());
        let reply = tokens.take_in(granted(59), at(100_000), at(150_000));
        assert_eq!(reply.token, 0, "it came too late to be used");
    }

    #[test]
    fn the_last_seconds_of_an_older_token_are_used_as_far_as_they_go() {
        let mut tokens = Tokens::default();
        tokens.take_in(granted(3), at(0), at(0));
        assert!(tokens.is_ready(at(900)) && !tokens.is_ready(at(1_100)));
        assert!(tokens.live(at(1_900)).is_some() && tokens.live(at(2_100)).is_none());
        assert_eq!(tokens.take_in(granted(0), at(0), at(0)).token, 0);
    }

    fn lives(life: u64) -> (Tokens, impl Fn(&Tokens) -> Vec<u64>) {
        let mut tokens = Tokens::default();
        tokens.take_in(granted(life), at(0), at(0));
        (tokens, |tokens: &Tokens| (0..60).filter(|s| tokens.is_worn(at(s * 1000))).collect())
    }

    #[test]
    fn a_token_is_renewed_while_it_is_still_good_for_new_transferts() {
        let (mut tokens, worn_at) = lives(59);
        assert_eq!(worn_at(&tokens), (25..44).collect::<Vec<u64>>());
        tokens.take_in(granted(59), at(25_000), at(27_000));
        assert!(tokens.is_ready(at(60_000)) && !tokens.is_worn(at(49_000)), "the new one");
        // A renewal that fails leaves the older one in use, and is not tried again at once.
        tokens.take_in(answer(500, ""), at(50_000), at(51_000));
        assert!(tokens.is_ready(at(51_000)) && !tokens.is_worn(at(51_000)));
    }

    #[test]
    fn nobody_is_asked_early_who_hands_out_the_same_token_again_or_ends_the_older_one() {
        let (mut tokens, worn_at) = lives(59);
        tokens.take_in(granted(34), at(25_000), at(26_000));
        assert!(worn_at(&tokens).is_empty(), "the same token again");
        let (mut tokens, worn_at) = lives(59);
        tokens.take_in(granted(59), at(25_000), at(26_000));
        tokens.note_refused(1);
        assert!(worn_at(&tokens).is_empty(), "the older token was let in no more");
        assert!(tokens.live(at(26_000)).is_some(), "the newer one stays");
    }

    #[test]
    fn a_late_refusal_of_an_older_token_does_not_drop_the_newer_one() {
        let mut tokens = Tokens::default();
        tokens.take_in(granted(59), at(0), at(0));
        tokens.take_in(granted(59), at(0), at(0));
        tokens.note_refused(1);
        assert_eq!(tokens.live(at(0)).map(|token| token.number), Some(2));
        tokens.note_refused(2);
        assert!(tokens.live(at(0)).is_none());
        assert_eq!(tokens.take_in(granted(59), at(0), at(0)).token, 3, "a number is never used twice");
    }

    #[test]
    fn no_answer_of_the_token_call_keeps_the_token() {
        for body in [
            r#"{"access_token":"tok-en","expires_in":59}"#,
            r#"{"access_token":"tok-en","expires_in":"59","x":"tok-en"}"#,
            r#"{"access_token":"tok-en","#,
            r#"{"accessToken":"tok-en"}"#,
            r#"["tok-en",59]"#,
        ] {
            let mut tokens = Tokens::default();
            for status in [200, 302, 401] {
                let reply = tokens.take_in(answer(status, body), at(0), at(0));
                assert!(!format!("{reply:?}").contains("tok-en"), "{status} {body}");
                assert!(!format!("{:?}", tokens.last_failure()).contains("tok-en"), "{status} {body}");
            }
        }
    }

    #[test]
    fn a_token_that_comes_where_none_belongs_is_not_kept() {
        for body in [
            r#"{"access_token":"tok-en","expires_in":59}"#,
            r#"{"\u0061ccess_token":"tok-en"}"#,
            r#"{"data":{"access_token" : "tok-en"}}"#,
            r#"{"access_token":"tok-"#,
        ] {
            for status in [200, 401, 500] {
                let mut outcome = answer(status, body);
                withhold_token(&mut outcome);
                assert!(!format!("{outcome:?}").contains("tok-"), "{body}");
            }
            let reply = Tokens::default().take_in(answer(401, body), at(0), at(0));
            assert!(!format!("{reply:?}").contains("tok-"), "{body}");
        }
        let refusal = r#"{"error":"invalid_token","error_description":"Invalid \"access_token\""}"#;
        let mut outcome = answer(401, refusal);
        withhold_token(&mut outcome);
        assert_eq!(outcome, answer(401, refusal), "a refusal that only speaks of it is evidence");
    }

    #[tokio::test(start_paused = true)]
    async fn a_failing_token_call_is_asked_more_and_more_rarely() {
        let mut tokens = Tokens::default();
        let mut waits = Vec::new();
        for _ in 0..8 {
            tokens.take_in(answer(401, "{}"), at(0), at(0));
            waits.push(tokens.quiet_left().as_secs());
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 30, 30, 30]);
        tokens.try_again();
        assert_eq!(tokens.quiet_left(), Duration::ZERO, "a person says that the trouble is over");
        tokens.take_in(granted(59), at(0), at(0));
        assert_eq!(tokens.quiet_left(), Duration::ZERO);
        tokens.note_refused(1);
        assert_eq!(tokens.quiet_left().as_secs(), 30, "a token that is refused at once is no success");
        tokens.take_in(granted(59), at(0), at(0));
        tokens.note_let_in(2);
        tokens.note_refused(2);
        assert_eq!(tokens.quiet_left(), Duration::ZERO, "an expired token is renewed at once");
    }
}
