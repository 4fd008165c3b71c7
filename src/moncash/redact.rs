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
const NAMED: [(&[u8], u8); 5] =
    [(b"&amp;", b'&'), (b"&lt;", b'<'), (b"&gt;", b'>'), (b"&quot;", b'"'), (b"&apos;", b'\'')];
/// Bytes of the longest way to spell one character: `&#x002F;`.
const LONGEST_SPELLING: usize = 8;

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
        if rest.is_empty() || (place >= SHORTEST_TELLTALE && is_cut_spelling(rest)) {
            return (place >= SHORTEST_TELLTALE).then_some(text.len());
        }
        match decode(rest) {
            Some((byte, length)) if byte == *wanted => at += length,
            _ if rest[0] == *wanted => at += 1,
            _ => return None,
        }
    }
    Some(at)
}

/// One character that is written as something else, and the bytes that it takes.
fn decode(text: &[u8]) -> Option<(u8, usize)> {
    match text {
        [b'%', high, low, ..] => Some((from_hex(&[*high, *low])?, 3)),
        [b'\\', b'u' | b'U', digits @ ..] => Some((from_hex(digits.get(..4)?)?, 6)),
        [b'\\', b'x', digits @ ..] => Some((from_hex(digits.get(..2)?)?, 4)),
        [b'\\', quoted @ (b'/' | b'\\' | b'"' | b'\''), ..] => Some((*quoted, 2)),
        [b'&', b'#', ..] => {
            let end = text.iter().take(LONGEST_SPELLING).position(|b| *b == b';')?;
            let number = match &text[2..end] {
                [b'x' | b'X', digits @ ..] => from_hex(digits)?,
                digits => std::str::from_utf8(digits).ok()?.parse().ok()?,
            };
            Some((number, end + 1))
        }
        _ => NAMED.iter().find(|(name, _)| text.starts_with(name)).map(|(name, byte)| (*byte, name.len())),
    }
}

fn from_hex(digits: &[u8]) -> Option<u8> {
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?.try_into().ok()
}

/// The text ends within what may be a spelling.
fn is_cut_spelling(rest: &[u8]) -> bool {
    rest.len() < LONGEST_SPELLING && matches!(rest[0], b'%' | b'\\' | b'&') && decode(rest).is_none()
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
