//! Reads a fault file. What it says wrongly is told with its place.
//!
//! Must never: let a fault through that could not strike.

use super::bank::BALANCE_MEMORY;
use super::exchange::{Call, Lag};
use super::faults::{Fault, FaultPlan, Pays, Strike};
use std::time::Duration;

/// Why a fault file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FaultFileError {
    /// Shows the line and points at the place.
    #[error(transparent)]
    Toml(#[from] toml::de::Error),
    #[error("fault {number} (line {line}): {problem}")]
    Fault { number: usize, line: usize, problem: String },
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    #[serde(default)]
    fault: Vec<toml::Spanned<RawFault>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFault {
    call: Option<RawCall>,
    kind: Kind,
    reference: Option<String>,
    receiver: Option<String>,
    #[serde(default, with = "humantime_serde")]
    from: Option<Duration>,
    #[serde(default, with = "humantime_serde")]
    until: Option<Duration>,
    chance: Option<String>,
    #[serde(default)]
    nth: Vec<u64>,
    times: Option<u64>,
    #[serde(default, with = "humantime_serde")]
    delay: Option<Duration>,
    pays: Option<RawPays>,
    #[serde(default, with = "humantime_serde")]
    pay_delay: Option<Duration>,
    #[serde(default, with = "humantime_serde")]
    lag: Option<Duration>,
    status: Option<u16>,
    body: Option<String>,
    message: Option<String>,
    #[serde(default, with = "humantime_serde")]
    retry_after: Option<Duration>,
}

#[derive(Clone, Copy, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum RawCall {
    Any,
    Token,
    Transfer,
    Status,
    Balance,
    Customer,
    CreatePayment,
    PaymentByOrder,
    PaymentByTransaction,
}

#[derive(Clone, Copy, PartialEq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum RawPays {
    No,
    Yes,
    Later,
}

#[derive(Clone, Copy, PartialEq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Late,
    Drip,
    Hang,
    Reset,
    Error,
    Html,
    Half,
    Cut,
    WrongTypes,
    Huge,
    Answer,
    Unauthorized,
    Throttled,
    Redirect,
    Refuse,
    Unseen,
    Blind,
    StaleBalance,
    LongBalance,
}

impl FaultPlan {
    /// Reads the text of a fault file.
    pub fn parse(text: &str) -> Result<FaultPlan, FaultFileError> {
        let raw: RawFile = toml::from_str(text)?;
        let check = |(place, spanned): (usize, toml::Spanned<RawFault>)| {
            let line = text.get(..spanned.span().start).map_or(0, |before| before.matches('\n').count()) + 1;
            check_fault(spanned.into_inner()).map_err(|problem| FaultFileError::Fault {
                number: place + 1,
                line,
                problem,
            })
        };
        Ok(FaultPlan { faults: raw.fault.into_iter().enumerate().map(check).collect::<Result<_, _>>()? })
    }
}

fn check_fault(raw: RawFault) -> Result<Fault, String> {
    let call = raw.call.and_then(known_call);
    check_fit(&raw, call)?;
    let chance = raw.chance.as_deref().map(|text| text.parse().map_err(|e| format!("chance \"{text}\" {e}")));
    let receiver = raw.receiver.as_deref().map(|text| text.parse().map_err(|e| format!("receiver \"{text}\" {e}")));
    if raw.nth.contains(&0) {
        return Err("nth counts from 1".to_string());
    }
    if raw.times == Some(0) {
        return Err("times = 0 would never strike: leave the fault out".to_string());
    }
    if raw.until.is_some_and(|until| until <= raw.from.unwrap_or_default()) {
        return Err("until must be after from".to_string());
    }
    let (kind, call, strike) = read_strike(&raw, call)?;
    Ok(Fault {
        call,
        chance: chance.transpose()?,
        receiver: receiver.transpose()?,
        pays: read_pays(&raw)?,
        lag: match raw.lag {
            None if raw.kind == Kind::Unseen => Lag::Never,
            None => Lag::Usual,
            Some(lag) => Lag::For(lag),
        },
        reference: raw.reference,
        from: raw.from.unwrap_or_default(),
        until: raw.until,
        nth: raw.nth,
        times: raw.times,
        delay: raw.delay,
        kind,
        strike,
    })
}

