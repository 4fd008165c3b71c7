//! Bodies as MonCash writes them.

use payoutd::payout::instruction::Instruction;

pub fn transfer(ours: &Instruction, transaction: &str) -> String {
    transfer_as(transaction, &ours.amount.to_string(), &ours.receiver.msisdn())
}

pub fn transfer_as(transaction: &str, amount: &str, receiver: &str) -> String {
    format!(
        r#"{{"path":"/Api/v1/Transfert","transfer":{{"transaction_id":"{transaction}","amount":{amount},"receiver":"{receiver}","message":"successful","desc":""}},"timestamp":1,"status":200}}"#
    )
}

pub fn successful() -> (u16, String) {
    let body = r#"{"path":"/Api/v1/PrefundedTransactionStatus","message":"successful","transStatus":"successful","timestamp":1,"status":200}"#;
    (200, body.to_string())
}

pub fn not_found() -> (u16, String) {
    (404, failure("/Api/v1/PrefundedTransactionStatus", 404, "Not Found", "Can't find this transaction"))
}

/// MonCash's failure body.
pub fn failure(path: &str, status: u16, error: &str, message: &str) -> String {
    format!(r#"{{"path":"{path}","error":"{error}","message":"{message}","timestamp":1,"status":{status}}}"#)
}

pub fn refused(status: u16, message: &str) -> String {
    failure("/Api/v1/Transfert", status, "Forbidden", message)
}

pub const FULL: &str = "Maximum Account Balance";

pub fn balance(centimes: i64) -> (u16, String) {
    let sign = if centimes < 0 { "-" } else { "" };
    let (whole, part) = (centimes.abs() / 100, centimes.abs() % 100);
    let body = format!(
        r#"{{"path":"/Api/v1/PrefundedBalance","balance":{{"balance":{sign}{whole}.{part:02},"message":"successful"}},"timestamp":1,"status":200}}"#
    );
    (200, body)
}
