//! How settings write rates, sizes, percentages, times and addresses.
//!
//! Must never: hold a float (a fee is money), or accept a text that two people could read differently.

use std::time::Duration;

/// Thousandths in a whole, the finest step of a rate.
const MILLI: u32 = 1000;
/// Fastest rate: far above what MonCash answers, and more would be a mistyped number.
const FASTEST_PER_SECOND: u32 = 100_000;
/// Longest time a setting may name. A longer one is a mistyped unit.
pub const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);
/// Parts per million in one percent.
const PPM_IN_PERCENT: u32 = 10_000;

/// Calls per second, in thousandths: fractions such as 0.2 are exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rate(u32);

impl Rate {
    pub const fn per_second(calls: u32) -> Rate {
        Rate(calls * MILLI)
    }

    /// Thousandths of a call per second; never 0.
    pub const fn milli(self) -> u32 {
        self.0
    }

    /// The time between two calls.
    pub fn period(self) -> Duration {
        // Rounded up: a nanosecond less would be more than the rate.
        Duration::from_nanos(1_000_000_000_000_u64.div_ceil(u64::from(self.0.max(1))))
    }

    /// Reads a plain decimal number: `5`, `0.2`, `12.5`.
    pub fn parse(text: &str) -> Result<Rate, String> {
        let milli = decimal(text, 3).ok_or("must be a plain number such as 5 or 0.2, with at most three decimals")?;
        match u32::try_from(milli) {
            Ok(0) => Err("must be more than 0: to stop sending, use `payoutd pause`".to_string()),
            Ok(milli) if milli <= FASTEST_PER_SECOND * MILLI => Ok(Rate(milli)),
            _ => Err(format!("is more than {FASTEST_PER_SECOND} a second")),
        }
    }
}

/// Reads `digits[.digits]` and shifts it by `places` (at least one) decimals; `None` when it is
/// anything else, more precise, or too large.
fn decimal(text: &str, places: usize) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || fraction.len() > places {
        return None;
    }
    format!("{whole}{fraction:0<places$}").parse().ok()
}

/// A percentage as text, in parts per million: `"3"` is 30000, `"0.25"` is 2500.
pub fn percent_as_ppm(text: &str) -> Result<u32, String> {
    let ppm = decimal(text, 4).ok_or("must be a percentage such as \"3\" or \"1.25\", with at most four decimals")?;
    u32::try_from(ppm).ok().filter(|ppm| *ppm <= 100 * PPM_IN_PERCENT).ok_or("is more than 100 percent".to_string())
}

/// A size on disk in bytes: `"500MB"`, `"2 GiB"`, `"0"`.
pub fn size(text: &str) -> Result<u64, String> {
    const UNITS: [(&str, u64); 9] = [
        ("B", 1),
        ("KB", 1_000),
        ("MB", 1_000_000),
        ("GB", 1_000_000_000),
        ("TB", 1_000_000_000_000),
        ("KIB", 1 << 10),
        ("MIB", 1 << 20),
        ("GIB", 1 << 30),
        ("TIB", 1 << 40),
    ];
    let wrong = || "must be a size with its unit, such as \"500MB\" or \"2GiB\" (\"0\" = off)".to_string();
    if text == "0" {
        return Ok(0);
    }
    let split = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
    let (number, unit) = text.split_at(split);
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let unit = unit.trim().to_ascii_uppercase();
    let (_, bytes) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(wrong)?;
    number.checked_mul(*bytes).ok_or("is larger than any disk".to_string())
}

/// A length of time as humantime writes it: `"2s"`, `"10m"`, `"1h 30m"`.
pub fn duration(text: &str) -> Result<Duration, String> {
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    let parsed = humantime::parse_duration(text.trim())
        .map_err(|_| "must be a time with its unit, such as \"30s\", \"10m\" or \"48h\"".to_string())?;
    if parsed > LONGEST { Err("is longer than a year".to_string()) } else { Ok(parsed) }
}

/// The address of the REST API, without a slash at its end, and its host. `https` anywhere, `http`
/// to this machine only: the secret and every order travel over it.
pub fn base_url(text: &str) -> Result<(String, String), String> {
    let url = reqwest::Url::parse(text).map_err(|e| format!("is not an address such as \"https://host/Api\" ({e})"))?;
    let host = url.host_str().ok_or("names no host")?.to_string();
    // Also where a secret with a slash in it has cut the address in two.
    if text.contains('@') {
        return Err("must not hold a name or secret: see client_id and client_secret_file".to_string());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("must end after its path: remove everything from `?` or `#` on".to_string());
    }
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&host) => {}
        "http" => return Err(format!("is http to {host}: use https (http is for this machine's own address only)")),
        other => return Err(format!("begins with {other}: use https")),
    }
    Ok((url.as_str().trim_end_matches('/').to_string(), host))
}

/// Whether a host is this machine and cannot be another.
pub fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_may_be_a_fraction_and_is_exact() {
        for (text, milli, period_ms) in
            [("5", 5000, 200), ("0.2", 200, 5000), ("12.5", 12_500, 80), ("0.001", 1, 1_000_000)]
        {
            let rate = Rate::parse(text);
            assert_eq!(rate, Ok(Rate(milli)), "{text}");
            assert_eq!(rate.map(Rate::period), Ok(Duration::from_millis(period_ms)), "{text}");
        }
        for text in ["0", "0.0", "-1", "inf", "nan", "1e3", "0.0001", "100001", "", ".5", "99999999999999999999"] {
            assert!(Rate::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_fee_is_read_without_a_float() {
        for (text, ppm) in [("0", 0), ("3", 30_000), ("2.75", 27_500), ("0.0001", 1), ("100", 1_000_000)] {
            assert_eq!(percent_as_ppm(text), Ok(ppm), "{text}");
        }
        for text in ["", "3%", "-1", "100.0001", "0.00001", "3,5", "three"] {
            assert!(percent_as_ppm(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_size_needs_its_unit() {
        for (text, bytes) in [("500MB", 500_000_000), ("2 GiB", 2_147_483_648), ("0", 0), ("7b", 7)] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for text in ["500", "MB", "", "1.5GB", "-1MB", "5 apples", "99999999TB"] {
            assert!(size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_address_is_https_or_this_machine() {
        for text in ["https://a.example/Api", "http://127.0.0.1:8080", "http://[::1]:9/Api/", "http://localhost:1"] {
            assert!(base_url(text).is_ok(), "{text}");
        }
        for text in [
            "http://a.example/Api",
            "http://127.0.0.1.example/Api",
            "ftp://a.example",
            "https://id:secret@a.example/Api",
            "https://a.example/Api?x=1",
            "a.example",
            "",
        ] {
            assert!(base_url(text).is_err(), "{text}");
        }
        assert_eq!(base_url("https://A.example/Api/").map(|u| u.0), Ok("https://a.example/Api".to_string()));
    }

    #[test]
    fn a_time_needs_its_unit_and_an_end() {
        assert_eq!(duration("1h 30m"), Ok(Duration::from_secs(5400)));
        assert_eq!(duration("0s"), Ok(Duration::ZERO));
        for text in ["30", "", "-5s", "2 years", "abc"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
