//! Which payout the control question is about, and what its answers lead to.
//!
//! Must never: count a question that was not answered "successful" as seen.

use super::evidence::{Control, StatusAnswer};
use super::instruction::Reference;
use super::reply::Reply;
use super::state::Negative;

/// So many control questions in a row are about one payout that the status call does not know yet.
const TRIES: u32 = 10;

/// The control question from one answer to the next.
#[derive(Clone, Debug, Default)]
pub struct Controls {
    control: Control,
    /// The payout most recently confirmed by Transfert.
    newest: Option<Reference>,
    /// The one that the last control question was about, and how often in a row.
    asked: Option<Reference>,
    tries: u32,
}

impl Controls {
    /// What a proof rests on.
    pub fn control(&self) -> &Control {
        &self.control
    }

    pub fn newest(&self) -> Option<&Reference> {
        self.newest.as_ref()
    }

    /// The payout most recently confirmed by Transfert is what the next control question is about.
    /// What an earlier one proved, or will prove when its answer comes, stands: in a payroll that
    /// flows, a question about the very newest payout would be stale before it is answered.
    pub fn confirmed(&mut self, reference: Reference) {
        self.control.reference.get_or_insert_with(|| reference.to_string());
        self.newest = Some(reference);
    }

    /// The payout most recently confirmed; but after a failure the same once more, for some tries: a
    /// status call that learns of payments a little late never knows the newest while people are paid
    /// without a pause.
    pub fn ask(&mut self) -> Option<Reference> {
        let again = self.control.failed.is_some() && self.tries < TRIES;
        match self.asked.clone().filter(|_| again) {
            Some(same) => {
                self.tries += 1;
                Some(same)
            }
            None => {
                self.tries = 1;
                self.asked.clone_from(&self.newest);
                self.asked.clone()
            }
        }
    }

    /// Takes an answer to the control question; says whether the status call denies what it must know.
    pub fn hear(&mut self, about: &Reference, answer: &StatusAnswer, reply: &Reply) -> bool {
        self.control.reference = Some(about.to_string());
        match answer {
            StatusAnswer::Successful => {
                self.control.seen = Some(Negative { asked: reply.asked, token: reply.token, heard: reply.ended });
                self.control.failed = None;
            }
            StatusAnswer::NotFound
            | StatusAnswer::RefusalRepeated { .. }
            | StatusAnswer::Account { .. }
            | StatusAnswer::TooMany
            | StatusAnswer::Token
            | StatusAnswer::Unknown { .. } => {
                self.control.seen = None;
                self.control.failed = Some(reply.asked);
            }
        }
        *answer == StatusAnswer::NotFound
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payout::moment::BootMoment;
    use crate::payout::reply::Outcome;

    fn reply(ms: u64) -> Reply {
        let at = |ms| BootMoment { boot: 1, ms };
        Reply { outcome: Outcome::Lost(String::new()), asked: at(ms), ended: at(ms + 5), token: 3 }
    }

    fn reference(text: &str) -> Reference {
        Reference::parse(text).unwrap()
    }

    #[test]
    fn only_a_successful_answer_is_seen_and_every_other_takes_it_back() {
        let others = [
            (StatusAnswer::NotFound, true),
            (StatusAnswer::RefusalRepeated { words: "full".into() }, false),
            (StatusAnswer::Account { words: "no".into() }, false),
            (StatusAnswer::TooMany, false),
            (StatusAnswer::Token, false),
            (StatusAnswer::Unknown { why: "lost".into() }, false),
        ];
        for (answer, denies) in others {
            let mut controls = Controls::default();
            controls.confirmed(reference("C"));
            assert!(!controls.hear(&reference("C"), &StatusAnswer::Successful, &reply(1)));
            let seen = controls.control.seen.unwrap();
            assert_eq!((seen.asked.ms, seen.heard.ms, seen.token, controls.control.failed), (1, 6, 3, None));
            assert_eq!(controls.hear(&reference("C"), &answer, &reply(9)), denies);
            assert_eq!((controls.control.seen, controls.control.failed.map(|at| at.ms)), (None, Some(9)));
        }
    }

    #[test]
    fn a_payout_that_the_status_call_does_not_know_yet_is_asked_about_ten_times_and_then_the_newest() {
        let mut controls = Controls::default();
        assert_eq!(controls.ask(), None, "nothing was ever confirmed");
        controls.confirmed(reference("C0"));
        for n in 1..=12 {
            let asked = controls.ask().unwrap();
            assert_eq!(asked.as_str(), if n <= 10 { "C0" } else { "C10" }, "question {n}");
            controls.confirmed(reference(&format!("C{n}")));
            controls.hear(&asked, &StatusAnswer::NotFound, &reply(n));
        }
        controls.hear(&reference("C10"), &StatusAnswer::Successful, &reply(20));
        assert_eq!(controls.ask(), Some(reference("C12")), "once seen, the newest");
    }
}
