//! Faults of HTTP: redirects, interim answers, versions, statuses, headers, lengths and chunks.

use super::{Fault, Scene, answers, answers_and_leaves, fault, ok, whole};
use crate::enemy::{At, FLOOD, Step};

/// Interim answers of a flood: enough to fill every buffer, few enough to be read in a moment.
const INTERIM_FLOOD: usize = 256 * 1024;

fn redirect(name: &'static str, status: &'static str, location: fn(&Scene) -> String) -> Fault {
    answers(name, move |s| whole(status, &format!("location: {}\r\n", location(s)), b""))
}

fn itself(s: &Scene) -> String {
    format!("http://{}{}", s.here, s.endpoint.path())
}

fn elsewhere(s: &Scene) -> String {
    format!("http://{}{}", s.elsewhere, s.endpoint.path())
}

fn headed(headers: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\n{headers}\r\n{body}").into_bytes()
}

fn chunk(body: &str) -> String {
    format!("{:x}\r\n{body}\r\n", body.len())
}

const CHUNKED: &str = "transfer-encoding: chunked\r\n";

pub fn all() -> Vec<Fault> {
    vec![
        redirect("301 to itself", "301 Moved", itself),
        redirect("302 to itself", "302 Found", itself),
        redirect("303 to itself", "303 See Other", itself),
        redirect("307 to itself", "307 Temporary", itself),
        redirect("308 to itself", "308 Permanent", itself),
        redirect("301 elsewhere", "301 Moved", elsewhere),
        redirect("302 elsewhere", "302 Found", elsewhere),
        redirect("303 elsewhere", "303 See Other", elsewhere),
        redirect("307 elsewhere", "307 Temporary", elsewhere),
        redirect("308 elsewhere", "308 Permanent", elsewhere),
        redirect("307 by path", "307 Temporary", |s| s.endpoint.path().to_string()),
        redirect("307 by // elsewhere", "307 Temporary", |s| format!("//{}{}", s.elsewhere, s.endpoint.path())),
        redirect("307 nowhere", "307 Temporary", |_| "::::".to_string()),
        answers("307 with the documented body", |s| {
            whole("307 Temporary", &format!("location: {}\r\n", itself(s)), s.good.as_bytes())
        }),
        answers("300 with the documented body", |s| whole("300 Choices", "", s.good.as_bytes())),
        answers("305 use a proxy", |s| whole("305 Use Proxy", &format!("location: {}\r\n", elsewhere(s)), b"")),
        answers("407 ask a proxy", |_| whole("407 Proxy", "proxy-authenticate: Basic realm=\"x\"\r\n", b"{}")),
        answers("401 with a challenge", |_| whole("401 No", "www-authenticate: Basic realm=\"x\"\r\n", b"{}")),
        answers("401 with the documented body", |s| whole("401 No", "", s.good.as_bytes())),
        answers("headers that lead elsewhere", |s| {
            let to = elsewhere(s);
            let extra = format!(
                "location: {to}\r\ncontent-location: {to}\r\nrefresh: 0; url={to}\r\nalt-svc: h2=\"{}\"\r\nset-cookie: a=b\r\n",
                s.elsewhere
            );
            whole("200 OK", &extra, s.good.as_bytes())
        }),
        answers("408 try again", |_| whole("408 Timeout", "retry-after: 0\r\nconnection: close\r\n", b"{}")),
        answers("421 misdirected", |_| whole("421 Misdirected", "", b"{}")),
        answers("425 too early", |_| whole("425 Too Early", "", b"{}")),
        answers("429 with the documented body", |s| whole("429 Slow", "retry-after: 1\r\n", s.good.as_bytes())),
        answers("500 with the documented body", |s| whole("500 Oops", "", s.good.as_bytes())),
        answers("502 a page", |_| whole("502 Bad", "", b"<html><body>Bad gateway</body></html>")),
        answers("503 try again", |_| whole("503 Busy", "retry-after: 0\r\n", b"{}")),
        answers("403 with the documented body", |s| whole("403 No", "", s.good.as_bytes())),
        answers("404 with the documented body", |s| whole("404 No", "", s.good.as_bytes())),
        answers("202 with the documented body", |s| whole("202 Accepted", "", s.good.as_bytes())),
        answers("204 with a body", |s| whole("204 None", "", s.good.as_bytes())),
        answers("205 with a body", |s| whole("205 Reset", "", s.good.as_bytes())),
        answers("206 a part", |s| whole("206 Part", "content-range: bytes 0-9/99\r\n", s.good.as_bytes())),
        answers("304 with a body", |s| whole("304 Same", "", s.good.as_bytes())),
        answers("status 000", |s| whole("000 X", "", s.good.as_bytes())),
        answers("status 99", |s| whole("99 X", "", s.good.as_bytes())),
        answers("status 600", |s| whole("600 X", "", s.good.as_bytes())),
        answers("status 999", |s| whole("999 X", "", s.good.as_bytes())),
        answers("status 2000", |s| whole("2000 X", "", s.good.as_bytes())),
        answers("status without a reason", |s| whole("200", "", s.good.as_bytes())),
        answers("100, then the answer", |s| {
            [b"HTTP/1.1 100 Continue\r\n\r\n".to_vec(), ok(s.good.as_bytes())].concat()
        }),
        answers("102 and 103, then the answer", |s| {
            let interim = b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Hints\r\nlink: </x>\r\n\r\n".to_vec();
            [interim, ok(s.good.as_bytes())].concat()
        }),
        answers("1000 times 100, then the answer", |s| {
            [b"HTTP/1.1 100 Continue\r\n\r\n".repeat(1000), ok(s.good.as_bytes())].concat()
        }),
        answers_and_leaves("100, then FIN", |_| b"HTTP/1.1 100 Continue\r\n\r\n".to_vec()),
        fault("endless 100s", At::Request, |_| {
            vec![Step::Flood(b"HTTP/1.1 100 Continue\r\n\r\n".repeat(1000), INTERIM_FLOOD), Step::Stall]
        }),
        answers("101 to another protocol", |_| {
            b"HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n".to_vec()
        }),
        answers("101 with the documented body", |s| {
            let head = "HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n";
            format!("{head}content-length: {}\r\n\r\n{}", s.good.len(), s.good).into_bytes()
        }),
        answers_and_leaves("HTTP/1.0 with a length", |s| {
            format!("HTTP/1.0 200 OK\r\ncontent-length: {}\r\n\r\n{}", s.good.len(), s.good).into_bytes()
        }),
        answers_and_leaves("HTTP/1.0 up to the FIN", |s| format!("HTTP/1.0 200 OK\r\n\r\n{}", s.good).into_bytes()),
        answers_and_leaves("HTTP/1.0 cut by the FIN", |s| {
            format!("HTTP/1.0 200 OK\r\n\r\n{}", &s.good[..s.good.len() - 1]).into_bytes()
        }),
        fault("HTTP/1.0 up to a RST", At::Request, |s| {
            let bytes = format!("HTTP/1.0 200 OK\r\n\r\n{}", s.good).into_bytes();
            vec![Step::Send(bytes), Step::Yield(50), Step::Reset]
        }),
        answers_and_leaves("HTTP/0.9", |s| s.good.clone().into_bytes()),
        answers("HTTP/1.2", |s| [b"HTTP/1.2", &ok(s.good.as_bytes())[8..]].concat()),
        answers("HTTP/2 in letters", |s| [b"HTTP/2.0", &ok(s.good.as_bytes())[8..]].concat()),
        answers("HTTP/2 settings", |_| vec![0, 0, 0, 4, 0, 0, 0, 0, 0]),
        answers("HTTP/2 preface", |_| b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec()),
        answers("ICY", |s| [b"ICY", &ok(s.good.as_bytes())[8..]].concat()),
        answers("a request as answer", |s| format!("POST {} HTTP/1.1\r\n\r\n", s.endpoint.path()).into_bytes()),
        answers_and_leaves("garbage", |_| (0..=255).cycle().take(1000).collect()),
        answers_and_leaves("zeros", |_| vec![0; 1000]),
        answers("a status line in lower case", |s| [b"http/1.1", &ok(s.good.as_bytes())[8..]].concat()),
        answers("line ends of Unix", |s| {
            format!("HTTP/1.1 200 OK\ncontent-length: {}\n\n{}", s.good.len(), s.good).into_bytes()
        }),
        answers("empty lines first", |s| [b"\r\n\r\n".to_vec(), ok(s.good.as_bytes())].concat()),
        answers("a header without a colon", |s| headed("content-length 5\r\n", &s.good)),
        answers("a header with NUL", |s| whole("200 OK", "x: a\0b\r\n", s.good.as_bytes())),
        answers("a folded header", |s| whole("200 OK", "x: a\r\n b\r\n", s.good.as_bytes())),
        answers("90 headers", |s| whole("200 OK", &"x-n: y\r\n".repeat(90), s.good.as_bytes())),
        answers("10,000 headers", |s| whole("200 OK", &"x-n: y\r\n".repeat(10_000), s.good.as_bytes())),
        answers("a header of 1 MB", |s| whole("200 OK", &format!("x: {}\r\n", "y".repeat(1 << 20)), s.good.as_bytes())),
        fault("endless headers", At::Request, |_| {
            vec![Step::Send(b"HTTP/1.1 200 OK\r\n".to_vec()), Step::Flood(b"x-n: y\r\n".repeat(1000), FLOOD)]
        }),
        fault("an endless header", At::Request, |_| {
            vec![Step::Send(b"HTTP/1.1 200 OK\r\nx: ".to_vec()), Step::Flood(vec![b'y'; 8000], FLOOD)]
        }),
        fault("an endless status line", At::Request, |_| {
            vec![Step::Send(b"HTTP/1.1 200 ".to_vec()), Step::Flood(vec![b'y'; 8000], FLOOD)]
        }),
        fault("endless garbage", At::Request, |_| vec![Step::Flood(vec![b'\r'; 8000], FLOOD)]),
    ]
}

