//! Why a file is left alone, as a code: kept between processes for the status, in no ledger.
//!
//! Must never: say more than was looked at.

use super::said::Coded;
use super::{Saying, say};
use crate::payout::message::Said;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Goes on from the file's name: `is a link: …`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftAlone {
    CannotLook {
        error: String,
    },
    /// payoutd may not read it.
    NoRight,
    LinkNotFollowed,
    NotAFile {
        what: Thing,
    },
    /// The same, where a link is no other than the rest.
    CopyFile {
        what: Thing,
    },
    SecondName,
    /// In a spreadsheet, whose lock file this is.
    OpenElsewhere {
        file: String,
    },
    UnfinishedName,
    OtherName,
    NotTaken {
        error: String,
    },
    NotReadNow {
        error: String,
    },
    /// In a folder for orders.
    OrderName,
    OrderRight,
}

/// What lies where a file should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Thing {
    Link,
    Folder,
    Pipe,
    Device,
}

impl Coded for LeftAlone {
    fn saying(&self) -> Saying {
        match self {
            LeftAlone::CannotLook { error } => say!("told-cannot-look", error = error),
            LeftAlone::NoRight => say!("told-no-right"),
            LeftAlone::LinkNotFollowed => say!("told-link"),
            LeftAlone::NotAFile { what } => say!("told-no-file", what = what.saying()),
            LeftAlone::CopyFile { what } => say!("told-copy-file", what = what.saying()),
            LeftAlone::SecondName => say!("told-second-name"),
            LeftAlone::OpenElsewhere { file } => say!("told-open-elsewhere", file = file),
            LeftAlone::UnfinishedName => say!("told-unfinished-name"),
            LeftAlone::OtherName => say!("told-other-name"),
            LeftAlone::NotTaken { error } => say!("told-not-taken", error = error),
            LeftAlone::NotReadNow { error } => say!("told-not-read-now", error = error),
            LeftAlone::OrderName => say!("order-name-left"),
            LeftAlone::OrderRight => say!("order-file-left"),
        }
    }
}

impl Thing {
    fn saying(self) -> Saying {
        match self {
            Thing::Link => say!("told-a-link"),
            Thing::Folder => say!("told-a-folder"),
            Thing::Pipe => say!("told-a-pipe"),
            Thing::Device => say!("told-a-device"),
        }
    }
}

impl fmt::Display for LeftAlone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.saying().fmt(f)
    }
}

/// A file that is left alone, and why; or a folder, and its trouble in words.
pub type Left = (String, Said<LeftAlone>);
