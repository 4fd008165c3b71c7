//! Prometheus's text format (0.0.4), written line by line. Every value is printed from whole numbers:
//! gourdes with their two decimals, times to the microsecond.
//!
//! Must never: print a sample without its family, or a family twice.

use super::families::{Family, Kind};
use super::histogram::Histogram;
use std::fmt::{Display, Write};

/// What the page is served as.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// A page that grows.
#[derive(Default)]
pub struct Page(String);

impl Page {
    /// A family with one sample and no label.
    pub fn one(&mut self, family: &Family, value: impl Display) {
        self.family(family).sample(&[], value);
    }

    /// A family, whose samples follow.
    pub fn family<'a>(&'a mut self, family: &'a Family) -> Samples<'a> {
        let Family { name, kind, help } = family;
        let _ = writeln!(self.0, "# HELP {name} {}", escape(help, false));
        let _ = writeln!(self.0, "# TYPE {name} {}", kind.word());
        Samples { page: &mut self.0, family }
    }

    pub fn text(self) -> String {
        self.0
    }
}

/// Where the samples of one family are written.
pub struct Samples<'a> {
    page: &'a mut String,
    family: &'a Family,
}

impl Samples<'_> {
    pub fn sample(&mut self, labels: &[(&str, &str)], value: impl Display) {
        self.line("", labels, value);
    }

    /// The samples of a histogram.
    pub fn histogram(&mut self, labels: &[(&str, &str)], histogram: &Histogram) {
        debug_assert_eq!(self.family.kind, Kind::Histogram);
        let mut bucket = |bound: &str, count| {
            let mut labels = labels.to_vec();
            labels.push(("le", bound));
            self.line("_bucket", &labels, count);
        };
        for (bound, count) in histogram.buckets() {
            bucket(&bound.to_string(), count);
        }
        bucket("+Inf", histogram.count());
        self.line("_sum", labels, histogram.sum());
        self.line("_count", labels, histogram.count());
    }

    fn line(&mut self, ending: &str, labels: &[(&str, &str)], value: impl Display) {
        let _ = write!(self.page, "{}{ending}", self.family.name);
        for (place, (name, text)) in labels.iter().enumerate() {
            let before = if place == 0 { '{' } else { ',' };
            let _ = write!(self.page, "{before}{name}=\"{}\"", escape(text, true));
        }
        let after = if labels.is_empty() { "" } else { "}" };
        let _ = writeln!(self.page, "{after} {value}");
    }
}

/// A text as the format wants it: in a label quotes are escaped too.
fn escape(text: &str, label: bool) -> String {
    let escaped = text.replace('\\', "\\\\").replace('\n', "\\n");
    if label { escaped.replace('"', "\\\"") } else { escaped }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payout::money::Amount;
    use std::time::Duration;

    const MONEY: Family = Family { name: "x_htg", kind: Kind::Gauge, help: "Money\nhere \\ there" };
    const TIME: Family = Family { name: "x_seconds", kind: Kind::Histogram, help: "Time" };

    #[test]
    fn a_page_is_written_as_prometheus_reads_it() {
        let mut page = Page::default();
        let mut samples = page.family(&MONEY);
        samples.sample(&[("state", "a \"b\" \\ c\nd")], Amount::from_centimes(123_456_789_012_345));
        samples.sample(&[("state", "x"), ("y", "z")], Amount::from_centimes(-5));
        let mut histogram = Histogram::new(&[250, 1_000_000]);
        histogram.note(Duration::from_millis(2));
        page.family(&TIME).histogram(&[("call", "transfer")], &histogram);
        let wanted = r#"# HELP x_htg Money\nhere \\ there
# TYPE x_htg gauge
x_htg{state="a \"b\" \\ c\nd"} 1234567890123.45
x_htg{state="x",y="z"} -0.05
# HELP x_seconds Time
# TYPE x_seconds histogram
x_seconds_bucket{call="transfer",le="0.00025"} 0
x_seconds_bucket{call="transfer",le="1"} 1
x_seconds_bucket{call="transfer",le="+Inf"} 1
x_seconds_sum{call="transfer"} 0.002
x_seconds_count{call="transfer"} 1
"#;
        assert_eq!(page.text(), wanted);
    }
}
