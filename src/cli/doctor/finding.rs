//! One finding of the doctor's: what it is about, how bad it is, what it is, and what mends it.
//!
//! Must never: be bad without saying what to do.

use crate::report::cell::one_line;
use serde_json::json;
use std::fmt::Write;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grade {
    Good,
    /// It works, and deserves a look.
    Warning,
    /// It keeps payoutd from working, or endangers money.
    Bad,
}

impl Grade {
    /// As it begins a line.
    fn word(self) -> &'static str {
        match self {
            Grade::Good => "good",
            Grade::Warning => "warning",
            Grade::Bad => "BAD",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub grade: Grade,
    /// What was looked at: `secret`, `inbox`, `clock`…
    pub about: &'static str,
    /// What is so, with the file, setting or host.
    pub what: String,
    /// The command or setting that mends it. `None` where `what` ends with it, or nothing is to mend.
    pub mend: Option<String>,
}

impl Finding {
    pub fn good(about: &'static str, what: impl Into<String>) -> Finding {
        Finding { grade: Grade::Good, about, what: what.into(), mend: None }
    }

    pub fn warning(about: &'static str, what: impl Into<String>, mend: impl Into<String>) -> Finding {
        Finding { grade: Grade::Warning, about, what: what.into(), mend: Some(mend.into()) }
    }

    pub fn bad(about: &'static str, what: impl Into<String>, mend: impl Into<String>) -> Finding {
        Finding { grade: Grade::Bad, about, what: what.into(), mend: Some(mend.into()) }
    }

    /// Words that say themselves what to do.
    pub fn told(grade: Grade, about: &'static str, words: impl Into<String>) -> Finding {
        Finding { grade, about, what: words.into(), mend: None }
    }

    pub fn is_bad(&self) -> bool {
        self.grade == Grade::Bad
    }
}

/// One line each, and one for what mends it.
pub fn word(findings: &[Finding]) -> String {
    let mut text = String::new();
    for Finding { grade, about, what, mend } in findings {
        let _ = writeln!(text, "{:<8} {about}: {}", grade.word(), one_line(what));
        if let Some(mend) = mend {
            let _ = writeln!(text, "         mend: {}", one_line(mend));
        }
    }
    text
}

/// The same for scripts, a JSON array.
pub fn as_json(findings: &[Finding]) -> String {
    let one = |finding: &Finding| {
        let Finding { grade, about, what, mend } = finding;
        json!({ "grade": grade.word().to_lowercase(), "about": about, "what": one_line(what), "mend": mend.as_deref().map(one_line) })
    };
    format!("{}\n", serde_json::Value::Array(findings.iter().map(one).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_a_line_and_the_command_that_mends_it_another() {
        let found = [Finding::good("disk", "9 MB"), Finding::bad("inbox", "closed\n", "chmod 3770 inbox")];
        assert_eq!(word(&found), "good     disk: 9 MB\nBAD      inbox: closed\\n\n         mend: chmod 3770 inbox\n");
        let read: serde_json::Value = serde_json::from_str(&as_json(&found)).unwrap();
        assert_eq!((read[1]["grade"].as_str(), read[1]["mend"].as_str()), (Some("bad"), Some("chmod 3770 inbox")));
        assert!(read[0]["mend"].is_null());
    }
}
