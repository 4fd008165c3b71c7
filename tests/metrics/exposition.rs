//! Reads Prometheus's text format (0.0.4) as its documentation has it, and refuses everything else.
//!
//! Must never: let pass what Prometheus would read otherwise.

use std::collections::{BTreeMap, BTreeSet};

type Labels = BTreeMap<String, String>;

/// One sample. Values stay texts: money is compared as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    pub name: String,
    pub labels: Labels,
    pub value: String,
}

#[derive(Debug, Default)]
pub struct Exposition {
    /// Name and kind.
    pub families: BTreeMap<String, String>,
    pub samples: Vec<Sample>,
}

impl Exposition {
    /// The value of the one sample with this name and these labels.
    #[track_caller]
    pub fn value(&self, name: &str, labels: &[(&str, &str)]) -> String {
        let labels: Labels = labels.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
        let found: Vec<&Sample> = self.samples.iter().filter(|s| s.name == name && s.labels == labels).collect();
        assert_eq!(found.len(), 1, "{name}{labels:?}");
        found[0].value.clone()
    }

    #[track_caller]
    pub fn number(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        self.value(name, labels).parse().expect("a number")
    }

    pub fn has(&self, name: &str) -> bool {
        self.samples.iter().any(|sample| sample.name == name)
    }
}

/// Reads a page.
pub fn read(text: &str) -> Result<Exposition, String> {
    if !text.is_empty() && !text.ends_with('\n') {
        return Err("the last line does not end".to_string());
    }
    let mut page = Exposition::default();
    let mut helped: Option<String> = None;
    let mut open = String::new();
    for line in text.lines() {
        let wrong = |why: &str| Err(format!("{why}: {line:?}"));
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let Some((name, help)) = rest.split_once(' ') else { return wrong("no help") };
            if !is_name(name) || help.trim().is_empty() || !escapes_are_known(help, &['\\', 'n']) {
                return wrong("a help that is none");
            }
            helped = Some(name.to_string());
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let Some((name, kind)) = rest.split_once(' ') else { return wrong("no type") };
            if helped.as_deref() != Some(name) {
                return wrong("a type without its help before it");
            }
            if !["gauge", "counter", "histogram"].contains(&kind) {
                return wrong("no such type");
            }
            if (kind == "counter") != name.ends_with("_total") {
                return wrong("a counter ends with _total, and nothing else does");
            }
            if page.families.insert(name.to_string(), kind.to_string()).is_some() {
                return wrong("a family twice");
            }
            open = name.to_string();
        } else if line.starts_with('#') {
            return wrong("a comment");
        } else {
            let sample = sample(line).map_err(|why| format!("{why}: {line:?}"))?;
            let kind = page.families.get(&open).map(String::as_str).unwrap_or_default();
            let belongs = match kind {
                "histogram" => ["_bucket", "_sum", "_count"].iter().any(|end| sample.name == format!("{open}{end}")),
                "" => false,
                _ => sample.name == open,
            };
            if !belongs {
                return wrong("a sample outside of its family");
            }
            page.samples.push(sample);
        }
    }
    judge(&page)?;
    Ok(page)
}

fn sample(line: &str) -> Result<Sample, String> {
    let end = line.find(['{', ' ']).ok_or("no value")?;
    let (name, mut rest) = line.split_at(end);
    if !is_name(name) {
        return Err("a name that is none".to_string());
    }
    let mut labels = Labels::new();
    if let Some(inside) = rest.strip_prefix('{') {
        rest = inside;
        loop {
            let (label, after) = rest.split_once("=\"").ok_or("a label without a value")?;
            if !is_name(label) || label.contains(':') || label.starts_with("__") {
                return Err(format!("the label {label:?}"));
            }
            let (value, after) = quoted(after)?;
            if labels.insert(label.to_string(), value).is_some() {
                return Err("a label twice".to_string());
            }
            match after.chars().next() {
                Some(',') => rest = &after[1..],
                Some('}') => {
                    rest = &after[1..];
                    break;
                }
                _ => return Err("labels that do not end".to_string()),
            }
        }
    }
    let value = rest.strip_prefix(' ').ok_or("no space before the value")?;
    let is_value = matches!(value, "+Inf" | "-Inf" | "NaN")
        || value.parse::<f64>().is_ok_and(|number| number.is_finite())
            && value.bytes().all(|b| b"0123456789.-+eE".contains(&b));
    if !is_value {
        return Err("a value that is none".to_string());
    }
    Ok(Sample { name: name.to_string(), labels, value: value.to_string() })
}

