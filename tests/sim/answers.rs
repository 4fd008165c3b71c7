//! Bodies as MonCash writes them, and as others do.
//!
//! Must never: decide which of them is sent.

pub const TRANSFERT: &str = "/Api/v1/Transfert";
pub const STATUS: &str = "/Api/v1/PrefundedTransactionStatus";
pub const BALANCE: &str = "/Api/v1/PrefundedBalance";
pub const FULL: &str = "Maximum Account Balance";

/// HTG with two decimals.
pub fn htg(centimes: i64) -> String {
    let sign = if centimes < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", centimes.abs() / 100, centimes.abs() % 100)
}

pub fn transfer(transaction: &str, centimes: i64, receiver: &str, status: u16) -> String {
    format!(
        r#"{{"path":"{TRANSFERT}","transfer":{{"transaction_id":"{transaction}","amount":{},"receiver":"{receiver}","message":"successful","desc":""}},"timestamp":1,"status":{status}}}"#,
        htg(centimes)
    )
}

pub fn successful() -> String {
    format!(r#"{{"path":"{STATUS}","message":"successful","transStatus":"successful","timestamp":1,"status":200}}"#)
}

/// The envelope says that the call worked; nothing is said of the transfer.
pub fn envelope() -> String {
    format!(r#"{{"path":"{STATUS}","message":"successful","timestamp":1,"status":200}}"#)
}

pub fn pending() -> String {
    format!(r#"{{"path":"{STATUS}","transStatus":"pending","timestamp":1,"status":200}}"#)
}

pub fn not_found() -> String {
    failure(STATUS, 404, "Not Found", "Can't find this transaction")
}

/// MonCash's failure body.
pub fn failure(path: &str, status: u16, error: &str, message: &str) -> String {
    format!(r#"{{"path":"{path}","error":"{error}","message":"{message}","timestamp":1,"status":{status}}}"#)
}

pub fn balance(centimes: i64, long: bool) -> String {
    let digits = if long { "3999999999650754034519195556640625" } else { "" };
    format!(
        r#"{{"path":"{BALANCE}","balance":{{"balance":{}{digits},"message":"successful"}},"timestamp":1,"status":200}}"#,
        htg(centimes)
    )
}

pub fn html(status: u16) -> String {
    format!("<html><head><title>{status}</title></head><body><h1>{status}</h1><hr>nginx</body></html>")
}

pub fn half(body: &str) -> String {
    body.chars().take(body.chars().count() / 2).collect()
}
