//! The well-known cases that CSV readers are measured by, each as the other columns of a payroll.
//!
//! Must never: compare with what the product itself made of them.

use super::house::House;
use std::path::Path;

/// A file of `tests/csv_spectrum` and the cells of its rows, without the three that pay.
pub const CASES: &[(&str, &[&[&str]])] = &[
    ("comma_in_quotes", &[&["Marie", "Joseph", "12 rue du Port", "Jacmel, Sud-Est", "09110"]]),
    ("empty", &[&["1", "", ""], &["2", "3", "4"]]),
    ("empty_crlf", &[&["1", "", ""], &["2", "3", "4"]]),
    ("escaped_quotes", &[&["1", "he said \"wi\" twice"], &["3", "4"]]),
    ("json", &[&["1", "{\"type\": \"Point\", \"coordinates\": [18.5, -72.3]}"]]),
    ("location_coordinates", &[&["1", "18°32'30\"N, 72°20'19\"W"], &["2", "(18.5417, -72.3386)"]]),
    ("newlines", &[&["1", "2", "3"], &["Once upon\na time", "5", "6"], &["7", "8", "9"]]),
    ("newlines_crlf", &[&["1", "2", "3"], &["Once upon\r\na time", "5", "6"], &["7", "8", "9"]]),
    ("quotes_and_newlines", &[&["1", "she\n\"sings\"\nagain"], &["3", "4"]]),
    ("simple", &[&["1", "2", "3"]]),
    ("simple_crlf", &[&["1", "2", "3"]]),
    ("utf8", &[&["1", "2", "3"], &["4", "5", "ʤ Pòtoprens 日本 🙂"]]),
];

pub fn text_of(case: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/csv_spectrum");
    std::fs::read(folder.join(format!("{case}.csv"))).unwrap()
}

#[test]
fn every_case_is_admitted_with_its_cells_as_they_were_meant() {
    let mut house = House::build();
    for (case, _) in CASES {
        house.drop_file(format!("{case}.csv"), text_of(case));
    }
    house.run();
    let batches = house.batches();
    assert_eq!((batches.len(), house.names("rejected").len()), (CASES.len(), 0));
    for (case, cells) in CASES {
        let batch = batches.iter().find(|batch| batch.file == format!("{case}.csv")).unwrap();
        let rows = house.rows(batch);
        assert_eq!(rows.iter().map(|row| row.other.clone()).collect::<Vec<_>>(), *cells, "{case}");
        for (row, number) in rows.iter().zip(0..) {
            assert_eq!(row.amount.centimes(), 10_050 + number * 100, "{case}");
            assert_eq!(row.receiver.local(), 37_007_294 + u32::try_from(number).unwrap(), "{case}");
        }
    }
}
