//! The zip archive around a workbook: what kind it is, and how much comes out of it.
//!
//! Must never: believe the sizes that an archive states. What is unpacked is counted as it comes.

use super::{Bytes, broken, too_large, unreadable};
use crate::payroll::problem::Problem;
use crate::words::say;
use quick_xml::events::{BytesStart, Event};
use std::io::{BufReader, Read};
use zip::ZipArchive;
use zip::read::ZipFile;

/// Parts in one archive. A workbook has some dozens.
const MOST_PARTS: usize = 4_096;
/// What the archive's directory lists a part with.
const DIRECTORY_MARK: &[u8] = b"PK\x01\x02";
/// What the archive's end begins with, and where in it the number of listed parts stands (APPNOTE, 4.3.16).
const END_MARK: &[u8] = b"PK\x05\x06";
const NUMBER_OF_PARTS: std::ops::Range<usize> = 10..12;
/// Bytes of the texts that an Excel workbook keeps apart from its sheets. They are held while it is read.
const LARGEST_TEXTS: u64 = 8 << 20;
/// Bytes of all its other parts that are read at once: styles, names of the sheets.
const LARGEST_REST: u64 = 4 << 20;
/// Bytes of an OpenDocument's one part for all sheets, some 20,000 people with four columns. It is read twice before
/// the first row comes, in one step of the daemon's loop: no other batch's Transfert may wait for it noticeably.
const LARGEST_CONTENT: u64 = 12 << 20;
/// Bytes of one sheet of an Excel workbook, which is read through and not held. Two million rows.
const LARGEST_SHEET: u64 = 512 << 20;

/// An OpenDocument's one part for all sheets.
pub(super) const CONTENT: &str = "content.xml";

/// Whose format it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Excel,
    OpenDocument,
}

/// A part of the archive, read as XML.
pub(super) type Xml<'a> = quick_xml::Reader<BufReader<Bounded<ZipFile<'a, Bytes>>>>;

pub(super) fn open(bytes: &Bytes) -> Result<ZipArchive<Bytes>, Problem> {
    ZipArchive::new(bytes.clone()).map_err(|error| broken(&error))
}

/// Looks into the archive, and unpacks whatever the library will hold, to see that it is small enough.
pub(super) fn kind(bytes: &Bytes) -> Result<Kind, Problem> {
    // The directory is held: it must be small before it is read.
    let listed = bytes.get_ref().windows(DIRECTORY_MARK.len()).filter(|window| *window == DIRECTORY_MARK).count();
    if listed > MOST_PARTS {
        return Err(too_large(say!("workbook-unpacks-too-large")));
    }
    let mut archive = open(bytes)?;
    // Two parts of one name: one program reads the first, another the last.
    if number_of_parts(bytes.get_ref()).is_some_and(|stated| usize::from(stated) > archive.len()) {
        return Err(unreadable(say!("workbook-part-twice")));
    }
    let kind = match (archive.index_for_name("xl/workbook.xml"), archive.index_for_name(CONTENT)) {
        (Some(_), _) => Kind::Excel,
        (None, Some(_)) => Kind::OpenDocument,
        (None, None) => return Err(unreadable(say!("workbook-no-workbook"))),
    };
    let mut rest = LARGEST_REST;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|error| broken(&error))?;
        let name = part.name().map_err(|error| broken(&error))?.to_ascii_lowercase();
        match kind {
            // Sheets are read through; pictures and what is drawn are not read at all.
            Kind::Excel if name.starts_with("xl/worksheets/") || !is_read(&name) => {}
            Kind::Excel if name.ends_with("sharedstrings.xml") => drop(unpacked(part, LARGEST_TEXTS)?),
            // What it says of its size is not believed either way: the look at it counts what comes.
            Kind::OpenDocument if name == CONTENT && part.size() <= LARGEST_CONTENT => {}
            Kind::OpenDocument if name == CONTENT => return Err(too_large(say!("workbook-unpacks-too-large"))),
            Kind::Excel => rest -= unpacked(part, rest)?,
            Kind::OpenDocument if name.ends_with(".xml") => rest -= unpacked(part, rest)?,
            Kind::OpenDocument => {}
        }
    }
    Ok(kind)
}

