//! Secrets that are nowhere else, and a search for them in every form in which they may leak.
//!
//! Must never: overlook a form because the canary is spelled otherwise in it; the search is tested.

/// With the characters that percent signs, HTML and JSON spell otherwise.
pub const SECRET: &str = "Canary-secret/9f3Kq+of=the&account";
pub const TOKEN: &str = "eyJCanary-token.7Hx/aa+bb=cc&dd";
/// `prefunded:` and the secret in base64, as HTTP Basic has it; told apart by a test below.
pub const BASIC: &str = "cHJlZnVuZGVkOkNhbmFyeS1zZWNyZXQvOWYzS3Erb2Y9dGhlJmFjY291bnQ=";

/// Every form of every secret that stands in `bytes`.
pub fn find(bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for (name, secret) in [("secret", SECRET), ("token", TOKEN), ("credentials", BASIC.trim_end_matches('='))] {
        for (how, form) in forms(secret) {
            if bytes.windows(form.len()).any(|window| window.eq_ignore_ascii_case(form.as_bytes())) {
                found.push(format!("the {name}, {how}"));
            }
        }
    }
    found
}

fn forms(secret: &str) -> Vec<(&'static str, String)> {
    let spell = |how: &dyn Fn(u32) -> String| -> String {
        secret.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_string() } else { how(c as u32) }).collect()
    };
    let half = secret.len() / 2;
    vec![
        ("plain", secret.to_string()),
        ("its first half", secret[..half].to_string()),
        ("its second half", secret[half..].to_string()),
        ("with percent signs", spell(&|c| format!("%{c:02X}"))),
        ("with some percent signs", secret.replace('/', "%2F").replace('+', "%2B").replace('=', "%3D")),
        ("in HTML", spell(&|c| format!("&#{c};"))),
        ("in HTML by names", secret.replace('&', "&amp;")),
        ("in JSON", secret.replace('/', "\\/")),
        ("in JSON by numbers", spell(&|c| format!("\\u{c:04x}"))),
        ("in base64", base64(secret.as_bytes()).trim_end_matches('=').to_string()),
        ("in hexadecimal", secret.bytes().map(|b| format!("{b:02x}")).collect()),
        ("backwards", secret.chars().rev().collect()),
    ]
}

pub fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let number = three.iter().fold(0u32, |number, b| number << 8 | u32::from(*b)) << (8 * (3 - three.len()));
        for place in 0..4 {
            let digit = DIGITS[(number >> (18 - 6 * place)) as usize & 63];
            text.push(if place <= three.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

#[test]
fn the_search_finds_every_form() {
    assert_eq!(base64(format!("prefunded:{SECRET}").as_bytes()), BASIC);
    for secret in [SECRET, TOKEN] {
        for (how, form) in forms(secret) {
            assert!(!find(format!("xx {form} xx").as_bytes()).is_empty(), "{how}: {form}");
        }
    }
    assert!(!find(format!("Authorization: Basic {BASIC}").as_bytes()).is_empty());
    assert_eq!(find(b"nothing of the kind, client_secret_file, secret, token"), Vec::<String>::new());
}
