//! What can go wrong with a call, and how often.
//!
//! Must never: break what the product is promised of the world (that within the grace every debit
//! has happened and is known to the status call, and that a blind status service is blind for a
//! while and not by turns), unless the world is one of those that are made to.

/// Whether and when money moves under a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pays {
    No,
    AtOnce,
    /// Some time after the call, but known within the grace.
    Late,
    /// Known only after the grace; `Late` where the world has no such debits.
    AfterGrace,
}

/// How a Transfert ends for who made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Success,
    Slow,
    /// 202, as the document's sample has it.
    Accepted,
    Reset,
    Hang,
    NeverLeft,
    Half,
    Html(u16),
    Failure(u16),
    TooMany,
    TokenRefused,
    FullWallet,
    NoReceiver,
    BadRequest,
    Unclear,
    AccountRefused,
    Redirect,
    WrongTypes,
    EchoAmount,
    EchoReceiver,
    EchoNoId,
    EchoOldId,
}

pub type TransferFault = (&'static str, Pays, End);

pub const TRANSFER: [(u64, TransferFault); 46] = [
    (6, ("transfer: reset before paying", Pays::No, End::Reset)),
    (6, ("transfer: reset after paying", Pays::AtOnce, End::Reset)),
    (9, ("transfer: reset, paid late", Pays::Late, End::Reset)),
    (5, ("transfer: reset, paid after the grace", Pays::AfterGrace, End::Reset)),
    (4, ("transfer: hangs, never paid", Pays::No, End::Hang)),
    (4, ("transfer: hangs after paying", Pays::AtOnce, End::Hang)),
    (6, ("transfer: hangs, paid late", Pays::Late, End::Hang)),
    (3, ("transfer: hangs, paid after the grace", Pays::AfterGrace, End::Hang)),
    (5, ("transfer: never left", Pays::No, End::NeverLeft)),
    (2, ("transfer: half an answer, never paid", Pays::No, End::Half)),
    (3, ("transfer: half an answer after paying", Pays::AtOnce, End::Half)),
    (2, ("transfer: half an answer, paid late", Pays::Late, End::Half)),
    (2, ("transfer: 502 page", Pays::No, End::Html(502))),
    (2, ("transfer: 502 page after paying", Pays::AtOnce, End::Html(502))),
    (3, ("transfer: 502 page, paid late", Pays::Late, End::Html(502))),
    (2, ("transfer: 404 page, paid late", Pays::Late, End::Html(404))),
    (2, ("transfer: 500", Pays::No, End::Failure(500))),
    (3, ("transfer: 500 after paying", Pays::AtOnce, End::Failure(500))),
    (3, ("transfer: 500, paid late", Pays::Late, End::Failure(500))),
    (2, ("transfer: 500, paid after the grace", Pays::AfterGrace, End::Failure(500))),
    (2, ("transfer: 503 after paying", Pays::AtOnce, End::Failure(503))),
    (2, ("transfer: 408, paid late", Pays::Late, End::Failure(408))),
    (2, ("transfer: 429", Pays::No, End::TooMany)),
    (2, ("transfer: 429, paid late", Pays::Late, End::TooMany)),
    (2, ("transfer: 401", Pays::No, End::TokenRefused)),
    (1, ("transfer: 401 after paying", Pays::AtOnce, End::TokenRefused)),
    (1, ("transfer: 401, paid late", Pays::Late, End::TokenRefused)),
    (7, ("transfer: full wallet", Pays::No, End::FullWallet)),
    // Something between us and MonCash made our call twice: the second one was declined.
    (2, ("transfer: full wallet said after paying", Pays::AtOnce, End::FullWallet)),
    (3, ("transfer: no such receiver", Pays::No, End::NoReceiver)),
    (2, ("transfer: no such receiver, paid late", Pays::Late, End::NoReceiver)),
    (2, ("transfer: 400", Pays::No, End::BadRequest)),
    (2, ("transfer: 400, paid late", Pays::Late, End::BadRequest)),
    (2, ("transfer: 409 says it is a duplicate", Pays::No, End::Unclear)),
    (1, ("transfer: 409 says it is a duplicate, paid late", Pays::Late, End::Unclear)),
    (1, ("transfer: account refused", Pays::No, End::AccountRefused)),
    (1, ("transfer: 307", Pays::No, End::Redirect)),
    (1, ("transfer: 307 after paying", Pays::AtOnce, End::Redirect)),
    (1, ("transfer: wrong types after paying", Pays::AtOnce, End::WrongTypes)),
    (2, ("transfer: echoes another amount", Pays::AtOnce, End::EchoAmount)),
    (2, ("transfer: echoes another receiver", Pays::AtOnce, End::EchoReceiver)),
    (1, ("transfer: echoes no id", Pays::AtOnce, End::EchoNoId)),
    (1, ("transfer: echoes an old id", Pays::AtOnce, End::EchoOldId)),
    (4, ("transfer: slow", Pays::AtOnce, End::Slow)),
    (2, ("transfer: 202", Pays::AtOnce, End::Accepted)),
    (2, ("transfer: success said before it is paid", Pays::Late, End::Success)),
];

/// What befalls a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    Reset,
    Hang,
    NeverLeft,
    Slow,
    Html(u16),
    Stranger404,
    Half,
    Failure500,
    TooMany,
    TokenRefused,
    AccountRefused,
    Pending,
    Envelope,
    Stale,
    Lie,
}

pub const STATUS: [(u64, (&str, Trouble)); 13] = [
    (4, ("status: reset", Trouble::Reset)),
    (2, ("status: hangs", Trouble::Hang)),
    (1, ("status: never left", Trouble::NeverLeft)),
    (6, ("status: slow, and says what was true when asked", Trouble::Slow)),
    (2, ("status: 502 page", Trouble::Html(502))),
    (3, ("status: 404 page", Trouble::Html(404))),
    (3, ("status: 404 of another call", Trouble::Stranger404)),
    (2, ("status: half an answer", Trouble::Half)),
    (2, ("status: 500", Trouble::Failure500)),
    (1, ("status: 429", Trouble::TooMany)),
    (2, ("status: 401", Trouble::TokenRefused)),
    (2, ("status: pending", Trouble::Pending)),
    (2, ("status: envelope only", Trouble::Envelope)),
];

pub const BALANCE: [(u64, (&str, Trouble)); 9] = [
    (3, ("balance: reset", Trouble::Reset)),
    (2, ("balance: hangs", Trouble::Hang)),
    (2, ("balance: 502 page", Trouble::Html(502))),
    (2, ("balance: half an answer", Trouble::Half)),
    (1, ("balance: 429", Trouble::TooMany)),
    (2, ("balance: 401", Trouble::TokenRefused)),
    (1, ("balance: account refused", Trouble::AccountRefused)),
    (5, ("balance: stale", Trouble::Stale)),
    (4, ("balance: a lie", Trouble::Lie)),
];

pub const TOKEN: [(u64, (&str, Trouble)); 5] = [
    (4, ("token: reset", Trouble::Reset)),
    (2, ("token: hangs", Trouble::Hang)),
    (3, ("token: 500", Trouble::Failure500)),
    (2, ("token: 502 page", Trouble::Html(502))),
    (1, ("token: client refused", Trouble::AccountRefused)),
];
