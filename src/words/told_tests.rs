//! Codes against the sentences that payoutd wrote down in English before there were codes: an old ledger reads as a new
//! one does, in every language.
//!
//! Must never: lose an old sentence, or tell a code by another's.

use super::left::{LeftAlone, Thing};
use super::said::Coded;
use super::told::{known, sentences, told};
use super::{Language, Saying, Value, catalogue};
use crate::payout::batch::BatchState;
use crate::payout::evidence::StatusAnswer;
use crate::payout::message::{Answer, Detail, Lifted, Said, Suspicion};
use crate::payout::order::{TwoEyes, Verb};
use crate::payout::state::{BatchId, StateWord};
use std::collections::BTreeSet;

/// What older ledgers alone have: the guard keeps what it finds as values.
const GUARD_AS_TEXT: [&str; 5] =
    ["told-hold-of-guard", "told-pays-again", "told-pay-again", "told-row-again", "told-and-more"];

fn a() -> String {
    "JUL-1".to_string()
}

fn batch() -> BatchId {
    BatchId(12)
}

fn details() -> Vec<(Detail, &'static str)> {
    let seven = || "7".to_string();
    vec![
        (Detail::Repeats { reference: a() }, "it repeats JUL-1"),
        (Detail::Transaction { transaction: seven() }, "transaction 7"),
        (Detail::TransactionKnown { transaction: seven(), payout: 3 }, "transaction 7 is known from payout 3 already"),
        (Detail::RefusedAndSuccessful, "Transfert refused it and the status call says successful"),
        (Detail::NoTransaction, "no transaction id"),
        (
            Detail::OtherReceiver { receiver: "509••••0101".into(), wanted: "509••••0102".into() },
            "receiver 509••••0101 instead of 509••••0102",
        ),
        (Detail::NoReceiver, "no readable receiver"),
        (Detail::OtherAmount { centimes: 950, wanted_centimes: 10_950 }, "amount 9.50 instead of 109.50"),
        (Detail::NoAmount, "no readable amount"),
        (Detail::OtherStatus { status: "500".into(), http: 200 }, "status 500 inside HTTP 200"),
        (Detail::ErrorBeside { error: "oh".into() }, "an error beside it: oh"),
    ]
}

fn suspicions() -> Vec<(Suspicion, &'static str)> {
    let restored = || Box::new(Said::code(Suspicion::Restored));
    vec![
        (
            Suspicion::MarkMissing { event: 9 },
            "the file high-water is missing from the state folder, so nothing shows that this ledger (event 9) is the newest",
        ),
        (Suspicion::MarkUnreadable, "the file high-water in the state folder cannot be read"),
        (Suspicion::Restored, "a copy was put in place with 'payoutd restore'"),
        (
            Suspicion::EndsEarly { event: 9, opening: 2, written: 12_345, opened: 3 },
            "the ledger ends at event 9 (opening 2), but event 12345 (opening 3) was written once: an older copy seems to \
             lie in its place",
        ),
        (
            Suspicion::BatchForgotten { batch: batch(), last: BatchId(7) },
            "batch B000012 was admitted once, but this ledger gave out no number after B000007: an older copy seems to lie \
             in its place",
        ),
        (
            Suspicion::OtherEvent { event: 9 },
            "event 9 is not the one that was written once: another ledger seems to lie in its place",
        ),
        (
            Suspicion::StrangeBatch { batch: batch(), last: None },
            "accepted/ or reports/ hold a file of batch B000012, and this ledger has no batch at all",
        ),
        (
            Suspicion::StrangeBatch { batch: batch(), last: Some(BatchId(7)) },
            "accepted/ or reports/ hold a file of batch B000012, and this ledger gave out no number after B000007",
        ),
        (
            Suspicion::SummaryElsewhere { batch: batch(), event: 9 },
            "the summary of batch B000012 in reports/ tells of event 9, which this ledger does not have",
        ),
        (Suspicion::SaidBy { who: "marie".into(), reason: "a clone".into() }, "marie says so: a clone"),
        (
            Suspicion::Again { now: restored(), before: Box::new("a clone".into()) },
            "a copy was put in place with 'payoutd restore'; before that: a clone",
        ),
    ]
}

