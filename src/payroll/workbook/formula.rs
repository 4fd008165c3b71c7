//! The formulas that are worked out: + − × ÷, `%`, brackets, SUM and ROUND over cells of the same sheet, as Excel
//! and as OpenDocument write them.
//!
//! Must never: guess at what it does not know. One word, name or sign beyond these, and nothing is worked out.

use super::exact::Exact;
use std::ops::RangeInclusive;
use std::rc::Rc;

/// Bytes of a formula that is looked at.
pub(super) const LONGEST: usize = 1_000;
/// Brackets within brackets.
const DEEPEST: u32 = 30;
/// Rows and columns of the largest sheet.
const ROWS: i64 = 1_048_576;
const COLUMNS: i64 = 16_384;
/// What OpenDocument writes before a formula in the language that is known.
const MARKS: [&str; 2] = ["of:", "oooc:"];

/// Where a cell stands, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub row: u32,
    pub column: u32,
}

/// A cell's formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Formula {
    pub text: Rc<str>,
    /// The cell that it was written in: what it names is moved along with it.
    pub written: Place,
}

/// The cells that formulas name.
pub(super) trait Cells {
    /// The number in a cell; an empty one is zero.
    fn number(&self, place: Place) -> Option<Exact>;
    /// The sum of the numbers among cells; texts count nothing.
    fn sum(&self, rows: RangeInclusive<u32>, columns: RangeInclusive<u32>) -> Option<Exact>;
}

/// What a formula gives in this cell. None: it cannot be said.
pub(super) fn work_out(formula: &Formula, place: Place, cells: &dyn Cells) -> Option<Exact> {
    let text = MARKS.iter().find_map(|mark| formula.text.strip_prefix(mark)).unwrap_or(&formula.text);
    if text.len() > LONGEST {
        return None;
    }
    let moved = |to: u32, from: u32| i64::from(to) - i64::from(from);
    let rows = moved(place.row, formula.written.row);
    let columns = moved(place.column, formula.written.column);
    let mut reading = Reading { rest: text.trim().trim_start_matches('='), rows, columns, cells, depth: 0 };
    let number = reading.expression()?;
    reading.space();
    reading.rest.is_empty().then_some(number)
}

struct Reading<'a> {
    rest: &'a str,
    /// How far relative references are moved.
    rows: i64,
    columns: i64,
    cells: &'a dyn Cells,
    depth: u32,
}

