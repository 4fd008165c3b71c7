//! Promises of the file room, kept on a real filesystem.

use super::*;
use std::io::{Read, Write};
use std::os::unix::ffi::OsStringExt;

fn room() -> (tempfile::TempDir, Folder) {
    let place = tempfile::tempdir().unwrap();
    let folder = Folder::open(place.path()).unwrap();
    (place, folder)
}

#[test]
fn only_regular_files_are_opened_and_nothing_can_make_it_wait() {
    let (place, folder) = room();
    std::fs::write(place.path().join("real"), b"x").unwrap();
    std::os::unix::fs::symlink("real", place.path().join("link")).unwrap();
    std::fs::create_dir(place.path().join("folder")).unwrap();
    rustix::fs::mknodat(&folder.fd, "pipe", FileType::Fifo, Mode::RWXU, 0).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(place.path().join("socket")).unwrap();
    assert!(folder.open_file(OsStr::new("real")).is_ok());
    assert!(matches!(folder.open_file(OsStr::new("link")), Err(FileError::Link { .. })));
    for name in ["folder", "pipe", "socket"] {
        let refused = folder.open_file(OsStr::new(name));
        assert!(matches!(refused, Err(FileError::NotRegular { .. })), "{name}: {refused:?}");
    }
    assert!(matches!(folder.open_file(OsStr::new("none")), Err(FileError::Missing { .. })));
}

#[test]
fn a_file_is_written_whole_or_not_at_all() {
    let (place, folder) = room();
    let name = OsStr::new("report.csv");
    write_whole(&folder, name, SHARED_FILE, |w| w.write_all(b"old")).unwrap();
    let failed = write_whole(&folder, name, SHARED_FILE, |w| {
        w.write_all(&[b'x'; 200_000])?;
        Err(std::io::Error::other("power went"))
    });
    assert!(failed.is_err());
    assert_eq!(std::fs::read(place.path().join(name)).unwrap(), b"old");
    assert_eq!(folder.names().unwrap(), ["report.csv"], "no draft is left");
    write_whole(&folder, name, SHARED_FILE, |w| w.write_all(b"new")).unwrap();
    assert_eq!(std::fs::read(place.path().join(name)).unwrap(), b"new");
}

#[test]
fn a_new_file_never_replaces_an_old_one() {
    let (place, folder) = room();
    std::fs::write(place.path().join("a"), b"theirs").unwrap();
    let refused = write_new(&folder, OsStr::new("a"), SHARED_FILE, |w| w.write_all(b"ours"));
    assert!(matches!(refused, Err(FileError::Taken { .. })));
    assert_eq!(std::fs::read(place.path().join("a")).unwrap(), b"theirs");
    assert_eq!(folder.names().unwrap(), ["a"]);
}

#[test]
fn a_moved_file_gets_a_date_rather_than_anothers_place() {
    let (place, folder) = room();
    let other = folder.inside("other", SHARED_FOLDER).unwrap();
    for expected in ["july.csv", "july.20260731-101500.csv", "july.20260731-101500-2.csv"] {
        std::fs::write(place.path().join("july.csv"), expected).unwrap();
        let name = OsStr::new("july.csv");
        let now = move_into(&folder, name, &other, name, "20260731-101500").unwrap();
        assert_eq!(now, expected);
        let (mut file, _) = other.open_file(&now).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        assert_eq!(text, expected);
    }
}

#[test]
fn the_worst_names_survive_a_move_and_are_shown_harmless() {
    let (place, folder) = room();
    let other = folder.inside("other", SHARED_FOLDER).unwrap();
    let long = [vec![b'n'; 251], b".csv".to_vec()].concat();
    let accents = ["é".repeat(125).into_bytes(), b".csv".to_vec()].concat();
    for bytes in [b"a\nb\x1b[2J.csv".to_vec(), b"\xff\xfe.csv".to_vec(), long, accents] {
        for _ in 0..2 {
            let name = OsString::from_vec(bytes.clone());
            std::fs::write(place.path().join(&name), b"x").unwrap();
            let now = move_into(&folder, &name, &other, &name, "20260731-101500").unwrap();
            assert!(now.as_bytes().ends_with(b".csv") && now.len() <= 255);
            assert!(!show(&now).chars().any(char::is_control));
            assert_eq!(name.to_str().is_some(), now.to_str().is_some(), "no character was cut in two");
        }
    }
    assert_eq!(other.names().unwrap().len(), 8);
    assert_eq!(show(OsStr::from_bytes(b"a\nb\xff\\.csv")), "a\\nb\\xff\\\\.csv");
}

#[test]
fn one_folder_is_held_by_one() {
    let (place, folder) = room();
    let lock = lock_folder(&folder).unwrap();
    let again = Folder::open(place.path()).unwrap();
    assert!(matches!(lock_folder(&again), Err(FileError::Held { .. })));
    assert!(matches!(lock_folder(&folder), Err(FileError::Held { .. })));
    drop(lock);
    assert!(lock_folder(&again).is_ok());
}

