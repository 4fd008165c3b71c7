//! One payout of the ledger against one answer of the status call, as a table.
//!
//! Must never: advise paying by hand, or call two things a match that may not be one.

use crate::payout::evidence::{BalanceAnswer, StatusAnswer};
use crate::payout::state::{MayHaveBeenPaid, StateWord};
use crate::words::{Saying, say};

/// What a comparison came to. The words are for scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    Match,
    PaidHereNotThere,
    PaidThereNotHere,
    Unknown,
}

impl Verdict {
    pub const ALL: [Verdict; 4] =
        [Verdict::Match, Verdict::PaidHereNotThere, Verdict::PaidThereNotHere, Verdict::Unknown];

    pub fn word(self) -> &'static str {
        match self {
            Verdict::Match => "match",
            Verdict::PaidHereNotThere => "paid_here_not_there",
            Verdict::PaidThereNotHere => "paid_there_not_here",
            Verdict::Unknown => "unknown",
        }
    }
}

/// A verdict, and what a person should do about it; nothing where all is well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    pub verdict: Verdict,
    pub advice: Option<Saying>,
    /// MonCash paid what the ledger calls unpaid: somebody may be about to pay it again.
    pub alarm: bool,
}

fn verdict(verdict: Verdict, advice: Saying) -> Compared {
    Compared { verdict, advice: Some(advice), alarm: false }
}

fn matches() -> Compared {
    Compared { verdict: Verdict::Match, advice: None, alarm: false }
}

fn alarm(advice: Saying) -> Compared {
    Compared { verdict: Verdict::PaidThereNotHere, advice: Some(advice), alarm: true }
}

/// Holds the ledger's word against MonCash's answer.
pub fn compare(ledger: StateWord, money: MayHaveBeenPaid, answer: &StatusAnswer) -> Compared {
    use StateWord::{Cancelled, Declined, Held, InDoubt, Paid, Queued};
    let negative = matches!(answer, StatusAnswer::NotFound | StatusAnswer::RefusalRepeated { .. });
    match (ledger, answer) {
        (Paid, StatusAnswer::Successful) => matches(),
        (InDoubt, StatusAnswer::Successful) => verdict(Verdict::PaidThereNotHere, say!("advice-settles-itself")),
        (Held, StatusAnswer::Successful) if money != MayHaveBeenPaid::No => {
            verdict(Verdict::PaidThereNotHere, say!("advice-resolve"))
        }
        (Held, StatusAnswer::Successful) => alarm(say!("advice-do-not-release")),
        (Queued, StatusAnswer::Successful) => alarm(say!("advice-somebody-else")),
        (Declined | Cancelled, StatusAnswer::Successful) => alarm(say!("advice-not-again")),
        (Paid, _) if negative => verdict(Verdict::PaidHereNotThere, say!("advice-look")),
        (InDoubt, _) if negative => verdict(Verdict::Unknown, say!("advice-in-doubt")),
        (Held, _) if negative && money != MayHaveBeenPaid::No => verdict(Verdict::Unknown, say!("advice-portal")),
        (Queued | Held | Declined | Cancelled, _) if negative => matches(),
        _ => verdict(Verdict::Unknown, say!("advice-later")),
    }
}

/// MonCash's answer in a cell.
pub fn word_of(answer: &StatusAnswer) -> String {
    match answer {
        StatusAnswer::Successful => "successful".to_string(),
        StatusAnswer::NotFound => "not found".to_string(),
        StatusAnswer::RefusalRepeated { words } => format!("refused: {words}"),
        StatusAnswer::Account { words } => format!("account refused: {words}"),
        StatusAnswer::TooMany => "too many calls".to_string(),
        StatusAnswer::Token => "token refused".to_string(),
        StatusAnswer::Unknown { why } => format!("no certain answer: {why}"),
    }
}

/// Why no balance was read, for a sentence that begins "the balance could not be read: ".
pub fn balance_trouble(answer: &BalanceAnswer) -> Option<Saying> {
    match answer {
        BalanceAnswer::Reading(_) => None,
        BalanceAnswer::Account { words } => Some(say!("trouble-account", words = words)),
        BalanceAnswer::TooMany => Some(say!("trouble-too-many")),
        BalanceAnswer::Token => Some(say!("trouble-token")),
        BalanceAnswer::Unknown { why } => Some(say!("trouble-unknown", why = why)),
    }
}

/// Why nobody more need be asked: MonCash refuses us, and not an answer about one payout.
pub fn refused(answer: &StatusAnswer) -> Option<String> {
    match answer {
        StatusAnswer::Account { words } => Some(format!("MonCash refuses the account: {words}")),
        StatusAnswer::Token => Some("MonCash refuses the access token".to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATES: [StateWord; 6] = [
        StateWord::Queued,
        StateWord::InDoubt,
        StateWord::Paid,
        StateWord::Declined,
        StateWord::Held,
        StateWord::Cancelled,
    ];

    /// state: successful / not found / anything else; money may have moved where the state allows it.
    #[test]
    fn every_pair_has_the_verdict_of_the_table() {
        let table = [
            "queued paid_there_not_here match unknown",
            "in_doubt paid_there_not_here unknown unknown",
            "paid match paid_here_not_there unknown",
            "declined paid_there_not_here match unknown",
            "held paid_there_not_here unknown unknown",
            "cancelled paid_there_not_here match unknown",
        ];
        let other = StatusAnswer::Unknown { why: "HTTP 500".to_string() };
        for (state, line) in STATES.into_iter().zip(table) {
            let words: Vec<&str> = [StatusAnswer::Successful, StatusAnswer::NotFound, other.clone()]
                .iter()
                .map(|answer| compare(state, MayHaveBeenPaid::Unknown, answer).verdict.word())
                .collect();
            assert_eq!(format!("{} {}", state.as_str(), words.join(" ")), line);
        }
        let unsent = compare(StateWord::Held, MayHaveBeenPaid::No, &StatusAnswer::NotFound);
        assert_eq!(unsent.verdict, Verdict::Match);
    }

    #[test]
    fn whatever_differs_comes_with_advice_and_none_of_it_is_to_pay() {
        let answers = [
            StatusAnswer::Successful,
            StatusAnswer::NotFound,
            StatusAnswer::TooMany,
            StatusAnswer::Token,
            StatusAnswer::RefusalRepeated { words: "x".into() },
            StatusAnswer::Account { words: "x".into() },
        ];
        for state in STATES {
            for money in [MayHaveBeenPaid::No, MayHaveBeenPaid::Unknown, MayHaveBeenPaid::Yes] {
                for answer in &answers {
                    let Compared { verdict, advice, alarm } = compare(state, money, answer);
                    assert_eq!(advice.is_none(), verdict == Verdict::Match, "{state:?} {answer:?}");
                    let called_unpaid = matches!(state, StateWord::Queued | StateWord::Declined | StateWord::Cancelled)
                        || (state == StateWord::Held && money == MayHaveBeenPaid::No);
                    assert_eq!(alarm, called_unpaid && *answer == StatusAnswer::Successful, "{state:?} {answer:?}");
                }
            }
        }
    }
}