fn given() -> Vec<(Answer, &'static str)> {
    let (batch, reference) = (batch(), a);
    vec![
        (
            Answer::Paused { doubt: 3 },
            "paused: no new Transfert is sent; 3 payouts are in doubt and are still asked about",
        ),
        (
            Answer::Resumed {
                lifted: vec![Lifted::Pause, Lifted::AccountRefused, Lifted::EqualRefusals, Lifted::Suspicion],
            },
            "resumed: the pause, the stop after MonCash refused the account, the stop after equal refusals, the stop of a \
             ledger that may be old is lifted",
        ),
        (
            Answer::Distrusted,
            "nothing is sent; every unfinished payout is asked about; 'payoutd resume' when a person has looked",
        ),
        (
            Answer::BatchApprovedOnHold { batch },
            "batch B000012 is approved and still on hold: nothing goes before it is released",
        ),
        (Answer::BatchApproved { batch, queued: 3 }, "batch B000012 is approved: 3 payouts go"),
        (Answer::BatchApproved { batch, queued: 1 }, "batch B000012 is approved: 1 payouts go"),
        (
            Answer::BatchHeld { batch, queued: 3, doubt: 4, paid: 5 },
            "batch B000012 is on hold: 3 payouts wait; 4 were sent already and are asked about; 5 are paid",
        ),
        (
            Answer::BatchReleasedUnapproved { batch },
            "batch B000012 is released and still waits for approval: nothing goes before it",
        ),
        (Answer::BatchReleased { batch, queued: 3 }, "batch B000012 is released: 3 payouts go"),
        (
            Answer::BatchCancelled { batch, queued: 3, doubt: 4, held: 5, paid: 6 },
            "batch B000012 is being cancelled: 3 payouts are stopped; could not be stopped: 4 in doubt (cancelled if \
             MonCash proves them unpaid), 5 held, 6 paid",
        ),
        (
            Answer::HeldInDoubt { reference: reference() },
            "JUL-1 was sent already and is in doubt: it is asked about, but not sent again while the hold stands",
        ),
        (
            Answer::PayoutHeld { reference: reference() },
            "JUL-1 is held: nothing is sent for it until 'payoutd release'",
        ),
        (Answer::PayoutReleased { reference: reference() }, "JUL-1 is released"),
        (
            Answer::CancelledInDoubt { reference: reference() },
            "JUL-1 was sent already and could not be stopped: it is never sent again, and is cancelled once MonCash proves \
             it unpaid; do not pay by hand",
        ),
        (Answer::PayoutCancelled { reference: reference() }, "JUL-1 is cancelled: nothing was sent for it"),
        (
            Answer::CancelledNotFound { reference: reference(), who: "marie".into() },
            "JUL-1 is cancelled: MonCash does not find it, and marie says that it was not paid",
        ),
        (
            Answer::RecordedPaid { reference: reference(), transaction: "7".into() },
            "JUL-1 is recorded as paid by transaction 7",
        ),
        (Answer::AskedAgain { reference: reference() }, "JUL-1 is in doubt again: MonCash is asked"),
        (Answer::PayoutIs { reference: reference(), state: StateWord::InDoubt }, "JUL-1 is in_doubt"),
    ]
}

