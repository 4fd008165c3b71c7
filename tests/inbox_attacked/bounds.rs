//! Files that are too much: the built program looks at them within a fixed room of memory.
//!
//! Must never: let a machine's speed decide.

use super::house::folder;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::Command;

/// Kilobytes of addresses that the program gets, its own code and libraries included. The large
/// figures, by the release build, are printed by `tests/inbox_attacked/large_files`.
const ROOM: u32 = 220_000;

const HEAD: &str = "reference,receiver,amount,note\n";

/// A file's name, the code that it is refused with, and what fills it.
type Case<'a> = (&'a str, &'a str, &'a dyn Fn(&mut File));

/// `payoutd check` of a file in that room: its exit code and what it said.
fn check(path: &Path) -> (Option<i32>, String) {
    let line = format!("ulimit -v {ROOM} && exec \"$0\" --log error check \"$1\"");
    let out = Command::new("/bin/sh")
        .args(["-c", &line, env!("CARGO_BIN_EXE_payoutd")])
        .arg(path)
        .current_dir(path.parent().unwrap())
        .env_remove("PAYOUTD_CONFIG")
        .output()
        .unwrap();
    (out.status.code(), String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr))
}

#[test]
fn what_is_too_long_too_wide_or_never_closed_is_refused_in_a_fixed_room() {
    let place = folder();
    let write = |name: &str, fill: &dyn Fn(&mut File)| {
        let path = place.path().join(name);
        let mut file = File::create(&path).unwrap();
        file.write_all(HEAD.as_bytes()).unwrap();
        fill(&mut file);
        path
    };
    let columns = (0..100_000).map(|number| format!(",c{number}")).collect::<String>();
    let cells = ",x".repeat(100_000);
    let open_quotes = "A-1,37007294,10.00,\"never closed\n".repeat(20_000);
    let cases: [Case; 8] = [
        ("nothing_but_nul.csv", "not_text", &|file| file.set_len(1 << 30).unwrap()),
        ("a_gigabyte_in_one_line.csv", "not_text", &|file| {
            write!(file, "A-1,37007294,10.00,").unwrap();
            file.set_len(1 << 30).unwrap();
        }),
        ("a_line_of_16_mb.csv", "line_too_long", &|file| file.write_all(&vec![b'y'; 16 << 20]).unwrap()),
        ("a_quoted_cell_of_16_mb.csv", "line_too_long", &|file| {
            write!(file, "A-1,37007294,10.00,\"").unwrap();
            file.write_all(&vec![b'y'; 16 << 20]).unwrap();
        }),
        ("never_closed.csv", "quotes", &|file| file.write_all(open_quotes.as_bytes()).unwrap()),
        ("100000_cells.csv", "line_too_long", &|file| writeln!(file, "A-1,37007294,10.00{cells}").unwrap()),
        ("30000_cells.csv", "cells_extra", &|file| writeln!(file, "A-1,37007294,10.00{}", &cells[..60_000]).unwrap()),
        ("endless_remark.csv", "line_too_long", &|file| {
            write!(file, "# ").unwrap();
            file.write_all(&vec![b'z'; 16 << 20]).unwrap();
        }),
    ];
    for (name, code, fill) in cases {
        let (exit, said) = check(&write(name, fill));
        assert_eq!(exit, Some(3), "{name}: {}", &said[..said.len().min(2000)]);
        assert!(said.contains(&format!("[{code}]")), "{name}: {}", &said[..said.len().min(2000)]);
    }
    let wide = place.path().join("100000_columns.csv");
    fs::write(&wide, format!("reference,receiver,amount{columns}\nA-1,37007294,10.00{cells}\n")).unwrap();
    let (exit, said) = check(&wide);
    assert!(exit == Some(3) && (said.contains("[line_too_long]") || said.contains("[header_missing]")), "{said}");
    let (exit, said) = check(&write("in_order.csv", &|file| {
        for number in 0..20_000 {
            writeln!(file, "R-{number},{},10.00,x", 30_000_000 + number).unwrap();
        }
    }));
    assert_eq!(exit, Some(0), "{said}");
}
