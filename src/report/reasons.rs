//! Why a payout stands where it stands, in the reader's language.
//!
//! Must never: put what MonCash or a person said into other words, or tell a person to pay by hand what
//! may be paid.

use crate::payout::state::{HeldReason, Reason};
use crate::words::{Language, Saying, say, told};
use std::borrow::Cow;

/// The reason as a sentence of the catalogue.
pub fn saying(reason: &Reason<'_>) -> Saying {
    match reason {
        Reason::Nothing => say!("why-as-told", text = ""),
        Reason::InDoubt => say!("reason-in-doubt"),
        Reason::Told(words) => say!("why-as-told", text = words.as_ref()),
        Reason::Held(held, detail) if detail.is_empty() => held_saying(held),
        Reason::Held(held, detail) => {
            say!("reason-with-detail", reason = held_saying(held), detail = told(detail))
        }
    }
}

/// The same as text. English needs no catalogue: the core has these sentences itself, for the journal.
pub fn text<'a>(reason: &'a Reason<'_>, language: Language) -> Cow<'a, str> {
    match (reason, language) {
        (Reason::Nothing, _) => Cow::Borrowed(""),
        (Reason::Told(words), _) => Cow::Borrowed(words),
        (_, Language::English) => Cow::Owned(reason.to_string()),
        _ => Cow::Owned(saying(reason).text(language)),
    }
}

/// The runbook's entry for whoever has to look into it.
pub fn entry(reason: &Reason<'_>) -> Option<String> {
    match reason {
        Reason::Held(held, _) => {
            let word = serde_json::to_value(held).ok()?;
            Some(format!("RUNBOOK.md#held-{}", word.as_str()?.replace('_', "-")))
        }
        Reason::InDoubt => Some("RUNBOOK.md#in-doubt-too-long".to_string()),
        Reason::Nothing | Reason::Told(_) => None,
    }
}

fn held_saying(reason: &HeldReason) -> Saying {
    match reason {
        HeldReason::ReferenceUsedBefore => say!("held-reference-used-before"),
        HeldReason::ReferenceRefusedBefore => say!("held-reference-refused-before"),
        HeldReason::AncestorNotUnpaid => say!("held-ancestor-not-unpaid"),
        HeldReason::TooOld => say!("held-too-old"),
        HeldReason::TooOldToSendAgain => say!("held-too-old-to-send-again"),
        HeldReason::OnOrder => say!("held-on-order"),
        HeldReason::AskedTooLong => say!("held-asked-too-long"),
        HeldReason::Contradiction => say!("held-contradiction"),
        HeldReason::EchoDiffers => say!("held-echo-differs"),
        HeldReason::PaidByWhom => say!("held-paid-by-whom"),
        HeldReason::AttemptsUsed => say!("held-attempts-used"),
        HeldReason::NotFoundHold => say!("held-not-found-hold"),
        HeldReason::RefusalUnclear => say!("held-refusal-unclear"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [HeldReason; 13] = [
        HeldReason::ReferenceUsedBefore,
        HeldReason::ReferenceRefusedBefore,
        HeldReason::AncestorNotUnpaid,
        HeldReason::TooOld,
        HeldReason::TooOldToSendAgain,
        HeldReason::OnOrder,
        HeldReason::AskedTooLong,
        HeldReason::Contradiction,
        HeldReason::EchoDiffers,
        HeldReason::PaidByWhom,
        HeldReason::AttemptsUsed,
        HeldReason::NotFoundHold,
        HeldReason::RefusalUnclear,
    ];

    #[test]
    fn the_catalogue_and_the_core_say_the_same() {
        for held in ALL {
            assert_eq!(held_saying(&held).to_string(), held.sentence());
            let reason = Reason::Held(held, Cow::Borrowed("24h"));
            assert_eq!(saying(&reason).to_string(), reason.to_string());
            assert_eq!(text(&reason, Language::English), reason.to_string());
        }
        assert_eq!(saying(&Reason::InDoubt).to_string(), Reason::InDoubt.to_string());
    }

    #[test]
    fn who_has_to_look_is_led_to_the_runbook() {
        let of = |reason: &Reason<'_>| entry(reason).unwrap_or_default();
        assert_eq!(of(&Reason::Held(HeldReason::AskedTooLong, Cow::Borrowed(""))), "RUNBOOK.md#held-asked-too-long");
        assert_eq!(of(&Reason::InDoubt), "RUNBOOK.md#in-doubt-too-long");
        assert_eq!(entry(&Reason::Told(Cow::Borrowed("x"))), None);
        let page = include_str!("../../systemd/RUNBOOK.md");
        for held in ALL {
            let named = of(&Reason::Held(held, Cow::Borrowed("")));
            let anchor = named.split_once('#').map(|(_, anchor)| format!("<a id=\"{anchor}\">"));
            assert!(anchor.is_some_and(|anchor| page.contains(&anchor)), "{named}");
        }
    }

    #[test]
    fn whatever_may_be_paid_says_in_every_language_not_to_pay_by_hand() {
        let never = [
            (Language::English, "do not pay by hand"),
            (Language::French, "ne payez pas à la main"),
            (Language::Kreyol, "pa peye alamen"),
        ];
        for (language, words) in never {
            let doubt = text(&Reason::InDoubt, language);
            assert!(doubt.contains(words), "{doubt}");
            for held in ALL {
                let unsent = matches!(held, HeldReason::TooOld | HeldReason::OnOrder | HeldReason::TooOldToSendAgain);
                let reason = Reason::Held(held, Cow::Borrowed(""));
                let told = text(&reason, language);
                assert!(unsent || told.contains(words), "{told}");
            }
        }
    }

    #[test]
    fn what_was_said_is_told_as_it_was_said() {
        let words = "Maximum Account Balance";
        for language in Language::ALL {
            assert_eq!(text(&Reason::Told(Cow::Borrowed(words)), language), words);
            assert!(
                text(&Reason::Held(HeldReason::OnOrder, Cow::Borrowed("na gade")), language).ends_with("(na gade)")
            );
        }
    }
}