#[test]
fn a_folder_that_is_a_link_is_refused() {
    let (place, folder) = room();
    std::fs::create_dir(place.path().join("real")).unwrap();
    std::os::unix::fs::symlink("real", place.path().join("inbox")).unwrap();
    assert!(matches!(folder.inside("inbox", SHARED_FOLDER), Err(FileError::Link { .. })));
}

#[test]
fn folders_on_two_filesystems_are_found_out_before_a_file_is_taken() {
    let (_place, folder) = room();
    assert!(prove_moves(&folder, &folder.inside("b", SHARED_FOLDER).unwrap()).is_ok());
    let Ok(memory) = tempfile::tempdir_in("/dev/shm") else { return };
    let there = Folder::open(memory.path()).unwrap();
    let here = folder.look(OsStr::new("b")).unwrap().unwrap();
    if fs::fstat(&there.fd).unwrap().st_dev == here.device {
        return;
    }
    assert!(matches!(prove_moves(&folder, &there), Err(FileError::OtherFilesystem { .. })));
    assert_eq!((folder.names().unwrap().len(), there.names().unwrap().len()), (1, 0), "no probe is left");
}

#[test]
fn permissions_are_those_asked_for_and_space_is_measured() {
    use std::os::unix::fs::PermissionsExt;
    let (place, folder) = room();
    write_whole(&folder, OsStr::new("secret"), STATE_FILE, |w| w.write_all(b"x")).unwrap();
    let mode = std::fs::metadata(place.path().join("secret")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(folder.free_space().unwrap() > 0);
}

#[test]
fn drafts_of_a_dead_process_are_swept_and_nothing_else_is() {
    let (place, folder) = room();
    for name in [".payoutd-1-2.tmp", ".payoutd-notes", "x.tmp"] {
        std::fs::write(place.path().join(name), b"").unwrap();
    }
    assert_eq!(remove_leftovers(&folder).unwrap(), 1);
    assert_eq!(folder.names().unwrap(), [".payoutd-notes", "x.tmp"]);
}

#[test]
fn an_interrupted_turns_file_is_recognised_by_its_content() {
    let (_place, folder) = room();
    let name = OsStr::new("e.csv");
    write_new(&folder, name, SHARED_FILE, |w| w.write_all(b"same")).unwrap();
    for (text, same) in [("same", true), ("sama", false), ("same ", false)] {
        let mut draft = Draft::begin(&folder, SHARED_FILE).unwrap();
        draft.write_all(text.as_bytes()).unwrap();
        assert_eq!(draft.stands_as(name).unwrap(), same, "{text}");
    }
}

#[test]
fn a_draft_is_whole_before_it_has_its_name() {
    let (place, folder) = room();
    let mut draft = Draft::begin(&folder, SHARED_FILE).unwrap();
    draft.write_all(b"whole").unwrap();
    draft.publish_new(OsStr::new("a")).unwrap();
    assert_eq!(std::fs::read(place.path().join("a")).unwrap(), b"whole", "before the draft is dropped");
}

#[test]
fn a_batch_file_is_kept_under_its_stem_its_batch_and_its_own_ending() {
    for (name, kept) in [
        ("july.csv", "july.B000012.csv"),
        ("july.CSV", "july.B000012.csv"),
        ("paie.v2.xlsx", "paie.v2.B000012.xlsx"),
        ("paie.ODS", "paie.B000012.ods"),
    ] {
        let accepted = accepted_name(OsStr::new(name), "B000012");
        assert_eq!(accepted, kept);
        assert!(is_accepted_as(&accepted, "B000012") && !is_accepted_as(&accepted, "B000001"));
        assert!(!is_accepted_as(OsStr::new(name), "B000012"));
    }
    for other in ["july.xls", "july.csv.errors", ".csv", "july.txt", "july"] {
        assert!(split_batch_name(OsStr::new(other)).1.is_empty(), "{other}");
    }
}

#[test]
fn a_folder_that_has_to_be_made_is_closed_unless_its_parent_passes_a_group_on() {
    use std::os::unix::fs::PermissionsExt;
    let (place, folder) = room();
    let mode_of = |name: &str| std::fs::metadata(place.path().join(name)).unwrap().permissions().mode() & 0o777;
    folder.inside("closed", SHARED_FOLDER).unwrap();
    Folder::open_or_create(&place.path().join("too"), SHARED_FOLDER).unwrap();
    assert_eq!((mode_of("closed"), mode_of("too")), (0o700, 0o700));
    std::fs::set_permissions(place.path(), std::fs::Permissions::from_mode(0o2750)).unwrap();
    folder.inside("readable", SHARED_FOLDER).unwrap();
    Folder::open_or_create(&place.path().join("as well"), SHARED_FOLDER).unwrap();
    let readable = [mode_of("readable"), mode_of("as well")];
    // The umask of whoever runs this may take from it.
    assert!(readable.iter().all(|mode| mode & !0o750 == 0 && mode & 0o700 == 0o700), "{readable:?}");
    folder.inside("closed", SHARED_FOLDER).unwrap();
    assert_eq!(mode_of("closed"), 0o700, "what is there stays as a person left it");
}
