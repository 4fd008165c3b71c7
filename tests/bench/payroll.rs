//! Payroll files of any length, always the same for the same numbers.
//!
//! Must never: keep a file in memory.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Rows from the number `first` on, with sequential references, a name, a description and a column of the
/// file's own.
pub fn write_file(path: &Path, first: u64, rows: u64) {
    let mut file = BufWriter::new(File::create(path).expect("a payroll file"));
    let mut write = || -> std::io::Result<()> {
        writeln!(file, "reference,receiver,amount,name,description,site")?;
        for number in first..first + rows {
            let (receiver, htg, centimes, site) = (number % 1_000_000, 1 + number * 7 % 9, number % 100, number % 90);
            writeln!(
                file,
                "PAY-2026-{number:08},37{receiver:06},{htg}.{centimes:02},Jean-Baptiste Pierre,July salary,Delmas {site}"
            )?;
        }
        file.flush()
    };
    write().expect("a payroll file");
}