impl Reading<'_> {
    fn space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// Takes this sign if it comes next.
    fn takes(&mut self, sign: char) -> bool {
        self.space();
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn expression(&mut self) -> Option<Exact> {
        let mut sum = self.term()?;
        loop {
            if self.takes('+') {
                sum = sum.plus(self.term()?)?;
            } else if self.takes('-') {
                sum = sum.minus(self.term()?)?;
            } else {
                return Some(sum);
            }
        }
    }

    fn term(&mut self) -> Option<Exact> {
        let mut product = self.factor()?;
        loop {
            if self.takes('*') {
                product = product.times(self.factor()?)?;
            } else if self.takes('/') {
                product = product.over(self.factor()?)?;
            } else {
                return Some(product);
            }
        }
    }

    fn factor(&mut self) -> Option<Exact> {
        let mut is_negative = false;
        loop {
            if self.takes('-') {
                is_negative = !is_negative;
            } else if !self.takes('+') {
                break;
            }
        }
        let mut number = self.operand()?;
        while self.takes('%') {
            number = number.over(Exact::parse("100")?)?;
        }
        Some(if is_negative { number.negative() } else { number })
    }

    fn operand(&mut self) -> Option<Exact> {
        self.space();
        if self.takes('(') {
            return self.within(Self::expression);
        }
        if self.rest.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
            return self.written_number();
        }
        if self.takes_function("SUM") {
            return self.within(Self::sum);
        }
        if self.takes_function("ROUND") {
            return self.within(|reading| {
                let number = reading.expression()?;
                reading.takes_separator().then_some(())?;
                let places = reading.expression()?.whole()?;
                number.rounded(places)
            });
        }
        let (from, to) = self.reference()?;
        if from == to { self.cells.number(from) } else { None }
    }

    /// Takes a function's name and its first bracket, if they come next.
    fn takes_function(&mut self, name: &str) -> bool {
        let Some((word, rest)) = self.rest.split_at_checked(name.len()) else { return false };
        match rest.trim_start().strip_prefix('(') {
            Some(rest) if word.eq_ignore_ascii_case(name) => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    /// What stands in brackets, whose first was taken.
    fn within(&mut self, inner: impl FnOnce(&mut Self) -> Option<Exact>) -> Option<Exact> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let number = inner(self)?;
        self.depth -= 1;
        self.takes(')').then_some(number)
    }

    /// What parts a function's arguments: Excel writes commas, OpenDocument semicolons.
    fn takes_separator(&mut self) -> bool {
        self.takes(',') || self.takes(';')
    }

    fn sum(&mut self) -> Option<Exact> {
        let mut sum = Exact::ZERO;
        loop {
            // Cells by themselves, or something that is worked out.
            let before = self.rest;
            let alone = self.reference().filter(|_| self.rest.trim_start().starts_with([',', ';', ')']));
            let part = match alone {
                Some((from, to)) => self.cells.sum(from.row..=to.row, from.column..=to.column)?,
                None => {
                    self.rest = before;
                    self.expression()?
                }
            };
            sum = sum.plus(part)?;
            if !self.takes_separator() {
                return Some(sum);
            }
        }
    }

    fn written_number(&mut self) -> Option<Exact> {
        let is_digit = |c: char| c.is_ascii_digit() || c == '.';
        let mut end = self.rest.find(|c| !is_digit(c)).unwrap_or(self.rest.len());
        // `1.5E+7`
        if let Some(exponent) = self.rest.get(end..).and_then(|rest| rest.strip_prefix(['E', 'e'])) {
            let digits = exponent.trim_start_matches(['+', '-']);
            end = self.rest.len() - digits.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        }
        let (number, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        Exact::parse(number)
    }

    /// One cell, or the first and the last of several: `B2`, `$B$2:C9`, `[.B2:.C9]`.
    fn reference(&mut self) -> Option<(Place, Place)> {
        self.space();
        let is_bracketed = self.takes('[');
        let from = self.place(is_bracketed)?;
        let to = if self.takes(':') { self.place(is_bracketed)? } else { from };
        if is_bracketed && !self.takes(']') {
            return None;
        }
        // `B2!`, `B2(`, `B2_total`: something else, that begins like a cell.
        let goes_on = |c: char| c.is_alphanumeric() || "!_.([{'\"\\$:#".contains(c);
        if self.rest.starts_with(goes_on) || to.row < from.row || to.column < from.column {
            return None;
        }
        Some((from, to))
    }

    fn place(&mut self, is_bracketed: bool) -> Option<Place> {
        if is_bracketed && !self.takes('.') {
            return None;
        }
        let fixed_column = self.takes('$');
        let mut column = 0_i64;
        while let Some(letter) = self.rest.chars().next().filter(char::is_ascii_alphabetic) {
            let letter = letter.to_ascii_uppercase();
            column = column * 26 + i64::from(u32::from(letter) - u32::from('A')) + 1;
            self.rest = self.rest.get(1..)?;
            if column > COLUMNS {
                return None;
            }
        }
        let fixed_row = self.takes('$');
        let end = self.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.rest.len());
        let (row, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        let row = i64::from(row.parse::<u32>().ok()?) - 1 + if fixed_row { 0 } else { self.rows };
        let column = column - 1 + if fixed_column { 0 } else { self.columns };
        let fits = (0..ROWS).contains(&row) && (0..COLUMNS).contains(&column);
        fits.then_some(())?;
        Some(Place { row: u32::try_from(row).ok()?, column: u32::try_from(column).ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// Numbers by their cells; a text is none.
    struct Sheet(BTreeMap<(u32, u32), Option<&'static str>>);

    impl Cells for Sheet {
        fn number(&self, place: Place) -> Option<Exact> {
            match self.0.get(&(place.row, place.column)) {
                None => Some(Exact::ZERO),
                Some(number) => Exact::parse((*number)?),
            }
        }

        fn sum(&self, rows: RangeInclusive<u32>, columns: RangeInclusive<u32>) -> Option<Exact> {
            let there = self.0.iter().filter(|((row, column), _)| rows.contains(row) && columns.contains(column));
            there.filter_map(|(_, number)| *number).try_fold(Exact::ZERO, |sum, number| sum.plus(Exact::parse(number)?))
        }
    }

    /// B2 is 15000.55, C2 1250, D2 a text, B3 20; E2 is empty.
    fn result(text: &str, place: (u32, u32)) -> Option<Exact> {
        let cells = [((1, 1), Some("15000.55")), ((1, 2), Some("1250")), ((1, 3), None), ((2, 1), Some("20"))];
        let formula = Formula { text: Rc::from(text), written: Place { row: 1, column: 4 } };
        work_out(&formula, Place { row: place.0, column: place.1 }, &Sheet(cells.into()))
    }

    #[test]
    fn the_formulas_of_payrolls_are_worked_out() {
        for (text, number) in [
            ("B2+C2", "16250.55"),
            ("B2 - C2 * 2", "12500.55"),
            ("(B2-C2)*2", "27501.1"),
            ("-C2", "-1250"),
            ("C2--C2", "2500"),
            ("+C2/4", "312.5"),
            ("C2*6%", "75"),
            ("B2*0.915", "13725.50325"),
            ("ROUND(B2*0.915,2)", "13725.5"),
            ("ROUND(B2,-1)", "15000"),
            ("round( C2 ; 0 )", "1250"),
            ("SUM(B2:D2)", "16250.55"),
            ("SUM(B2,C2,1)", "16251.55"),
            ("SUM(D2)", "0"),
            ("SUM($B$2:$B$3)-SUM(C2*2)", "12520.55"),
            ("C2+E2", "1250"),
            ("1.5E+2*$C2", "187500"),
            ("=C2", "1250"),
            ("of:=[.B2]+[.C2]", "16250.55"),
            ("of:=SUM([.B2:.C2])*2", "32501.1"),
            ("oooc:=ROUND([.$B$2]*0.915;2)", "13725.5"),
        ] {
            let found = result(text, (1, 4)).map(|found| found.with_slack(0));
            assert_eq!(found, Exact::parse(number), "{text}");
        }
    }

    #[test]
    fn a_shared_formula_moves_what_is_not_fixed() {
        assert_eq!(result("B2*2", (2, 4)), Exact::parse("40"));
        assert_eq!(result("$B$2*2", (2, 4)), Exact::parse("30001.1"));
        assert_eq!(result("C2", (1, 3)), Exact::parse("15000.55"));
        assert_eq!(result("A1", (0, 4)), None, "above the sheet");
    }

    #[test]
    fn what_is_not_known_is_not_worked_out() {
        for text in [
            "",
            "B2+",
            "(B2",
            "B2)",
            "B2 C2",
            "D2+1",
            "C2/E2",
            "B2:C2",
            "SUM(B2:C2",
            "SUM()",
            "IF(C2>0,C2,0)",
            "MAX(C2)",
            "ROUNDUP(C2,1)",
            "SUMIF(B2:B3,1)",
            "Paie!C2",
            "'Paie'!C2",
            "[1]Paie!C2",
            "taux*C2",
            "C2^2",
            "C2&\"\"",
            "C2>1",
            "\"1\"+C2",
            "SUM(B:B)",
            "SUM(C2:B2)",
            "C2:C2:C2",
            "{1}",
            "XFE2",
            "A9999999",
            "TRUE",
            "C2.x",
            "of:=[$Paie.C2]",
            "msoxl:=C2",
            "ROUND(C2)",
            "ROUND(C2,0.5)",
            "1.2.3",
            "C2#",
            "A9223372036854775807",
            "ZZZZZZZZZZZZZZZZZZZZZZZZ1",
            "_C2",
            "C2_",
            "é",
        ] {
            assert_eq!(result(text, (1, 4)), None, "{text}");
        }
        assert_eq!(result(&"(".repeat(5_000), (1, 4)), None);
        assert_eq!(result(&format!("{}C2{}", "(".repeat(40), ")".repeat(40)), (1, 4)), None);
    }
}
