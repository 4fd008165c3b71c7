//! The cutting held against the rule written out by hand: every row, every cell, and where no rule holds.

use super::*;
use proptest::prelude::*;

/// What a cut comes to: how far, its cells and how it ends; or none, and whether more bytes could mend it.
type Cells = Result<(usize, usize, End, Vec<Vec<u8>>), bool>;

/// RFC 4180 as the page of the batch file has it.
fn by_hand(bytes: &[u8], delimiter: u8, last: bool) -> Cells {
    let (mut at, mut cells) = (0, Vec::new());
    loop {
        let (mut cell, quoted) = (Vec::new(), bytes.get(at) == Some(&b'"'));
        if quoted {
            at += 1;
            loop {
                match (bytes.get(at), bytes.get(at + 1)) {
                    (Some(b'"'), Some(b'"')) => {
                        cell.push(b'"');
                        at += 2;
                    }
                    (Some(b'"'), _) => break,
                    (Some(byte), _) => {
                        cell.push(*byte);
                        at += 1;
                    }
                    (None, _) => return Err(!last),
                }
            }
            at += 1;
        }
        while !quoted && bytes.get(at).is_some_and(|byte| ![delimiter, b'\n', b'\r'].contains(byte)) {
            cell.push(bytes[at]);
            at += 1;
        }
        cells.push(cell);
        let end = End { line_end: at < bytes.len(), quoted };
        match (bytes.get(at), bytes.get(at + 1)) {
            (Some(byte), _) if *byte == delimiter => at += 1,
            (Some(b'\r'), Some(b'\n')) => return Ok((at, at + 2, end, cells)),
            (Some(b'\r'), None) if !last => return Err(true),
            (Some(b'\n' | b'\r'), _) => return Ok((at, at + 1, end, cells)),
            (Some(_), _) => return Err(false),
            (None, _) if last => return Ok((at, at, end, cells)),
            (None, _) => return Err(true),
        }
    }
}

fn cut(cutter: &mut Cutter, bytes: &[u8], last: bool) -> Cells {
    let (mut text, mut spans) = (vec![0; bytes.len() + 1], Vec::new());
    match cutter.cut(bytes, last, &mut text, &mut spans) {
        Cut::Whole { content, taken, end } => {
            Ok((content, taken, end, spans.iter().map(|(from, to)| text[*from..*to].to_vec()).collect()))
        }
        Cut::Broken => Err(false),
        Cut::More => Err(true),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn records_are_cut_as_the_rule_says(text in "[\",;\r\na\u{feff}]{1,14}", last in any::<bool>()) {
        for delimiter in [b',', b';'] {
            let (cut, hand) = (cut(&mut Cutter::new(delimiter), text.as_bytes(), last), by_hand(text.as_bytes(), delimiter, last));
            // Text behind a closed quote, and the end of what is there before the record's: either refuses the line.
            let differs = matches!((&cut, &hand), (Err(_), Err(_))) && !last;
            prop_assert!(cut == hand || differs, "{:?} {} {:?} {:?}", text, last, cut, hand);
        }
    }
}

#[test]
fn a_byte_order_mark_is_passed_over_at_no_row() {
    let mut cutter = Cutter::new(b',');
    for _ in 0..2 {
        let (.., cells) = cut(&mut cutter, "\u{feff}a,b\n".as_bytes(), true).unwrap();
        assert_eq!(cells, ["\u{feff}a".as_bytes(), b"b"]);
    }
}
