//! The documented answer with one thing in it changed: words, numbers, keys, statuses, somebody else's.

use super::{Fault, answers, ok, whole};
use crate::endpoints::{Endpoint, Parts};

/// The documented answer, rewritten.
fn rewritten(name: &'static str, how: impl Fn(&str, &Parts) -> String + Send + Sync + 'static) -> Fault {
    answers(name, move |s| {
        let body = how(&s.good, &s.endpoint.parts());
        assert_ne!(body, s.good, "{name} changes nothing at {:?}", s.endpoint);
        ok(body.as_bytes())
    })
}

/// Another word where the documented one says that it worked.
fn word(name: &'static str, word: &'static str) -> Fault {
    rewritten(name, move |good, parts| good.replacen(parts.word, word, 1))
}

/// Another number in the place of the one that counts.
fn number(name: &'static str, number: &'static str) -> Fault {
    rewritten(name, move |good, parts| good.replacen(parts.number, number, 1))
}

/// One more key before the others.
fn beside(name: &'static str, key_and_value: &'static str) -> Fault {
    rewritten(name, move |good, _| good.replacen('{', &format!("{{{key_and_value},"), 1))
}

/// Another `status` in the body; the token's answer, which has none, gets one.
fn status(name: &'static str, value: &'static str) -> Fault {
    rewritten(name, move |good, _| {
        let at = good.rfind("\"status\":2").filter(|_| !good.contains("access_token"));
        match at {
            Some(at) => format!("{}\"status\":{value}{}", &good[..at], &good[at + "\"status\":200".len()..]),
            None => good.replacen('{', &format!("{{\"status\":{value},"), 1),
        }
    })
}

const REFUSAL: &str = r#"{"path":"/Api/v1/Transfert","error":"Forbidden","message":"Maximum Account Balance",
    "timestamp":1732154199606,"status":403}"#;
const NOT_FOUND: &str = r#"{"path":"/Api/v1/PrefundedTransactionStatus","error":"Not Found",
    "message":"Can't find this transaction","timestamp":1732131728381,"status":404}"#;

fn told(name: &'static str, status: &'static str, body: &'static str) -> Fault {
    answers(name, move |_| whole(status, "", body.as_bytes()))
}

