//! Faults of the body's bytes: encodings, compression, texts that are no JSON, depth and length.

use super::{Fault, answers, ok, whole};

/// Brackets within one another, more than any reader's stack holds.
const DEEP: usize = 100_000;
/// As deep as the cap on bodies lets through.
const DEEP_BUT_SHORT: usize = 30_000;

/// A gzip file that holds `body` unpacked (RFC 1952, RFC 1951 3.2.4).
fn gzip(body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).unwrap();
    let mut file = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1];
    file.extend(length.to_le_bytes());
    file.extend((!length).to_le_bytes());
    file.extend(body);
    let crc = !body.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    });
    file.extend(crc.to_le_bytes());
    file.extend(u32::from(length).to_le_bytes());
    file
}

/// A gzip file of a few kilobytes that unpacks to tens of megabytes of spaces (RFC 1951 3.2.6).
fn bomb() -> Vec<u8> {
    let mut bits = vec![true, true, false];
    // The space is literal 0x20, code 0x30 + 0x20; "258 bytes from one back" is code 0b1100_0101, 5 zeros.
    bits.extend((0..8).rev().map(|n| 0x50 >> n & 1 == 1));
    for _ in 0..100_000 {
        bits.extend((0..8).rev().map(|n| 0b1100_0101 >> n & 1 == 1));
        bits.extend([false; 5]);
    }
    bits.extend([false; 7]);
    let mut file = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    file.extend(bits.chunks(8).map(|eight| eight.iter().rev().fold(0, |byte, bit| byte << 1 | u8::from(*bit))));
    file
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

/// The documented body with one more key, which nobody reads.
fn with_extra(good: &str, value: &str) -> String {
    good.replacen('{', &format!("{{\"extra\":{value},"), 1)
}

fn text(name: &'static str, body: fn(&str) -> String) -> Fault {
    answers(name, move |s| ok(body(&s.good).as_bytes()))
}

pub fn all() -> Vec<Fault> {
    let coded = |name, coding: &'static str, body: fn(&[u8]) -> Vec<u8>| {
        answers(name, move |s| whole("200 OK", &format!("content-encoding: {coding}\r\n"), &body(s.good.as_bytes())))
    };
    vec![
        coded("gzip that is none", "gzip", <[u8]>::to_vec),
        coded("gzip", "gzip", gzip),
        coded("gzip bomb", "gzip", |_| bomb()),
        coded("deflate", "deflate", gzip),
        coded("br", "br", gzip),
        coded("an unknown coding that is none", "x-unknown", <[u8]>::to_vec),
        answers("gzip without saying so", |s| ok(&gzip(s.good.as_bytes()))),
        answers("gzip bomb without saying so", |_| ok(&bomb())),
        answers("as text/html", |s| {
            format!("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\n\r\n{}", s.good.len(), s.good)
                .into_bytes()
        }),
        answers("as UTF-16 that is none", |s| {
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=utf-16\r\n";
            format!("{head}content-length: {}\r\n\r\n{}", s.good.len(), s.good).into_bytes()
        }),
        answers("a page", |_| whole("200 OK", "", b"<!doctype html><title>MonCash</title>successful")),
        answers("BOM", |s| ok(&[b"\xef\xbb\xbf", s.good.as_bytes()].concat())),
        answers("UTF-16 LE", |s| ok(&utf16(&s.good, u16::to_le_bytes))),
        answers("UTF-16 BE", |s| ok(&utf16(&s.good, u16::to_be_bytes))),
        answers("NUL first", |s| ok(&[b"\0", s.good.as_bytes()].concat())),
        answers("NULs last", |s| ok(&[s.good.as_bytes(), &[0; 100]].concat())),
        answers("broken UTF-8 last", |s| ok(&[s.good.as_bytes(), b"\xff"].concat())),
        answers("broken UTF-8 in a text nobody reads", |s| {
            let good = with_extra(&s.good, "\"@\"");
            ok(&good.bytes().map(|byte| if byte == b'@' { 0xff } else { byte }).collect::<Vec<_>>())
        }),
        text("nothing", |_| String::new()),
        text("spaces", |_| " \r\n\t ".to_string()),
        text("spaces around", |good| format!(" \r\n\t{good}\r\n ")),
        text("null", |_| "null".to_string()),
        text("true", |_| "true".to_string()),
        text("a number", |_| "200".to_string()),
        text("a text", |_| "\"successful\"".to_string()),
        text("the word alone", |_| "successful".to_string()),
        text("{}", |_| "{}".to_string()),
        text("[]", |_| "[]".to_string()),
        text("the answer in a list", |good| format!("[{good}]")),
        text("the answer as a text", |good| serde_json::Value::from(good).to_string()),
        text("the answer in data", |good| format!("{{\"data\":{good}}}")),
        text("the answer twice", |good| format!("{good}{good}")),
        text("a comma last", |good| format!("{good},")),
        text("half the JSON", |good| good[..good.len() / 2].to_string()),
        text("JSON without its last brace", |good| good.trim_end()[..good.trim_end().len() - 1].to_string()),
        text("JSON with a comment", |good| format!("/* ok */{good}")),
        text("JSON in a call", |good| format!("callback({good})")),
        text("single quotes", |good| good.replace('"', "'")),
        text("100,000 brackets", |_| "[".repeat(DEEP)),
        text("100,000 braces", |_| "{\"a\":".repeat(DEEP)),
        text("30,000 brackets", |_| "[".repeat(DEEP_BUT_SHORT)),
        text("30,000 brackets beside the answer", |good| {
            with_extra(good, &format!("{}{}", "[".repeat(DEEP_BUT_SHORT), "]".repeat(DEEP_BUT_SHORT)))
        }),
        text("30,000 open braces beside the answer", |good| with_extra(good, &"{\"a\":".repeat(10_000))),
        text("an unknown key beside the answer", |good| with_extra(good, "{\"paid\":false}")),
        text("a text of 60 KB beside the answer", |good| with_extra(good, &format!("\"{}\"", "x".repeat(60_000)))),
        text("a text of 70 KB beside the answer", |good| with_extra(good, &format!("\"{}\"", "x".repeat(70_000)))),
        text("the answer, then spaces up to 3 MB", |good| format!("{good}{}", " ".repeat(3_000_000))),
        text("a lone surrogate beside the answer", |good| with_extra(good, "\"\\ud800\"")),
    ]
}