fn quoted(text: &str) -> Result<(String, &str), String> {
    let (mut value, mut chars) = (String::new(), text.char_indices());
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok((value, &text[at + 1..])),
            '\\' => match chars.next() {
                Some((_, 'n')) => value.push('\n'),
                Some((_, c @ ('\\' | '"'))) => value.push(c),
                _ => return Err("an escape that is none".to_string()),
            },
            c => value.push(c),
        }
    }
    Err("a label that does not end".to_string())
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == ':')
}

fn escapes_are_known(text: &str, known: &[char]) -> bool {
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == '\\' && !chars.next().is_some_and(|c| known.contains(&c)) {
            return false;
        }
    }
    true
}

/// What holds between samples: no series twice, histograms that add up.
fn judge(page: &Exposition) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for Sample { name, labels, .. } in &page.samples {
        if !seen.insert((name, labels)) {
            return Err(format!("a series twice: {name}{labels:?}"));
        }
    }
    for (family, kind) in &page.families {
        if kind == "counter" && page.samples.iter().any(|s| s.name == *family && s.value.starts_with('-')) {
            return Err(format!("{family} counts below nothing"));
        }
        if kind == "histogram" {
            judge_histogram(page, family)?;
        }
    }
    Ok(())
}

fn judge_histogram(page: &Exposition, family: &str) -> Result<(), String> {
    let mut series: BTreeMap<Labels, Vec<(f64, f64)>> = BTreeMap::new();
    for sample in page.samples.iter().filter(|s| s.name == format!("{family}_bucket")) {
        let mut labels = sample.labels.clone();
        let bound = labels.remove("le").ok_or("a bucket without its bound")?;
        let bound = if bound == "+Inf" { f64::INFINITY } else { bound.parse().map_err(|_| "a bound that is none")? };
        series.entry(labels).or_default().push((bound, sample.value.parse().map_err(|_| "a count that is none")?));
    }
    for (labels, buckets) in &series {
        let labels: Vec<(&str, &str)> = labels.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        let rise = buckets.is_sorted_by(|a, b| a.0 < b.0 && a.1 <= b.1);
        let last = buckets.last().copied().unwrap_or_default();
        let count = page.number(&format!("{family}_count"), &labels);
        let sum = page.number(&format!("{family}_sum"), &labels);
        if !rise || last != (f64::INFINITY, count) || sum < 0.0 || (count == 0.0 && sum != 0.0) {
            return Err(format!("{family}{labels:?} does not add up: {buckets:?}, {count}, {sum}"));
        }
    }
    if series.is_empty() { Err(format!("{family} has no buckets")) } else { Ok(()) }
}

#[test]
fn what_prometheus_would_not_read_is_refused() {
    let head = "# HELP a_total A.\n# TYPE a_total counter\n";
    for good in ["a_total 1\n", "a_total{x=\"\"} 1.50\n", "a_total{x=\"a\\\"b\\\\c\\n\",y=\"2\"} 1\n"] {
        read(&format!("{head}{good}")).unwrap_or_else(|why| panic!("{good}: {why}"));
    }
    for bad in [
        "a_total 1",
        "a_total  1\n",
        "a_total\n",
        "a_total 1,5\n",
        "a_total 1 HTG\n",
        "a_total{x=1} 1\n",
        "a_total{x=\"1\" 1\n",
        "a_total{x=\"1\",x=\"2\"} 1\n",
        "a_total{x=\"\\t\"} 1\n",
        "a_total{__x=\"1\"} 1\n",
        "a_total 1\na_total 2\n",
        "a_total -1\n",
        "b_total 1\n",
        "# HELP a_total A.\n# TYPE a_total counter\n",
        "# TYPE b gauge\nb 1\n",
        "# HELP b B.\n# TYPE b counter\nb 1\n",
        "# HELP b_total B.\n# TYPE b_total gauge\nb_total 1\n",
        "# EOF\n",
        "\n",
    ] {
        assert!(read(&format!("{head}{bad}")).is_err(), "{bad:?} was read");
    }
    let buckets = |counts: [u32; 2], count: u32| {
        let [one, all] = counts;
        read(&format!(
            "# HELP t T.\n# TYPE t histogram\nt_bucket{{le=\"1\"}} {one}\nt_bucket{{le=\"+Inf\"}} {all}\nt_sum 3\nt_count {count}\n"
        ))
    };
    assert!(buckets([1, 2], 2).is_ok());
    assert!(buckets([2, 1], 1).is_err() && buckets([1, 2], 3).is_err());
}