/// How many parts the archive's directory says that it lists.
fn number_of_parts(bytes: &[u8]) -> Option<u16> {
    let end = bytes.windows(END_MARK.len()).rposition(|window| window == END_MARK)?;
    let stated = bytes.get(end..)?.get(NUMBER_OF_PARTS)?;
    Some(u16::from_le_bytes(stated.try_into().ok()?))
}

/// Of an Excel workbook: what is read besides sheets.
fn is_read(name: &str) -> bool {
    let is_description = name.ends_with(".xml") || name.ends_with(".rels");
    let deep = name.starts_with("xl/") && name.matches('/').count() > 1;
    is_description && (!deep || name.starts_with("xl/_rels/") || name.starts_with("xl/theme/"))
}

/// The part of that name as the library finds it: it does not tell capitals from others, nor which way a stroke leans.
pub(super) fn part_like(archive: &ZipArchive<Bytes>, name: &str) -> Result<Option<String>, Problem> {
    let mut like = None;
    for found in archive.file_names() {
        let found = found.map_err(|error| broken(&error))?;
        if found.replace('\\', "/").eq_ignore_ascii_case(name) && like.replace(found.into_owned()).is_some() {
            return Err(unreadable(say!("workbook-part-twice")));
        }
    }
    Ok(like)
}

/// Bytes that a part unpacks to.
fn unpacked(part: impl Read, most: u64) -> Result<u64, Problem> {
    let count = std::io::copy(&mut part.take(most + 1), &mut std::io::sink()).map_err(|error| broken(&error))?;
    if count > most {
        return Err(too_large(say!("workbook-unpacks-too-large")));
    }
    Ok(count)
}

/// A part to be read as XML, with every `<a/>` as `<a></a>`.
pub(super) fn xml<'a>(archive: &'a mut ZipArchive<Bytes>, name: &str) -> Result<Xml<'a>, Problem> {
    let part = archive.by_name(name).map_err(|error| broken(&error))?;
    let left = if name == CONTENT { LARGEST_CONTENT } else { LARGEST_SHEET };
    let bounded = Bounded { inner: part, left, in_row: 0 };
    let mut xml = quick_xml::Reader::from_reader(BufReader::new(bounded));
    let config = xml.config_mut();
    config.expand_empty_elements = true;
    config.check_end_names = false;
    Ok(xml)
}

/// An attribute's value, its entities resolved.
pub(super) fn value(attribute: &quick_xml::events::attributes::Attribute<'_>) -> Result<String, Problem> {
    let text = quick_xml::escape::unescape(&attribute.value).map_err(|error| broken(&error))?;
    Ok(text.into_owned())
}

/// Shows every element of a part, which holds none of them longer than a row may be.
pub(super) fn for_each_element(
    archive: &mut ZipArchive<Bytes>,
    name: &str,
    see: &mut dyn FnMut(&BytesStart<'_>) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let (mut part, mut buffer) = (xml(archive, name)?, Vec::new());
    loop {
        buffer.clear();
        match part.read_event_into(&mut buffer).map_err(|error| broken(&error))? {
            Event::Start(element) => see(&element)?,
            Event::Eof => return Ok(()),
            _ => {}
        }
        part.get_mut().get_mut().row_ended();
    }
}

/// An attribute by its name, whatever prefix it has.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Result<Option<String>, Problem> {
    for attribute in element.attributes() {
        let attribute = attribute.map_err(|error| broken(&error))?;
        if attribute.key.local_name().as_ref() == name {
            return value(&attribute).map(Some);
        }
    }
    Ok(None)
}

/// Bytes of one row of a sheet, as XML. Sixteen times the longest row of a CSV file.
const LONGEST_ROW: u64 = 1 << 20;

/// Ends with an error where more comes out than any payroll has.
pub(super) struct Bounded<R> {
    inner: R,
    left: u64,
    in_row: u64,
}

impl<R> Bounded<R> {
    /// A row is over: the next may be as long again.
    pub fn row_ended(&mut self) {
        self.in_row = 0;
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.left == 0 || self.in_row > LONGEST_ROW {
            return Err(std::io::Error::other("it unpacks to more than any payroll has"));
        }
        let room = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let count = self.inner.read(&mut buffer[..room])?;
        let bytes = u64::try_from(count).unwrap_or(u64::MAX);
        self.left = self.left.saturating_sub(bytes);
        self.in_row = self.in_row.saturating_add(bytes);
        Ok(count)
    }
}