pub fn all() -> Vec<Fault> {
    vec![
        word("the word in capitals", "\"SUCCESSFUL\""),
        word("the word with a space", "\"successful \""),
        word("the word with NUL", "\"successful\\u0000\""),
        word("the word's contrary", "\"unsuccessful\""),
        word("another word", "\"pending\""),
        word("the word empty", "\"\""),
        word("the word as an object", "{\"a\":1}"),
        word("the word as a list", "[\"successful\"]"),
        word("the word as a number", "1"),
        word("the word as true", "true"),
        word("the word null", "null"),
        rewritten("the word escaped", |good, parts| {
            let escaped = format!("\"\\u{:04x}{}", u32::from(parts.word.as_bytes()[1]), &parts.word[2..]);
            good.replacen(parts.word, &escaped, 1)
        }),
        rewritten("the key missing", |good, parts| good.replace(&format!("\"{}\"", parts.key), "\"other\"")),
        rewritten("the key in capitals", |good, parts| {
            good.replacen(&format!("\"{}\"", parts.key), &format!("\"{}\"", parts.key.to_uppercase()), 1)
        }),
        rewritten("the key twice, first null", |good, parts| {
            good.replacen('{', &format!("{{\"{}\":null,", parts.key), 1)
        }),
        rewritten("the key twice, last null", |good, parts| {
            format!("{},\"{}\":null}}", &good.trim_end()[..good.trim_end().len() - 1], parts.key)
        }),
        rewritten("the key twice, escaped", |good, parts| {
            let (first, rest) = parts.key.split_at(1);
            let escaped = format!("\\u{:04x}{rest}", u32::from(first.chars().next().unwrap()));
            good.replacen('{', &format!("{{\"{escaped}\":null,"), 1)
        }),
        answers("values without keys", |s| {
            let list = match s.endpoint {
                Endpoint::Token => r#"["eyJ-token-number-7","59"]"#,
                Endpoint::Transfert => r#"[["T1",1250.5,"50937007294","successful"],null,200]"#,
                Endpoint::Status => r#"["successful"]"#,
                Endpoint::Balance => r#"[[100,"successful"],null,200]"#,
                Endpoint::Customer => r#"[["fullkyc",["active"]]]"#,
                Endpoint::CreatePayment => r#"[["page-token",null,null],"sandbox"]"#,
                Endpoint::ByOrder | Endpoint::ByTransaction => {
                    r#"[["1559796839","12874820",10,"successful","50937007294"]]"#
                }
            };
            ok(list.as_bytes())
        }),
        answers("values without keys inside", |s| {
            let body = match s.endpoint {
                Endpoint::Token => r#"{"access_token":["eyJ-token-number-7"],"expires_in":[59]}"#,
                Endpoint::Transfert => r#"{"transfer":["T1",1250.5,"50937007294","successful"],"status":200}"#,
                Endpoint::Status => r#"{"transStatus":["successful"],"status":200}"#,
                Endpoint::Balance => r#"{"balance":[100,"successful"],"status":200}"#,
                Endpoint::Customer => r#"{"customerStatus":["fullkyc",["active"]],"status":200}"#,
                Endpoint::CreatePayment => r#"{"payment_token":["page-token",null,null],"status":200}"#,
                Endpoint::ByOrder | Endpoint::ByTransaction => {
                    r#"{"payment":["1559796839","12874820",10,"successful","50937007294"],"status":200}"#
                }
            };
            ok(body.as_bytes())
        }),
        number("1e400", "1e400"),
        number("a minus", "-59"),
        number("minus nought", "-0"),
        number("NaN", "NaN"),
        number("hexadecimal", "0x3B"),
        number("a plus", "+59"),
        number("leading noughts", "0059"),
        number("5000 digits", DIGITS),
        number("a number with a comma", "1,250"),
        number("Arabic digits", "\"\u{661}\u{662}\u{665}\u{660}\""),
        number("the number as an object", "{}"),
        status("status as text", "\"200\""),
        status("status 404 inside 200", "404"),
        status("status 500 inside 200", "500"),
        status("status 1e400 inside 200", "1e400"),
        status("status as words", "\"fine\""),
        status("status null", "null"),
        status("status true", "true"),
        beside("an error beside the answer", "\"error\":\"Internal\""),
        beside("a message beside the answer", "\"message\":\"Maximum Account Balance\""),
        beside("a message as an object beside the answer", "\"message\":{\"a\":1}"),
        rewritten("another receiver", |good, parts| match good.contains("50937007294") {
            true => good.replace("50937007294", "50936000000"),
            false => good.replacen(parts.word, "\"somebody else's\"", 1),
        }),
        rewritten("another order, another transaction", |good, parts| {
            let other = good.replace("1559796839", "1559796000").replace("12874820", "12874000");
            // Only the two calls about a payment repeat what they were asked.
            if other == good { good.replacen(parts.word, "\"somebody else's\"", 1) } else { other }
        }),
        answers("the answer of the token call", |s| {
            ok(if s.endpoint == Endpoint::Token { Endpoint::Status } else { Endpoint::Token }.good().as_bytes())
        }),
        answers("the answer of another call", |s| {
            let other = match s.endpoint {
                Endpoint::Transfert => Endpoint::Status,
                Endpoint::Status => Endpoint::Transfert,
                Endpoint::Balance => Endpoint::Customer,
                Endpoint::Token | Endpoint::Customer => Endpoint::Balance,
                Endpoint::CreatePayment => Endpoint::ByOrder,
                Endpoint::ByOrder | Endpoint::ByTransaction => Endpoint::CreatePayment,
            };
            ok(other.good().as_bytes())
        }),
        told("the documented refusal", "403 Forbidden", REFUSAL),
        told("the documented refusal as 200", "200 OK", REFUSAL),
        told("the documented refusal as 400", "400 Bad", REFUSAL),
        told("the documented not found", "404 Not Found", NOT_FOUND),
        told("the documented not found as 200", "200 OK", NOT_FOUND),
        told("the documented not found as 403", "403 Forbidden", NOT_FOUND),
        told("404 a page", "404 Not Found", "<html>Can't find this transaction</html>"),
        told("404 of a proxy", "404 Not Found", r#"{"message":"Transaction Not Found"}"#),
        told("403 of a firewall", "403 Forbidden", "<html>Maximum Account Balance</html>"),
    ]
}

/// 5,000 nines.
const DIGITS: &str = {
    const NINES: [u8; 5000] = [b'9'; 5000];
    match std::str::from_utf8(&NINES) {
        Ok(text) => text,
        Err(_) => "9",
    }
};
