//! The known name nearest to a mistyped one, by edit distance.
//!
//! Must never: be used to act on a guess. It only words a message.

/// Insertions, removals and replacements from `a` to `b`; a swap of neighbours counts as one too.
pub fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for (i, from) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, to) in b.iter().enumerate() {
            let replaced = rows[i][j] + usize::from(from != to);
            let mut best = replaced.min(row[j] + 1).min(rows[i][j + 1] + 1);
            if i > 0 && j > 0 && a[i - 1] == *to && b[j - 1] == *from {
                best = best.min(rows[i - 1][j - 1] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

/// The nearest of `known`, if it is near enough to be what was meant: a third of the letters off at
/// most, or one. The first of equals wins.
pub fn nearest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let allowed = (name.chars().count() / 3).max(1);
    let lower = name.to_lowercase().replace('-', "_");
    known
        .into_iter()
        .map(|candidate| (distance(&lower, candidate), candidate))
        .filter(|(off, _)| *off <= allowed)
        .min_by_key(|(off, _)| *off)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found_and_far_ones_are_not_forced() {
        let known = ["grace", "attempts", "ask_every", "ask_at_most_every", "not_found_answers"];
        for (typed, meant) in [
            ("gracce", Some("grace")),
            ("garce", Some("grace")),
            ("Ask-Every", Some("ask_every")),
            ("attempt", Some("attempts")),
            ("not_found_answer", Some("not_found_answers")),
            ("colour", None),
            ("", None),
        ] {
            assert_eq!(nearest(typed, known), meant, "{typed}");
        }
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
