//! Things in the inbox that are no files: links, pipes, devices, sockets, folders.
//!
//! Must never: need root. Devices are made where this user may make them.

use super::house::{House, payroll};
use payoutd::intake::admit::Took;
use rustix::fs::{CWD, FileType, Mode, mknodat};
use std::fs;
use std::os::unix::fs::symlink;
use support::left_out;

fn make_node(house: &House, name: &str, kind: FileType, device: u64) -> bool {
    mknodat(CWD, house.place("inbox").join(name), kind, Mode::RUSR | Mode::WUSR, device).is_ok()
}

#[test]
fn links_pipes_devices_sockets_and_folders_are_left_told_and_never_opened() {
    let mut house = House::build();
    let inbox = house.place("inbox");
    let outside = house.folder.path().join("secret.csv");
    fs::write(&outside, payroll("STOLEN", 3)).unwrap();
    fs::create_dir(house.folder.path().join("a-folder")).unwrap();
    symlink(&outside, inbox.join("to-a-file.csv")).unwrap();
    symlink("nowhere", inbox.join("dangling.csv")).unwrap();
    symlink("/etc/shadow", inbox.join("shadow.csv")).unwrap();
    symlink("../../a-folder", inbox.join("to-a-folder.csv")).unwrap();
    symlink("itself.csv", inbox.join("itself.csv")).unwrap();
    fs::hard_link(&outside, inbox.join("second-name.csv")).unwrap();
    fs::create_dir(inbox.join("folder.csv")).unwrap();
    fs::write(inbox.join("folder.csv/inside.csv"), payroll("INSIDE", 1)).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(inbox.join("socket.csv")).unwrap();
    assert!(make_node(&house, "pipe.csv", FileType::Fifo, 0));
    symlink("pipe.csv", inbox.join("to-a-pipe.csv")).unwrap();
    let null = rustix::fs::makedev(1, 3);
    let mut things = vec![
        ("to-a-file.csv", "is a link"),
        ("dangling.csv", "is a link"),
        ("shadow.csv", "is a link"),
        ("to-a-folder.csv", "is a link"),
        ("to-a-pipe.csv", "is a link"),
        ("itself.csv", "is a link"),
        ("second-name.csv", "has a second name"),
        ("folder.csv", "is a folder"),
        ("socket.csv", "is a device or socket"),
        ("pipe.csv", "is a pipe"),
    ];
    match make_node(&house, "device.csv", FileType::CharacterDevice, null) {
        true => things.push(("device.csv", "is a device")),
        false => left_out("a device in the inbox", "this user may not make one"),
    }
    house.drop_file("good.csv", payroll("FINE", 2));
    house.run();
    assert_eq!((house.batches().len(), house.troubles.len()), (1, 0), "{:?}", house.troubles);
    for (name, why) in &things {
        assert!(house.why_left(name).starts_with(why), "{name}: {}", house.why_left(name));
        assert!(house.place("inbox").join(name).symlink_metadata().is_ok(), "{name} lies where it lay");
    }
    assert!(house.names("processing").is_empty() && house.names("rejected").is_empty());
    assert_eq!(fs::read_to_string(&outside).unwrap(), payroll("STOLEN", 3));
    // The second name goes away: then it is a file like any other.
    fs::remove_file(&outside).unwrap();
    house.run();
    assert_eq!(house.batches().len(), 2);
}

/// What is put in a file's place, in words and in deed.
type Swap = (&'static str, fn(&House));

/// What lies under the name when it is claimed is not what was looked at.
#[test]
fn a_file_swapped_for_a_pipe_a_link_or_a_folder_at_the_last_moment_is_not_taken_and_blocks_nobody() {
    let swaps: [Swap; 4] = [
        ("pipe", |house| assert!(make_node(house, "july.csv", FileType::Fifo, 0))),
        ("link", |house| symlink("/etc/passwd", house.place("inbox/july.csv")).unwrap()),
        ("folder", |house| fs::create_dir(house.place("inbox/july.csv")).unwrap()),
        ("hard link", |house| {
            fs::write(house.folder.path().join("other"), payroll("OTHER", 1)).unwrap();
            fs::hard_link(house.folder.path().join("other"), house.place("inbox/july.csv")).unwrap();
        }),
    ];
    for (what, swap) in swaps {
        let mut house = House::build();
        house.drop_file("a.csv", payroll("A", 1));
        house.drop_file("july.csv", payroll("PAY", 1));
        assert!(matches!(house.slice(), Took::Nothing { pending: true, .. }));
        house.seconds += 10;
        // One look finds both ready; the second is swapped while the first is being read.
        assert_eq!(house.slice(), Took::More);
        fs::rename(house.place("inbox/july.csv"), house.folder.path().join("away.csv")).unwrap();
        swap(&house);
        house.run();
        assert_eq!(house.batches().len(), 1, "{what}");
        assert!(!house.why_left("july.csv").is_empty(), "{what} is told");
        assert!(house.place("inbox/july.csv").symlink_metadata().is_ok(), "{what} lies where it lay");
        assert!(house.names("processing").is_empty(), "{what}");
    }
}

#[test]
fn what_lies_in_processing_and_is_no_file_is_left_and_told_and_stops_nobody() {
    let mut house = House::build();
    symlink("/etc/passwd", house.place("processing/link.csv")).unwrap();
    assert!(mknodat(CWD, house.place("processing/pipe.csv"), FileType::Fifo, Mode::RWXU, 0).is_ok());
    fs::create_dir(house.place("processing/folder.csv")).unwrap();
    house.drop_file("good.csv", payroll("FINE", 2));
    house.start_again();
    house.run();
    assert_eq!(house.batches().len(), 1);
    for name in ["processing/link.csv", "processing/pipe.csv", "processing/folder.csv"] {
        assert!(house.why_left(name).contains("cannot be read now"), "{name}: {}", house.why_left(name));
        assert!(house.place(name).symlink_metadata().is_ok());
    }
}