fn refused() -> Vec<(Answer, &'static str)> {
    let (batch, reference) = (batch(), a);
    let strange = Said::code(Suspicion::StrangeBatch { batch, last: None });
    let moved = BatchState::AwaitingApproval;
    vec![
        (
            Answer::SuspicionUnseen { why: Box::new(strange) },
            "nothing was resumed: this ledger may be older than its last send (accepted/ or reports/ hold a file of batch \
             B000012, and this ledger has no batch at all), which you had not seen; look, then repeat the order",
        ),
        (Answer::NothingStopped, "nothing was stopped: there is nothing to resume"),
        (Answer::NeedsTarget, "this order needs a batch or a reference"),
        (Answer::NoBatch, "there is no such batch"),
        (
            Answer::TransactionUsed { transaction: "7".into(), other: "JUN-1".into(), reference: reference() },
            "transaction 7 paid JUN-1 already: nothing was done; look in the MonCash portal again for the one that paid \
             JUL-1",
        ),
        (
            Answer::FourEyes { batch, why: TwoEyes::Same { uid: 1000 } },
            "batch B000012 was dropped by the same user (uid 1000): [approval] four_eyes asks for another person than the \
             one who dropped the batch",
        ),
        (
            Answer::FourEyes { batch, why: TwoEyes::Dropper },
            "who dropped batch B000012 cannot be told (its file belonged to payoutd's own user, or to nobody): [approval] \
             four_eyes asks for another person than the one who dropped the batch; cancel it, and drop it again as a file \
             of your own user",
        ),
        (
            Answer::FourEyes { batch, why: TwoEyes::Approver },
            "who approves batch B000012 cannot be told (payoutd's own user, or nobody): [approval] four_eyes asks for \
             another person than the one who dropped the batch",
        ),
        (
            Answer::BatchMoved { batch, seen: "paying".into(), state: moved },
            "batch B000012 was paying when you looked and is awaiting_approval now: nothing was done; look again and repeat \
             the order",
        ),
        (
            Answer::BatchOver { batch, state: BatchState::Complete },
            "batch B000012 is complete: nothing can be ordered about it any more",
        ),
        (Answer::NotAwaited { batch }, "batch B000012 does not wait for approval"),
        (Answer::OnHoldAlready { batch }, "batch B000012 is on hold already"),
        (
            Answer::NotOnHold { batch },
            "batch B000012 is not on hold; a payout that waits for a person is released or resolved by its reference",
        ),
        (Answer::CancelledAlready { batch }, "batch B000012 is being cancelled already"),
        (
            Answer::NotOfBatch { verb: Verb::AskAgain },
            "'resolve --ask-again' is about one reference, not about a batch",
        ),
        (
            Answer::PayoutMoved { reference: reference(), seen: "queued".into(), state: StateWord::Held },
            "JUL-1 was queued when you looked and is held now (or MonCash was heard since): nothing was done; look again and \
             repeat the order",
        ),
        (
            Answer::NeverReleased { reference: reference() },
            "JUL-1 may already be paid: 'release' never touches doubt; do not pay by hand; look in the MonCash portal, then \
             'payoutd resolve'",
        ),
        (
            Answer::NeverCancelled { reference: reference() },
            "JUL-1 may already be paid and cannot be cancelled: look in the MonCash portal, then 'payoutd resolve'",
        ),
        (
            Answer::PaidElsewhere { reference: reference() },
            "MonCash has said that JUL-1 is paid, to another receiver, amount or transaction; asking again changes nothing: \
             look in the MonCash portal, then 'payoutd resolve JUL-1 --paid TRANSACTION' or '--not-paid'; do not pay by hand",
        ),
        (
            Answer::MayLand { reference: reference() },
            "JUL-1 may still be landing: its call is open or within [safety] grace; nothing was done; repeat the order later",
        ),
        (
            Answer::NeverSent { reference: reference() },
            "nothing was ever sent for JUL-1: 'payoutd release' sends it, 'payoutd cancel' ends it",
        ),
        (
            Answer::StillAsking { reference: reference() },
            "JUL-1 is in doubt and payoutd is still asking MonCash: wait until it is settled or held; do not pay by hand",
        ),
        (
            Answer::CannotBeDone { verb: Verb::Release, reference: reference(), state: StateWord::Paid },
            "'release' cannot be done to JUL-1, which is paid",
        ),
        (
            Answer::IsNow { reference: reference(), state: StateWord::Cancelled },
            "JUL-1 is cancelled now: nothing was done",
        ),
        (
            Answer::MovedMeanwhile { reference: reference() },
            "JUL-1 has moved while MonCash was asked: nothing was done; look again and repeat the order",
        ),
        (
            Answer::IsPaid { reference: reference() },
            "MonCash says that JUL-1 is paid: nothing was done; 'payoutd resolve JUL-1 --paid TRANSACTION' records it",
        ),
        (
            Answer::NoAnswer { reference: reference(), answer: StatusAnswer::Unknown { why: "HTTP 500".into() } },
            "MonCash gave no certain answer about JUL-1 (Unknown { why: \"HTTP 500\" }): nothing was done; repeat the order \
             later",
        ),
    ]
}

