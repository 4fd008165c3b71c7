//! How new a report is: the event numbers it was written from, as the summary and the mark carry
//! them, and whether one report may take another's place.
//!
//! Must never: let an older report, or one of another world, replace what is there.

use super::ReportError;

/// Begins the summary's line that a mark is read from.
const LINE: &str = "Event number: ";

/// What a report was written from. Told by one line, the same in summary and mark file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Number of the last event of the batch.
    pub event: i64,
    /// Number of the last event of the whole ledger: a retry in another batch moves only this one.
    pub head: i64,
    pub simulated: bool,
    /// SHA-256 of the retry file that was written beside, in hex.
    pub retry: Option<String>,
}

impl Mark {
    pub fn line(&self) -> String {
        let world = world(self.simulated);
        let retry = self.retry.as_deref().unwrap_or("none");
        format!("{LINE}{}, ledger event {}, {world}, retry file SHA-256 {retry}", self.event, self.head)
    }

    /// Finds the mark in a summary or mark file. Texts from outside never begin a line there.
    pub fn read(text: &str) -> Option<Mark> {
        let line = text.lines().rev().find_map(|line| line.strip_prefix(LINE))?;
        let mut parts = line.split(", ");
        let event = parts.next()?.parse().ok()?;
        let head = parts.next()?.strip_prefix("ledger event ")?.parse().ok()?;
        let simulated = match parts.next()? {
            "simulation" => true,
            "real" => false,
            _ => return None,
        };
        let retry = parts.next()?.strip_prefix("retry file SHA-256 ")?;
        let retry = (retry != "none").then(|| retry.to_string());
        Some(Mark { event, head, simulated, retry })
    }

    /// Whether a report with this mark may replace the one that `there` was read from.
    pub fn may_replace(&self, there: &Mark, name: &str) -> Result<(), ReportError> {
        if there.simulated != self.simulated {
            let (there, ours) = (world(there.simulated), world(self.simulated));
            return Err(ReportError::OtherWorld { name: name.to_string(), there, ours });
        }
        if there.event > self.event || there.head > self.head {
            let place = |mark: &Mark| format!("{} of {}", mark.event, mark.head);
            return Err(ReportError::Newer { name: name.to_string(), there: place(there), ours: place(self) });
        }
        Ok(())
    }
}

fn world(simulated: bool) -> &'static str {
    if simulated { "simulation" } else { "real" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(event: i64, head: i64, simulated: bool) -> Mark {
        Mark { event, head, simulated, retry: None }
    }

    #[test]
    fn only_the_same_or_a_newer_report_of_the_same_world_takes_the_place() {
        let there = mark(10, 100, false);
        for (ours, may) in [
            (mark(10, 100, false), true),
            (mark(11, 101, false), true),
            (mark(10, 105, false), true),
            (mark(9, 100, false), false),
            (mark(10, 99, false), false),
            (mark(11, 99, false), false),
            (mark(11, 101, true), false),
        ] {
            assert_eq!(ours.may_replace(&there, "a").is_ok(), may, "{ours:?}");
        }
    }

    #[test]
    fn a_mark_reads_back_and_anything_else_is_none() {
        let whole = Mark { event: 7, head: 90, simulated: true, retry: Some("ab".into()) };
        assert_eq!(Mark::read(&format!("x\n{}\ny\n", whole.line())), Some(whole));
        assert_eq!(Mark::read(&mark(7, 9, false).line()), Some(mark(7, 9, false)));
        for text in
            ["", "Event number: ", "Event number: x, ledger event 9, real, retry file SHA-256 none", "Event number: 7"]
        {
            assert_eq!(Mark::read(text), None, "{text}");
        }
    }
}
