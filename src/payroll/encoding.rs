//! Which letters a file's bytes are: UTF-8, UTF-16 with its mark, or Windows-1252 (what Excel writes as
//! plain "CSV" in France and Haiti).
//!
//! A file is read in one encoding from its first byte to its last. What is ASCII reads alike in UTF-8 and in
//! Windows-1252, so the first letter with an accent decides, and a later one that contradicts it refuses the
//! file: nobody is paid from a file whose letters are half guessed.
//!
//! Must never: put a sign in place of a byte that no encoding knows, or hold the file.

use encoding_rs::{Decoder, DecoderResult, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::borrow::Cow;
use std::io::Read;

/// What a file's text is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// ASCII too.
    #[default]
    Utf8,
    Utf16Le,
    Utf16Be,
    Windows1252,
    /// No text at all: the cells of a workbook.
    Workbook,
}

impl Encoding {
    /// As people and programs call it.
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "UTF-8",
            Encoding::Utf16Le => "UTF-16LE",
            Encoding::Utf16Be => "UTF-16BE",
            Encoding::Windows1252 => "Windows-1252",
            Encoding::Workbook => "workbook",
        }
    }
}

/// The byte-order mark of UTF-8.
pub const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

/// Bytes that are no letter of Windows-1252: the library makes characters of them that nobody sees.
const NO_LETTERS: [u8; 5] = [0x81, 0x8d, 0x8f, 0x90, 0x9d];

/// Adds text in Windows-1252; fails with the first byte that is no letter of it.
pub fn push_windows_1252(out: &mut String, bytes: &[u8]) -> Result<(), u8> {
    if let Some(byte) = bytes.iter().find(|byte| NO_LETTERS.contains(byte)) {
        return Err(*byte);
    }
    out.push_str(&WINDOWS_1252.decode_without_bom_handling(bytes).0);
    Ok(())
}