pub fn framing() -> Vec<Fault> {
    vec![
        answers("length too short", |s| headed("content-length: 10\r\n", &s.good)),
        answers("length one too short", |s| headed(&format!("content-length: {}\r\n", s.good.len() - 1), &s.good)),
        answers("length nought", |s| headed("content-length: 0\r\n", &s.good)),
        answers_and_leaves("length too long, then FIN", |s| headed("content-length: 9999\r\n", &s.good)),
        fault("length too long, then silence", At::Request, |s| {
            vec![Step::Send(headed("content-length: 9999\r\n", &s.good)), Step::Stall]
        }),
        answers("length negative", |s| headed("content-length: -1\r\n", &s.good)),
        answers("length in words", |s| headed("content-length: many\r\n", &s.good)),
        answers("length over 64 bits", |s| headed("content-length: 99999999999999999999\r\n", &s.good)),
        answers_and_leaves("length of an exabyte, then FIN", |s| {
            headed("content-length: 1000000000000000000\r\n", &s.good)
        }),
        answers("two lengths that differ", |s| {
            headed(&format!("content-length: {}\r\ncontent-length: 3\r\n", s.good.len()), &s.good)
        }),
        answers("two lengths alike", |s| {
            let length = format!("content-length: {}\r\n", s.good.len());
            headed(&length.repeat(2), &s.good)
        }),
        answers("a length and chunks", |s| {
            headed(&format!("content-length: 3\r\n{CHUNKED}"), &format!("{}0\r\n\r\n", chunk(&s.good)))
        }),
        fault("neither length nor end", At::Request, |s| vec![Step::Send(headed("", &s.good)), Step::Stall]),
        answers("chunks", |s| headed(CHUNKED, &format!("{}0\r\n\r\n", chunk(&s.good)))),
        answers("chunks with extensions and trailers", |s| {
            let body = format!("{:x};a=b\r\n{}\r\n0\r\nx: y\r\n\r\n", s.good.len(), s.good);
            headed(CHUNKED, &body)
        }),
        answers("chunk size in words", |s| headed(CHUNKED, &format!("many\r\n{}\r\n0\r\n\r\n", s.good))),
        answers("chunk size over 64 bits", |s| {
            headed(CHUNKED, &format!("fffffffffffffffff\r\n{}\r\n0\r\n\r\n", s.good))
        }),
        answers("chunk size too small", |s| headed(CHUNKED, &format!("5\r\n{}\r\n0\r\n\r\n", s.good))),
        answers_and_leaves("chunk without its end", |s| headed(CHUNKED, &format!("{:x}\r\n{}", s.good.len(), s.good))),
        answers_and_leaves("chunks without the last", |s| headed(CHUNKED, &chunk(&s.good))),
        answers("chunk extension of 1 MB", |s| {
            headed(CHUNKED, &format!("{:x};{}\r\n{}\r\n0\r\n\r\n", s.good.len(), "x".repeat(1 << 20), s.good))
        }),
        answers("trailers of 1 MB", |s| {
            headed(CHUNKED, &format!("{}0\r\n{}\r\n", chunk(&s.good), "x: y\r\n".repeat(180_000)))
        }),
        answers_and_leaves("an unknown transfer coding", |s| headed("transfer-encoding: chunked, x\r\n", &s.good)),
        fault("an unknown transfer coding, no end", At::Request, |s| {
            vec![Step::Send(headed("transfer-encoding: x\r\n", &s.good)), Step::Stall]
        }),
        answers_and_leaves("gzip as transfer coding", |s| headed("transfer-encoding: gzip\r\n", &s.good)),
        fault("a body of 48 MB", At::Request, |_| {
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {FLOOD}\r\n\r\n").into_bytes();
            vec![Step::Send(head), Step::Flood(b"{ \"a\": 1 }".repeat(800), FLOOD)]
        }),
        fault("endless chunks", At::Request, |_| {
            let head = headed(CHUNKED, "");
            vec![Step::Send(head), Step::Flood(chunk(&" ".repeat(4000)).into_bytes(), FLOOD)]
        }),
        fault("endless small chunks", At::Request, |_| {
            vec![
                Step::Send(headed(CHUNKED, "")),
                Step::Flood(chunk("                ").repeat(100).into_bytes(), FLOOD),
            ]
        }),
        fault("endless body", At::Request, |_| vec![Step::Send(headed("", "")), Step::Flood(vec![b' '; 8000], FLOOD)]),
        answers("a second answer at once", |s| [ok(s.good.as_bytes()), ok(s.good.as_bytes())].concat()),
        fault("a second answer a moment later", At::Request, |s| {
            vec![Step::Send(ok(s.good.as_bytes())), Step::Yield(20), Step::Send(ok(s.good.as_bytes()))]
        }),
        answers("an error and then the answer", |s| [whole("500 Oops", "", b"{}"), ok(s.good.as_bytes())].concat()),
        answers("the answer and then garbage", |s| [ok(s.good.as_bytes()), vec![0xff; 5000]].concat()),
        fault("an answer before the question was read", At::Accept, |s| {
            vec![Step::Send(whole("503 Busy", "", b"{}")), Step::Send(ok(s.good.as_bytes()))]
        }),
        fault("answers for ever", At::Request, |s| vec![Step::Flood(ok(s.good.as_bytes()), FLOOD)]),
    ]
}
