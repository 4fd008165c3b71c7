//! Which secret files, credentials and variables are taken, and what the refusals tell to type.
//!
//! Must never: see a secret in any of these words.

use super::canary::{self, SECRET};
use super::house::{House, Said, said};
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::Path;
use support::left_out;

/// A user that is nobody in particular, for what only root can set up.
const NOBODY: u32 = 65_534;

fn house() -> House {
    House::at("http://127.0.0.1:1/Api")
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[track_caller]
fn taken(said: &Said) {
    said.says("good     secret: ");
    assert_eq!(canary::find(said.text.as_bytes()), Vec::<String>::new());
}

#[track_caller]
fn refused(said: &Said, words: &str) {
    said.ends(1).says("BAD      secret: ").says(words);
    assert_eq!(canary::find(said.text.as_bytes()), Vec::<String>::new());
}

fn look(house: &House) -> Said {
    house.run(&["doctor", "--offline"])
}

#[test]
fn a_secret_that_others_may_read_or_change_is_refused_with_the_chmod_to_type() {
    let house = house();
    for bits in [0o644, 0o640, 0o604, 0o660, 0o606, 0o620, 0o602, 0o610, 0o777] {
        mode(&house.path("secret"), bits);
        refused(&look(&house), &format!("(mode {bits:03o}): run  chmod 600 "));
    }
    for bits in [0o600, 0o400] {
        mode(&house.path("secret"), bits);
        taken(&look(&house));
    }
}

#[test]
fn a_secret_that_anybody_may_exchange_is_refused() {
    let house = house();
    fs::create_dir(house.path("open")).unwrap();
    fs::rename(house.path("secret"), house.path("open/secret")).unwrap();
    let text = fs::read_to_string(house.path("payoutd.toml")).unwrap();
    house.write("payoutd.toml", &text.replace("\"secret\"", "\"open/secret\""));
    mode(&house.path("open"), 0o777);
    refused(&look(&house), "anybody may exchange it: run  chmod o-w ");
    for fine in [0o1777, 0o755, 0o700] {
        mode(&house.path("open"), fine);
        taken(&look(&house));
    }
}

#[test]
fn a_secret_of_another_user_is_refused() {
    if !rustix::process::geteuid().is_root() {
        return left_out("a secret of another user", "only root can give a file to one");
    }
    let house = house();
    chown(house.path("secret"), Some(NOBODY), None).unwrap();
    refused(&look(&house), "belongs to user 65534, and payoutd runs as user 0: run  chown 0 ");
}

#[test]
fn only_a_regular_file_that_is_named_itself_is_read_and_nothing_makes_it_wait() {
    let house = house();
    let secret = house.path("secret");
    fs::rename(&secret, house.path("real")).unwrap();
    symlink("real", &secret).unwrap();
    refused(&look(&house), "is a link");
    fs::remove_file(&secret).unwrap();
    rustix::fs::mknodat(rustix::fs::CWD, &secret, rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR, 0).unwrap();
    refused(&look(&house), "is not a regular file");
    fs::remove_file(&secret).unwrap();
    fs::create_dir(&secret).unwrap();
    refused(&look(&house), "is not a regular file");
    fs::remove_dir(&secret).unwrap();
    refused(&look(&house), "cannot be opened");
    let text = fs::read_to_string(house.path("payoutd.toml")).unwrap();
    house.write("payoutd.toml", &text.replace("\"secret\"", "\"/dev/zero\""));
    refused(&look(&house), "is not a regular file");
}

#[test]
fn a_secret_is_one_line_and_nothing_else() {
    let house = house();
    let secret = house.path("secret");
    for fine in [SECRET.to_string(), format!("{SECRET}\n"), format!("{SECRET}\r\n")] {
        fs::write(&secret, fine).unwrap();
        taken(&look(&house));
    }
    let huge = SECRET.repeat(200);
    for (bytes, words) in [
        (Vec::new(), "is empty"),
        (b"\n".to_vec(), "is empty"),
        (format!("{SECRET}\n{SECRET}\n").into_bytes(), "alone on one line"),
        (format!("{SECRET}\r\n\r\n").into_bytes(), "alone on one line"),
        (format!(" {SECRET}\n").into_bytes(), "alone on one line"),
        (format!("{SECRET}\0").into_bytes(), "alone on one line"),
        (format!("\u{feff}{SECRET}\u{a0}").into_bytes(), "alone on one line"),
        ([SECRET.as_bytes(), b"\xff\xfe"].concat(), "cannot be read as text"),
        (huge.into_bytes(), "too long"),
    ] {
        fs::write(&secret, bytes).unwrap();
        refused(&look(&house), words);
    }
    let sparse = fs::File::create(&secret).unwrap();
    sparse.set_len(1 << 40).unwrap();
    refused(&look(&house), "");
}

#[test]
fn a_credential_of_systemd_and_the_variable_are_looked_at_too() {
    let house = house();
    let text = fs::read_to_string(house.path("payoutd.toml")).unwrap();
    house.write("payoutd.toml", &text.replace("client_secret_file = \"secret\"\n", ""));
    fs::create_dir(house.path("credentials")).unwrap();
    let credential = house.path("credentials/moncash-client-secret");
    fs::rename(house.path("secret"), &credential).unwrap();
    let look = || {
        let mut command = house.command(&["doctor", "--offline"]);
        said(command.env("CREDENTIALS_DIRECTORY", house.path("credentials")))
    };
    for fine in [0o400, 0o440] {
        mode(&credential, fine);
        taken(look().says("systemd credential"));
    }
    for open in [0o444, 0o404, 0o402] {
        mode(&credential, open);
        refused(&look(), "is open to other users");
    }
    mode(&credential, 0o400);
    fs::rename(&credential, house.path("real")).unwrap();
    symlink(house.path("real"), &credential).unwrap();
    refused(&look(), "is a link");

    let by_variable = |value: &str| {
        let mut command = house.command(&["doctor", "--offline"]);
        said(command.env("PAYOUTD_CLIENT_SECRET", value))
    };
    taken(by_variable(SECRET).says("variable PAYOUTD_CLIENT_SECRET"));
    refused(&by_variable(&format!("{SECRET} {SECRET}")), "alone on one line");
    refused(&by_variable(""), "there is no client secret");
}
