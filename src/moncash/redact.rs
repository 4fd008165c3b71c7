//! Takes what gives access to the account out of a text that came from outside: some servers quote
//! the token or the whole header that they refuse, and what they answer is kept as evidence and shown.
//!
//! Must never: leave a secret in a text because somebody spelled it in another way (percent signs,
//! HTML, JSON), or change anything else.

use super::settings::Secret;
use crate::payout::reply::Outcome;

/// Shorter texts, in bytes, are not taken out of an answer: they give nothing away, and might be a
/// part of the evidence by chance.
const SHORTEST_TELLTALE: usize = 8;
/// Put where a secret was.
const TAKEN_OUT: &str = "(taken out)";
/// Characters that HTML names rather than numbers.
const NAMED: [(&[u8], u8); 5] = [(b"amp;", b'&'), (b"lt;", b'<'), (b"gt;", b'>'), (b"quot;", b'"'), (b"apos;", b'\'')];
/// Bytes of the longest way to spell one character: `&#x002F;`.
const LONGEST_SPELLING: usize = 8;
/// How often a spelling may be spelled again.
const MOST_NESTED: usize = 7;

/// Takes every secret out of an answer's text, also one that the cap cut in two.
pub(super) fn take_out(outcome: &mut Outcome, secrets: &[&Secret]) {
    let text = match outcome {
        Outcome::NeverLeft(why) | Outcome::Lost(why) => why,
        Outcome::Answered(http) => &mut http.body,
    };
    for secret in secrets.iter().map(|s| s.expose()).filter(|s| s.len() >= SHORTEST_TELLTALE) {
        if text.contains(secret) {
            *text = text.replace(secret, TAKEN_OUT);
        }
        take_out_spelled(text, secret.as_bytes());
    }
}

/// As it may be spelled in an address, a page or JSON; and cut in two by the text's end.
fn take_out_spelled(text: &mut String, secret: &[u8]) {
    let bytes = text.as_bytes();
    let (mut clean, mut kept) = (String::new(), 0);
    let mut at = 0;
    while at < bytes.len() {
        match spelled(&bytes[at..], secret) {
            // Both ends lie between characters: a secret and every spelling of it are ASCII there.
            Some(length) if text.is_char_boundary(at) && text.is_char_boundary(at + length) => {
                clean.push_str(&text[kept..at]);
                clean.push_str(TAKEN_OUT);
                at += length;
                kept = at;
            }
            _ => at += 1,
        }
    }
    if kept > 0 {
        clean.push_str(&text[kept..]);
        *text = clean;
    }
}

/// How many bytes at the beginning of `text` spell the secret, or as much of it as the text has.
fn spelled(text: &[u8], secret: &[u8]) -> Option<usize> {
    let mut at = 0;
    for (place, wanted) in secret.iter().enumerate() {
        let rest = &text[at..];
        if rest.is_empty() {
            return (place >= SHORTEST_TELLTALE).then_some(text.len());
        }
        match decode(rest, *wanted) {
            Some(length) => at += length,
            None if rest[0] == *wanted => at += 1,
            None => return (place >= SHORTEST_TELLTALE && is_cut_spelling(rest)).then_some(text.len()),
        }
    }
    Some(at)
}

/// How many bytes spell this one character as something else. A page within JSON within a page spells
/// the sign that begins a spelling anew each time.
fn decode(text: &[u8], wanted: u8) -> Option<usize> {
    let (sign, again): (u8, &[u8]) = match text.first()? {
        b'%' => (b'%', b"25"),
        b'&' => (b'&', b"amp;"),
        b'\\' => (b'\\', b"\\"),
        _ => return None,
    };
    let (mut rest, mut longest) = (&text[1..], None);
    for _ in 0..=MOST_NESTED {
        if let Some(length) = decode_after(sign, rest, wanted) {
            longest = Some(text.len() - rest.len() + length);
        }
        let Some(deeper) = rest.strip_prefix(again) else { break };
        rest = deeper;
    }
    longest
}