/// The one call that a kind is about, for those that are about one.
fn only_call(kind: Kind) -> Option<Call> {
    match kind {
        Kind::Refuse | Kind::Unseen => Some(Call::Transfer),
        Kind::Blind => Some(Call::Status),
        Kind::StaleBalance | Kind::LongBalance => Some(Call::Balance),
        _ => None,
    }
}

/// Refuses keys that would have no effect: a fault that does less than it says is a defect.
fn check_fit(raw: &RawFault, call: Option<Call>) -> Result<(), String> {
    if let (Some(only), Some(other)) = (only_call(raw.kind), call)
        && only != other
    {
        return Err(format!("this kind is about call = \"{}\", not \"{}\"", only.name(), other.name()));
    }
    let is_transfer = only_call(raw.kind).or(call).is_none_or(|call| call == Call::Transfer);
    if !is_transfer && (raw.pays.is_some() || raw.pay_delay.is_some()) {
        return Err("pays and pay_delay are for transfers".to_string());
    }
    if !is_transfer && raw.lag.is_some() && raw.kind != Kind::StaleBalance {
        return Err("lag is for transfers and for stale_balance".to_string());
    }
    let takes_status = matches!(raw.kind, Kind::Error | Kind::Html | Kind::Answer | Kind::Refuse);
    let misplaced = [
        (raw.status.is_some() && !takes_status, "status is for error, html, answer and refuse"),
        (raw.body.is_some() && raw.kind != Kind::Answer, "body is for answer"),
        (raw.message.is_some() && raw.kind != Kind::Refuse, "message is for refuse"),
        (raw.retry_after.is_some() && raw.kind != Kind::Throttled, "retry_after is for throttled"),
        (raw.status.is_some_and(|s| !(200..=599).contains(&s)), "status must be between 200 and 599"),
        (matches!(raw.kind, Kind::Late | Kind::Drip) && raw.delay.is_none(), "this kind needs a delay, such as \"5s\""),
        (raw.kind == Kind::Answer && raw.body.is_none(), "answer needs a body"),
        (raw.kind == Kind::StaleBalance && raw.lag.is_none(), "stale_balance needs a lag, such as \"30s\""),
        (raw.kind == Kind::StaleBalance && raw.lag > Some(BALANCE_MEMORY), "lag can be at most 1h for stale_balance"),
    ];
    match misplaced.iter().find(|(wrong, _)| *wrong) {
        Some((_, problem)) => Err((*problem).to_string()),
        None => Ok(()),
    }
}

fn read_strike(raw: &RawFault, call: Option<Call>) -> Result<(&'static str, Option<Call>, Strike), String> {
    let status = |usual: u16| raw.status.unwrap_or(usual);
    let (name, strike) = match raw.kind {
        Kind::Late => ("late", Strike::Late),
        Kind::Drip => ("drip", Strike::Drip),
        Kind::Hang => ("hang", Strike::Hang),
        Kind::Reset => ("reset", Strike::Reset),
        Kind::Error => ("error", Strike::Error { status: status(500) }),
        Kind::Html => ("html", Strike::Html { status: status(502) }),
        Kind::Half => ("half", Strike::Half),
        Kind::Cut => ("cut", Strike::Cut),
        Kind::WrongTypes => ("wrong_types", Strike::WrongTypes),
        Kind::Huge => ("huge", Strike::Huge),
        Kind::Answer => ("answer", Strike::Answer { status: status(200), body: raw.body.clone().unwrap_or_default() }),
        Kind::Unauthorized => ("unauthorized", Strike::Unauthorized),
        Kind::Throttled => ("throttled", Strike::Throttled { retry_after: raw.retry_after.map(|wait| wait.as_secs()) }),
        Kind::Redirect => ("redirect", Strike::Redirect),
        Kind::Refuse => {
            let message = raw.message.clone().unwrap_or_else(|| "Declined due to limit rule".to_string());
            ("refuse", Strike::Refuse { status: status(403), message })
        }
        Kind::Unseen => ("unseen", Strike::Unseen),
        Kind::Blind => ("blind", Strike::Blind),
        Kind::StaleBalance => ("stale_balance", Strike::StaleBalance { age: raw.lag.unwrap_or_default() }),
        Kind::LongBalance => ("long_balance", Strike::LongBalance),
    };
    Ok((name, only_call(raw.kind).or(call), strike))
}

