//! Why a payout stands where it stands, in the reader's language.
//!
//! Must never: put what MonCash or a person said into other words, or tell a person to pay by hand what
//! may be paid.

use crate::payout::state::Reason;
use crate::words::Language;
pub use crate::words::said::reason as saying;
use std::borrow::Cow;

/// The reason in the reader's language.
pub fn text<'a>(reason: &'a Reason<'_>, language: Language) -> Cow<'a, str> {
    match reason {
        Reason::Nothing => Cow::Borrowed(""),
        Reason::Told(words) => Cow::Borrowed(words),
        Reason::InDoubt | Reason::Held(..) => Cow::Owned(saying(reason).text(language)),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payout::message::Said;
    use crate::payout::state::HeldReason;

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

    fn held(reason: HeldReason, detail: &str) -> Reason<'static> {
        Reason::Held(reason, Cow::Owned(Said::from(detail)))
    }

    #[test]
    fn who_has_to_look_is_led_to_the_runbook() {
        let of = |reason: &Reason<'_>| entry(reason).unwrap_or_default();
        assert_eq!(of(&held(HeldReason::AskedTooLong, "")), "RUNBOOK.md#held-asked-too-long");
        assert_eq!(of(&Reason::InDoubt), "RUNBOOK.md#in-doubt-too-long");
        assert_eq!(entry(&Reason::Told(Cow::Borrowed("x"))), None);
        let page = include_str!("../../systemd/RUNBOOK.md");
        for reason in ALL {
            let named = of(&held(reason, ""));
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
            for reason in ALL {
                let unsent = matches!(reason, HeldReason::TooOld | HeldReason::OnOrder | HeldReason::TooOldToSendAgain);
                let held = held(reason, "");
                let told = text(&held, language);
                assert!(unsent || told.contains(words), "{told}");
            }
        }
    }

    #[test]
    fn what_was_said_is_told_as_it_was_said() {
        let words = "Maximum Account Balance";
        for language in Language::ALL {
            assert_eq!(text(&Reason::Told(Cow::Borrowed(words)), language), words);
            assert!(text(&held(HeldReason::OnOrder, "na gade"), language).ends_with("(na gade)"));
        }
    }
}
