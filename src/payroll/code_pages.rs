//! Letters of older code pages, MacRoman (Excel for Mac) and CP850 (MS-DOS), in a file that would be read as
//! Windows-1252: `Désir` would be paid as `DŽsir`.
//!
//! Their letters with accents lie where Windows-1252 has punctuation and letters that nobody here writes. Such a byte
//! is believed only where that punctuation can stand: `l’école`, `cœur`, `“oui”`, `suite…`, `50 €`.
//!
//! Must never: read a file by one of them. Which it was is for a person to say, by saving it as UTF-8.

/// Whose letters they may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodePage {
    MacRoman,
    Cp850,
    /// One of the two.
    Either,
}

/// The bytes that are letters of French, Spanish or Kreyòl in each, of those that are looked at.
const MAC_ROMAN: &[u8] = b"\x83\x87\x88\x89\x8d\x8e\x8f\x90\x91\x92\x94\x95\x96\x97\x98\x99\x9c\x9d\x9e\x9f\xd5";
const CP_850: &[u8] =
    b"\x80\x81\x82\x83\x85\x87\x88\x89\x8a\x8b\x8c\x90\x93\x95\x96\x97\xa1\xa2\xa3\xa4\xa5\xb5\xb7\xd7\xd8";

/// Whose letters a line of bytes may hold, and where the first of them stands, if Windows-1252 would not have it so.
pub fn suspect(line: &[u8]) -> Option<(CodePage, usize)> {
    let strange = || line.iter().enumerate().filter(|(at, byte)| !byte.is_ascii() && is_strange(line, *at));
    let (first, _) = strange().next()?;
    let count = |letters: &[u8]| strange().filter(|(_, byte)| letters.contains(byte)).count();
    let page = match count(MAC_ROMAN).cmp(&count(CP_850)) {
        std::cmp::Ordering::Greater => CodePage::MacRoman,
        std::cmp::Ordering::Less => CodePage::Cp850,
        std::cmp::Ordering::Equal => CodePage::Either,
    };
    Some((page, first))
}

/// What stands beside a byte, as Windows-1252 has it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Beside {
    Small,
    Capital,
    Space,
    Other,
}

fn beside(byte: Option<u8>) -> Beside {
    match byte {
        Some(b'a'..=b'z' | 0xdf..=0xf6 | 0xf8..=0xff | 0x9c) => Beside::Small,
        Some(b'A'..=b'Z' | 0xc0..=0xd6 | 0xd8..=0xde | 0x8c) => Beside::Capital,
        Some(b' ' | 0xa0) => Beside::Space,
        _ => Beside::Other,
    }
}

fn is_letter(beside: Beside) -> bool {
    matches!(beside, Beside::Small | Beside::Capital)
}

/// Whether Windows-1252's character would be out of place there.
fn is_strange(line: &[u8], at: usize) -> bool {
    let (behind, ahead) = line.split_at(at);
    let (before, next) = (beside(behind.last().copied()), beside(ahead.get(1).copied()));
    let (after_letter, before_letter) = (is_letter(before), is_letter(next));
    let within = after_letter && before_letter;
    match ahead.first().copied().unwrap_or_default() {
        // ‚ ƒ „ ˆ Š Ž ˜ š ž Ÿ
        0x82..=0x84 | 0x88 | 0x8a | 0x8e | 0x98 | 0x9a | 0x9e | 0x9f => true,
        // † ‡ ‰, and the five that are nothing.
        0x81 | 0x86 | 0x87 | 0x89 | 0x8d | 0x8f | 0x90 | 0x9d => after_letter || before_letter,
        // €
        0x80 => after_letter || before_letter,
        // … ends a word.
        0x85 => before_letter || before == Beside::Space && next == Beside::Space,
        // Œ begins one, or stands among capitals: ŒUVRE, CŒUR.
        0x8c => before == Beside::Small || matches!(ahead.get(1), Some(b'l' | b'L')),
        // œ stands in cœur, œil, fœtus.
        0x9c => after_letter && !matches!(ahead.get(1), Some(b'u' | b'U' | b'i' | b't')),
        // ‘ “ ‹ begin a word, ” › ™ end one.
        0x91 => within,
        0x8b | 0x93 => after_letter,
        0x94 | 0x9b => before_letter,
        0x99 => within,
        0x92 => within && !is_apostrophe(behind, ahead.get(1..).unwrap_or_default()),
        // •
        0x95 => after_letter || before_letter,
        // – and — stand between words, or names: Jean–Paul.
        0x96 => before == Beside::Small && next == Beside::Small,
        0x97 => before == Beside::Small && next != Beside::Capital,
        // ¡ ¢ £ ¤ ¥ µ · × Ø ÷
        0xa1..=0xa5 | 0xb5 | 0xb7 | 0xd7 | 0xd8 | 0xf7 => within,
        // Õ, the apostrophe of MacRoman: no language of Haiti has it.
        0xd5 => within,
        _ => false,
    }
}