fn read_pays(raw: &RawFault) -> Result<Pays, String> {
    let usual = match raw.kind {
        Kind::Unauthorized | Kind::Throttled | Kind::Redirect | Kind::Refuse => RawPays::No,
        _ => RawPays::Yes,
    };
    let pays = raw.pays.unwrap_or(usual);
    if raw.pay_delay.is_some() && pays != RawPays::Later {
        return Err("pay_delay needs pays = \"later\"".to_string());
    }
    match (raw.kind, pays) {
        (Kind::Refuse, RawPays::Yes | RawPays::Later) => Err("refuse never pays".to_string()),
        (Kind::Unseen, RawPays::No | RawPays::Later) => Err("unseen pays at once".to_string()),
        (Kind::Late | Kind::Drip, RawPays::No) => {
            Err("an answer that is only late or slow pays: for one that does not, use error or refuse".to_string())
        }
        (Kind::Half | Kind::Cut | Kind::Huge | Kind::Drip, RawPays::Later) => {
            Err("this kind shows the answer of a payment, so that it cannot pay later".to_string())
        }
        (Kind::Late, RawPays::Later) if raw.pay_delay.is_some() => {
            Err("late with pays = \"later\" pays when it answers, after delay: leave pay_delay out".to_string())
        }
        (Kind::Late, RawPays::Later) => Ok(Pays::Later(raw.delay.unwrap_or_default())),
        (_, RawPays::Later) => match raw.pay_delay {
            Some(delay) => Ok(Pays::Later(delay)),
            None => Err("pays = \"later\" needs a pay_delay, such as \"20s\"".to_string()),
        },
        (_, RawPays::No) => Ok(Pays::No),
        (_, RawPays::Yes) => Ok(Pays::Yes),
    }
}

fn known_call(raw: RawCall) -> Option<Call> {
    match raw {
        RawCall::Any => None,
        RawCall::Token => Some(Call::Token),
        RawCall::Transfer => Some(Call::Transfer),
        RawCall::Status => Some(Call::Status),
        RawCall::Balance => Some(Call::Balance),
        RawCall::Customer => Some(Call::Customer),
        RawCall::CreatePayment => Some(Call::CreatePayment),
        RawCall::PaymentByOrder => Some(Call::PaymentByOrder),
        RawCall::PaymentByTransaction => Some(Call::PaymentByTransaction),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_in_a_fault_file_is_told_with_its_place() {
        let problem = |text: &str| FaultPlan::parse(text).map(|_| ()).unwrap_err().to_string();
        let unknown = problem("[[fault]]\nkind = \"hang\"\nchanse = \"5%\"");
        assert!(unknown.contains("line 3") && unknown.contains("chanse") && unknown.contains("`chance`"), "{unknown}");
        assert!(problem("[[faults]]\nkind = \"hang\"").contains("faults"));
        assert!(problem("[[fault]]\nkind = \"hung\"").contains("hung"));
        let second = problem("[[fault]]\nkind = \"hang\"\n\n[[fault]]\nkind = \"late\"");
        assert_eq!(second, "fault 2 (line 4): this kind needs a delay, such as \"5s\"");
        for (text, part) in [
            ("kind = \"reset\"\nchance = \"101%\"", "chance \"101%\" is not a percentage"),
            ("kind = \"reset\"\npays = \"later\"", "needs a pay_delay"),
            ("kind = \"reset\"\npay_delay = \"1s\"", "needs pays"),
            ("kind = \"blind\"\ncall = \"transfer\"", "about call = \"status\""),
            ("kind = \"reset\"\ncall = \"balance\"\npays = \"no\"", "for transfers"),
            ("kind = \"half\"\npays = \"later\"\npay_delay = \"1s\"", "cannot pay later"),
            ("kind = \"hang\"\nstatus = 500", "status is for"),
            ("kind = \"hang\"\nnth = [0]", "counts from 1"),
            ("kind = \"hang\"\nreceiver = \"x\"", "neither a wallet"),
            ("kind = \"hang\"\nfrom = \"2s\"\nuntil = \"1s\"", "after from"),
        ] {
            let problem = problem(&format!("[[fault]]\n{text}"));
            assert!(problem.contains(part), "{text}: {problem}");
        }
    }
}