fn left() -> Vec<(LeftAlone, &'static str)> {
    let error = || "no permission".to_string();
    vec![
        (LeftAlone::CannotLook { error: error() }, "cannot be looked at: no permission"),
        (LeftAlone::NoRight, "is closed to payoutd: copy it here once more (do not move it), or run  chmod g+r  on it"),
        (LeftAlone::LinkNotFollowed, "is a link, and links are not followed: copy the file itself here"),
        (LeftAlone::NotAFile { what: Thing::Folder }, "is a folder, not a file"),
        (LeftAlone::NotAFile { what: Thing::Pipe }, "is a pipe, not a file"),
        (LeftAlone::CopyFile { what: Thing::Link }, "is a link: copy the file itself here"),
        (LeftAlone::CopyFile { what: Thing::Device }, "is a device or socket: copy the file itself here"),
        (
            LeftAlone::SecondName,
            "has a second name (a hard link) under which it could still be changed: copy the file here instead",
        ),
        (
            LeftAlone::OpenElsewhere { file: "~$july.xlsx".into() },
            "waits: it is open in a spreadsheet (~$july.xlsx lies beside it); close it there",
        ),
        (LeftAlone::UnfinishedName, "waits: names that begin with . or ~ are work in progress; rename it"),
        (LeftAlone::OtherName, "is left alone: only names that end in .csv, .xlsx or .ods are taken"),
        (LeftAlone::NotTaken { error: error() }, "could not be taken: no permission"),
        (
            LeftAlone::NotReadNow { error: error() },
            "was taken before the last stop and cannot be read now: no permission",
        ),
        (LeftAlone::OrderName, "is left alone: only copies of the .txt files in reports/ are taken here"),
        (LeftAlone::OrderRight, "waits: it cannot be read; give payoutd's group the right to read it"),
    ]
}

/// Every code, and the English that payoutd wrote down before there were codes.
fn codes() -> Vec<(Saying, &'static str)> {
    fn sayings<C: Coded>(all: Vec<(C, &'static str)>) -> impl Iterator<Item = (Saying, &'static str)> {
        all.into_iter().map(|(code, old)| (code.saying(), old))
    }
    let answers = sayings(given()).chain(sayings(refused()));
    sayings(details()).chain(sayings(suspicions())).chain(answers).chain(sayings(left())).collect()
}

/// The key of a sentence, and those of its parts.
fn keys(saying: &Saying, into: &mut BTreeSet<&'static str>) {
    into.insert(saying.key());
    for (_, value) in saying.values() {
        if let Value::Saying(part) = value {
            keys(part, into);
        }
    }
}

#[test]
fn every_code_says_what_the_old_sentence_said_in_every_language() {
    for (saying, old) in codes() {
        assert_eq!(saying.to_string(), old, "{}", saying.key());
        let mut used = BTreeSet::new();
        keys(&saying, &mut used);
        // Those of the topic "said" were in English for everybody, and stay so in an old ledger.
        let was_told = used.iter().all(|key| key.starts_with("told-") || *key == "listed-parts");
        assert_eq!(known(old).is_some(), was_told, "{old}");
        for language in Language::ALL {
            let text = saying.text(language);
            let alike = language == Language::English || old == "transaction 7" && language == Language::French;
            assert_eq!(text == old, alike, "{language}: {old}");
            assert_eq!(told(old).text(language), if was_told { text } else { old.to_string() }, "{language}");
        }
    }
}

#[test]
fn every_sentence_of_a_code_is_held_against_the_old_one() {
    let mut used = BTreeSet::from(GUARD_AS_TEXT);
    for (saying, _) in codes() {
        keys(&saying, &mut used);
    }
    for (topic, text) in catalogue::files(Language::English) {
        let keys = text.lines().filter_map(|line| Some(line.split_once(" = ")?.0)).filter(|key| !key.starts_with('#'));
        for key in keys.filter(|_| ["told", "said"].contains(topic)) {
            assert!(used.contains(key), "{key} is the sentence of no code here");
        }
    }
    assert!(sentences().iter().all(|(key, _)| used.contains(key)));
}

#[test]
fn what_others_said_stays_as_they_said_it() {
    for text in [
        "Maximum Account Balance",
        "Jean is ill",
        "wait for the bank",
        "transaction lost by the bank",
        "JUL-1 is not mine",
        "batch B1 is approved: many payouts go",
        "the pause.",
        "",
    ] {
        for language in Language::ALL {
            assert_eq!(told(text).text(language), text);
        }
    }
}

#[test]
fn what_an_older_ledger_keeps_of_the_guard_is_told_in_every_language() {
    let text = "2 rows pay the same person the same amount as another batch of the last 20 days: line 2 (AUG-1): JUL-1 of \
                2026-07-30, batch B000012, paid; line 3 (AUG-2): JUL-2 of 2026-07-30, batch B000012, declined, but \
                perhaps paid; and 4 more; if that is right, 'payoutd release'";
    assert_eq!(told(text).to_string(), text);
    let french = told(text).text(Language::French);
    assert!(
        french.contains("ligne 3 (AUG-2)") && french.contains("et 4 de plus") && !french.contains("rows"),
        "{french}"
    );
}
