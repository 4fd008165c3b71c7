//! A full product of rows, told as a tree: values that lead to the same share a line.
//!
//! Must never: leave a value out; a line without it holds for all of them.

use std::fmt::Write;

/// The values of one question, in words.
pub type Values = Vec<&'static str>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    Leaf(String),
    /// Which values lead where; at least two groups.
    Branch(Vec<(Vec<&'static str>, Node)>),
    /// There is no such combination.
    Never,
}

/// Asks `leaf` about every combination of values and joins what ends the same.
pub fn product(questions: &[Values], leaf: &mut dyn FnMut(&[usize]) -> Node) -> Node {
    node(questions, &mut Vec::new(), leaf)
}

fn node(questions: &[Values], at: &mut Vec<usize>, leaf: &mut dyn FnMut(&[usize]) -> Node) -> Node {
    let Some(values) = questions.get(at.len()) else { return leaf(at) };
    let mut groups: Vec<(Vec<&'static str>, Node)> = Vec::new();
    for (place, words) in values.iter().enumerate() {
        at.push(place);
        let child = node(questions, at, leaf);
        at.pop();
        if child == Node::Never {
            continue;
        }
        match groups.iter_mut().find(|(_, known)| *known == child) {
            Some((members, _)) => members.push(words),
            None => groups.push((vec![words], child)),
        }
    }
    match groups.len() {
        0 => Node::Never,
        1 => groups.remove(0).1,
        _ => Node::Branch(groups),
    }
}

/// So many values are not listed where they are all the rest.
const MANY: usize = 4;

impl Node {
    /// Writes one line for each group, the largest last where it is everything else.
    pub fn tell(&self, depth: usize, out: &mut String) {
        let groups = match self {
            Node::Leaf(outcome) => return writeln!(out, "{:1$}→ {outcome}", "", 2 * depth).unwrap(),
            Node::Branch(groups) => groups,
            Node::Never => return,
        };
        let largest = groups.iter().map(|(members, _)| members.len()).max().filter(|most| *most >= MANY);
        let rest = largest.and_then(|most| groups.iter().position(|(members, _)| members.len() == most));
        let listed = groups.iter().enumerate().filter(|(place, _)| Some(*place) != rest);
        for (_, (members, child)) in listed {
            child.tell_under(&members.join(" | "), depth, out);
        }
        if let Some((_, child)) = rest.and_then(|place| groups.get(place)) {
            child.tell_under("otherwise", depth, out);
        }
    }

    fn tell_under(&self, title: &str, depth: usize, out: &mut String) {
        match self {
            Node::Leaf(outcome) => writeln!(out, "{:1$}{title} → {outcome}", "", 2 * depth).unwrap(),
            Node::Never => {}
            Node::Branch(_) => {
                writeln!(out, "{:1$}{title}", "", 2 * depth).unwrap();
                self.tell(depth + 1, out);
            }
        }
    }
}