/// The same after the sign that begins a spelling.
fn decode_after(sign: u8, rest: &[u8], wanted: u8) -> Option<usize> {
    let (byte, length) = match (sign, rest) {
        (b'%', [high, low, ..]) => (from_hex(&[*high, *low])?, 2),
        (b'\\', [b'u' | b'U', digits @ ..]) => (from_hex(digits.get(..4)?)?, 5),
        (b'\\', [b'x', digits @ ..]) => (from_hex(digits.get(..2)?)?, 3),
        (b'\\', [quoted @ (b'/' | b'\\' | b'"' | b'\''), ..]) => (*quoted, 1),
        (b'&', [b'#', number @ ..]) => {
            let end = number.iter().take(LONGEST_SPELLING).position(|b| *b == b';')?;
            let byte = match &number[..end] {
                [b'x' | b'X', digits @ ..] => from_hex(digits)?,
                digits => std::str::from_utf8(digits).ok()?.parse().ok()?,
            };
            (byte, end + 2)
        }
        (b'&', name) => {
            NAMED.iter().find(|(named, _)| name.starts_with(named)).map(|(named, byte)| (*byte, named.len()))?
        }
        _ => return None,
    };
    (byte == wanted).then_some(length)
}

fn from_hex(digits: &[u8]) -> Option<u8> {
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?.try_into().ok()
}

/// The text ends within what may be a spelling.
fn is_cut_spelling(rest: &[u8]) -> bool {
    rest.len() < LONGEST_SPELLING && matches!(rest[0], b'%' | b'\\' | b'&') && !rest.contains(&b' ')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payout::reply::Http;

    /// With every character that somebody spells in another way.
    const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.se/cr+et&x<y>\"z'%q==";

    fn read(body: &str) -> String {
        let mut outcome = Outcome::Answered(Http { status: 401, body: body.into(), cut: false, retry_after: None });
        take_out(&mut outcome, &[&Secret::new(TOKEN), &Secret::new("pire")]);
        match outcome {
            Outcome::Answered(http) => http.body,
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn a_quoted_token_is_taken_out_however_it_is_spelled() {
        let percent = |c: char| if c.is_ascii_alphanumeric() { c.to_string() } else { format!("%{:02x}", c as u32) };
        let number = |c: char| if c.is_ascii_alphanumeric() { c.to_string() } else { format!("&#{};", c as u32) };
        let hex = |c: char| if c.is_ascii_alphanumeric() { c.to_string() } else { format!("&#x{:X};", c as u32) };
        let json = |c: char| if c.is_ascii_alphanumeric() { c.to_string() } else { format!("\\u{:04x}", c as u32) };
        let spell = |how: &dyn Fn(char) -> String| TOKEN.chars().map(how).collect::<String>();
        for spelled in [
            TOKEN.to_string(),
            spell(&percent),
            spell(&number),
            spell(&hex),
            spell(&json),
            TOKEN.replace('/', "\\/").replace('"', "\\\""),
            TOKEN.replace('/', "\\\\/").replace('"', "\\\\\\\""),
            spell(&percent).replace('%', "%2525"),
            spell(&number).replace('&', "&amp;amp;"),
            spell(&json).replace('\\', "\\\\"),
            TOKEN.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;"),
        ] {
            assert_eq!(read(&format!("é expired: {spelled}! {spelled}")), "é expired: (taken out)! (taken out)");
        }
    }

    #[test]
    fn a_token_is_taken_out_even_where_the_cut_left_half_of_it() {
        assert_eq!(read("expired: eyJhbGciOiJIUz"), "expired: (taken out)");
        assert_eq!(read("expired: eyJhbGciOiJIUzI1NiJ9.se%2"), "expired: (taken out)");
        assert_eq!(read("expired: eyJhbGciOiJIUzI1NiJ9.se%2Fcr"), "expired: (taken out)");
    }

    #[test]
    fn nothing_else_is_changed() {
        for fine in ["expired", "", "100 % \\ & é%zz \\u12 &#; &#x;", "eyJhbGciO, and more", "{\"a\":\"b\\/c\"}"] {
            assert_eq!(read(fine), fine);
        }
    }
}