/// Text of a file whose encoding is not decided yet: for names of columns, before the first record is read.
pub fn presume(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

/// Whether bytes that are no UTF-8 hold a letter of it all the same.
pub fn is_mixed(bytes: &[u8]) -> bool {
    bytes.utf8_chunks().any(|chunk| !chunk.valid().is_ascii())
}

/// What cannot be a byte of UTF-8: stands for half a letter of UTF-16, so that its record is refused.
const NO_LETTER: u8 = 0xff;

/// Bytes decoded at a time.
const BLOCK: usize = 8 * 1024;

/// Passes bytes on as they are, but for UTF-16 with its mark: that comes out as UTF-8 without it.
pub struct Decoding<R> {
    inner: R,
    state: State,
}

enum State {
    /// The first two bytes are not read yet: they may be a mark.
    Beginning,
    /// What was read ahead comes first.
    AsItIs {
        ahead: [u8; 2],
        left: usize,
        length: usize,
    },
    Wide(Wide),
}

/// UTF-16 under way.
struct Wide {
    encoding: Encoding,
    decoder: Decoder,
    ready: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<R: Read> Decoding<R> {
    pub fn new(inner: R) -> Decoding<R> {
        Decoding { inner, state: State::Beginning }
    }

    /// UTF-16, where the mark said so.
    pub fn wide(&self) -> Option<Encoding> {
        match &self.state {
            State::Wide(wide) => Some(wide.encoding),
            State::Beginning | State::AsItIs { .. } => None,
        }
    }

    pub fn into_inner(self) -> R {
        self.inner
    }

    fn begin(&mut self) -> std::io::Result<()> {
        let (mut ahead, mut length) = ([0; 2], 0);
        while length < ahead.len() {
            match self.inner.read(&mut ahead[length..]) {
                Ok(0) => break,
                Ok(count) => length += count,
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        let wide = |encoding, letters: &'static encoding_rs::Encoding| {
            let decoder = letters.new_decoder_without_bom_handling();
            State::Wide(Wide { encoding, decoder, ready: Vec::new(), given: 0, ended: false })
        };
        self.state = match (ahead, length) {
            ([0xff, 0xfe], 2) => wide(Encoding::Utf16Le, UTF_16LE),
            ([0xfe, 0xff], 2) => wide(Encoding::Utf16Be, UTF_16BE),
            _ => State::AsItIs { ahead, left: 0, length },
        };
        Ok(())
    }
}

impl<R: Read> Read for Decoding<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if matches!(self.state, State::Beginning) {
            self.begin()?;
        }
        match &mut self.state {
            State::AsItIs { ahead, left, length } if *left < *length => {
                let count = (&ahead[*left..*length]).read(buffer)?;
                *left += count;
                Ok(count)
            }
            State::Wide(wide) => wide.read(&mut self.inner, buffer),
            State::AsItIs { .. } | State::Beginning => self.inner.read(buffer),
        }
    }
}

impl Wide {
    fn read(&mut self, from: &mut impl Read, buffer: &mut [u8]) -> std::io::Result<usize> {
        while self.given == self.ready.len() && !self.ended {
            self.ready.clear();
            self.given = 0;
            let mut block = [0; BLOCK];
            let count = from.read(&mut block)?;
            self.ended = count == 0;
            self.take(&block[..count]);
        }
        let count = (&self.ready[self.given..]).read(buffer)?;
        self.given += count;
        Ok(count)
    }

    fn take(&mut self, mut bytes: &[u8]) {
        let most = self.decoder.max_utf8_buffer_length_without_replacement(bytes.len());
        let mut text = String::with_capacity(most.unwrap_or_default());
        loop {
            let (result, read) = self.decoder.decode_to_string_without_replacement(bytes, &mut text, self.ended);
            self.ready.extend_from_slice(text.as_bytes());
            if result == DecoderResult::InputEmpty {
                return;
            }
            if let DecoderResult::Malformed(..) = result {
                self.ready.push(NO_LETTER);
            }
            bytes = bytes.get(read..).unwrap_or_default();
            text.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Gives a byte at a time.
    struct Drops<'a>(&'a [u8]);

    impl Read for Drops<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let count = buffer.len().min(1);
            self.0.read(&mut buffer[..count])
        }
    }

    fn decoded(bytes: &[u8]) -> Vec<u8> {
        let (mut whole, mut dropped) = (Vec::new(), Vec::new());
        Decoding::new(bytes).read_to_end(&mut whole).unwrap();
        Decoding::new(Drops(bytes)).read_to_end(&mut dropped).unwrap();
        assert_eq!(whole, dropped);
        whole
    }

    fn wide(text: &str, big: bool) -> Vec<u8> {
        let unit = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(unit).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn utf_16_comes_out_as_the_same_text(text in "\\PC{0,40}", big in any::<bool>()) {
            prop_assert_eq!(decoded(&wide(&text, big)), text.as_bytes());
        }

        #[test]
        fn what_has_no_mark_of_utf_16_stays_as_it_is(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            prop_assume!(!bytes.starts_with(b"\xff\xfe") && !bytes.starts_with(b"\xfe\xff"));
            prop_assert_eq!(decoded(&bytes), bytes);
        }
    }

    #[test]
    fn half_a_letter_of_utf_16_is_never_passed_over() {
        for broken in [&b"\xff\xfea\0b"[..], b"\xff\xfe\x3d\xd8", b"\xff\xfe\x3d\xd8a\0", b"\xff\xfe\x00\xdca\0"] {
            assert!(std::str::from_utf8(&decoded(broken)).is_err(), "{broken:?}");
        }
    }

    #[test]
    fn windows_1252_has_no_letter_for_five_bytes() {
        let mut text = String::new();
        assert_eq!(push_windows_1252(&mut text, b"Jos\xe9 \x80 l\x92ann\xe9e"), Ok(()));
        assert_eq!(text, "José € l’année");
        let none: Vec<u8> = (0..=255).filter(|byte| push_windows_1252(&mut String::new(), &[*byte]).is_err()).collect();
        assert_eq!(none, [0x81, 0x8d, 0x8f, 0x90, 0x9d]);
    }

    #[test]
    fn letters_of_two_encodings_are_told_apart() {
        assert!(is_mixed(b"Jos\xe9 and Jos\xc3\xa9"));
        assert!(!is_mixed(b"Jos\xe9"));
    }
}