/// Whether `’` between letters is one: `l’école`, `Grand’Anse`, `jusqu’ici`, `Joseph’s`, and not `Mart’nez`.
fn is_apostrophe(before: &[u8], behind: &[u8]) -> bool {
    let letter = |byte: &&u8| is_letter(beside(Some(**byte)));
    let first: Vec<u8> = before.iter().rev().take_while(letter).map(u8::to_ascii_lowercase).collect();
    let second: Vec<u8> = behind.iter().take_while(letter).map(u8::to_ascii_lowercase).collect();
    let ends = matches!(first.as_slice(), [_] | [b'd', ..] | [b'u', b'q', ..]);
    ends || matches!(second.as_slice(), b"s" | b"t" | b"d" | b"m" | b"re" | b"ve" | b"ll")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `=` and two digits stand for a byte.
    fn bytes(text: &str) -> Vec<u8> {
        let mut pieces = text.split('=');
        let mut bytes: Vec<u8> = pieces.next().unwrap_or_default().bytes().collect();
        for piece in pieces {
            bytes.push(u8::from_str_radix(&piece[..2], 16).unwrap());
            bytes.extend(piece[2..].bytes());
        }
        bytes
    }

    #[test]
    fn names_of_old_code_pages_are_known() {
        use CodePage::*;
        for (line, page) in [
            ("C19-001,36190001,1000.00,D=8Esir =83.,Salaire d=8Ecembre", MacRoman),
            ("No=91l", MacRoman),
            ("Beno=94t", MacRoman),
            ("H=8El=8Fne", MacRoman),
            ("Fran=8Dois", MacRoman),
            ("d=D5Ha=95ti", MacRoman),
            ("Jean =83.", Either),
            ("Mart=92nez", MacRoman),
            ("Mar=92a", MacRoman),
            ("Jes=9Cs", MacRoman),
            ("C=99t=8E", MacRoman),
            ("Jos=82", Cp850),
            ("H=82l=8Ane", Cp850),
            ("Salaire =85 payer", Cp850),
            ("Ha=8Bti", Cp850),
            ("Fran=87ois", Either),
            ("=82cole", Cp850),
            ("Mu=A4oz", Cp850),
            ("Krey=95l", Either),
            ("R=82f=82rence;T=82l=82phone;Montant", Cp850),
            ("dip=93me", Cp850),
        ] {
            let found = suspect(&bytes(line)).map(|(page, _)| page);
            assert!(found.is_some(), "{line}");
            if page != Either {
                assert_eq!(found, Some(page), "{line}");
            }
        }
    }

    #[test]
    fn punctuation_of_windows_is_left_alone() {
        for line in [
            "l=92=E9cole, aujourd=92hui, jusqu=92ici, Grand=92Anse, m=92ap, O=92Brien, Joseph=92s",
            "s=9Cur, =9Cuvre, =8Cuvre, C=8CUR, b=9Cuf, f=9Ctus, =9Cil",
            "=93oui=94, =91non=92, suite=85, 50 =80, =8050, 12=80;",
            "Jean=96Paul, janvier =96 mars, 2026=972027, prime =97 juillet",
            "=95 Prime, n=B0 5, 1=AA, =ABoui=BB, Excel=99",
            "Ren=E9, H=E9l=E8ne, ANDR=E9NE, No=EBl, Gar=E7on, 3 =D7 4, =A3 5, 5 =A3",
        ] {
            for line in line.split(", ") {
                assert_eq!(suspect(&bytes(line)), None, "{line}");
            }
        }
    }
}
