//! What the gateway says: MonCash's forms as the API document has them, and what says nothing.
//!
//! Must never: decide what happens, or share code with the product.

use super::faults::Trouble;
use super::wire;

pub const PATH: &str = "/Api/v1/";
/// An answer that breaks off in its middle.
pub const HALF: &str = "HTTP/1.1 200 X\r\nContent-Length: 90\r\n\r\n{\"transStatus\":\"successful\"";

/// A whole answer to a question that settles nothing.
pub fn nonsense(trouble: Trouble) -> String {
    let json = "application/json";
    match trouble {
        Trouble::Html502 => wire::answer(502, "", "text/html", "<html>502</html>"),
        Trouble::Html404 => wire::answer(404, "", "text/html", "<html>Transaction Not Found</html>"),
        Trouble::Stranger404 => {
            wire::answer(404, "", json, &failure("RetrieveOrderPayment", 404, "Not Found", "Transaction Not Found"))
        }
        Trouble::TooMany => wire::answer(429, "Retry-After: 1\r\n", json, "{}"),
        Trouble::TokenRefused => wire::answer(401, "", json, r#"{"error":"invalid_token"}"#),
        Trouble::Pending => wire::answer(200, "", json, r#"{"transStatus":"pending","status":200}"#),
        Trouble::Envelope => wire::answer(200, "", json, r#"{"message":"successful","status":200}"#),
        _ => wire::answer(500, "", json, &failure("x", 500, "Internal Server Error", "oops")),
    }
}

pub fn failure(call: &str, status: u16, error: &str, message: &str) -> String {
    format!(r#"{{"path":"{PATH}{call}","error":"{error}","message":"{message}","timestamp":1,"status":{status}}}"#)
}

/// A success that is one, told as other middleware would: 202, chunks, after a "100 Continue".
pub fn odd_success(call: u64, receiver: &str, amount: &str) -> String {
    let body = format!(
        r#"{{"status":"202","transfer":{{"message":"successful","receiver":"{receiver}","amount":"{amount}","transaction_id":{}}}}}"#,
        900_000 + call
    );
    let (first, second) = body.split_at(body.len() / 2);
    format!(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{first}\r\n{:x}\r\n{second}\r\n0\r\n\r\n",
        first.len(),
        second.len()
    )
}

/// Centimes of a JSON number, without a float.
pub fn cents_of(text: &str) -> i64 {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let part = format!("{part:0<2}");
    whole.parse::<i64>().unwrap_or(0) * 100 + part[..2].parse::<i64>().unwrap_or(0)
}
