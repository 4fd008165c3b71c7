//! The hosted payment page: what a customer sees after CreatePayment. Pay, or cancel.
//!
//! Must never: ask for a real PIN, or look like the real page.

use super::collection::{CannotDecide, Outcome};
use super::model::Model;
use super::people::read_receiver;
use crate::payout::instruction::Account;
use askama::Template;

/// Where the page is; the payment token is in the query.
pub const PATH: &str = "/Moncash-middleware/Payment/Redirect";

#[derive(Template)]
#[template(
    ext = "html",
    source = r##"<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Simulated payment</title>
<style>body{font-family:sans-serif;max-width:28em;margin:3em auto}.sim{background:#fe9;padding:.5em}</style></head>
<body><p class="sim">SIMULATION: no real money moves here.</p>
<h1>{{ title }}</h1><p>{{ text }}</p>
{% if let Some(token) = token %}<form method="post">
<input type="hidden" name="token" value="{{ token }}">
<p><label>Your wallet <input name="payer" value="50937007294"></label></p>
<p><button name="decision" value="pay">Pay</button> <button name="decision" value="cancel">Cancel</button></p>
</form>{% endif %}
</body></html>
"##
)]
struct Page<'a> {
    title: &'a str,
    text: String,
    token: Option<&'a str>,
}

/// An HTTP status and a page.
pub type Shown = (u16, String);

fn show(status: u16, title: &str, text: String, token: Option<&str>) -> Shown {
    match (Page { title, text, token }).render() {
        Ok(page) => (status, page),
        Err(problem) => (500, problem.to_string()),
    }
}

fn show_problem(problem: CannotDecide) -> Shown {
    let status = if problem == CannotDecide::Unknown { 404 } else { 410 };
    show(status, "Nothing to pay", problem.to_string(), None)
}

impl Model {
    /// The page of a payment token.
    pub fn payment_page(&self, token: &str, now_ms: u64) -> Shown {
        match self.orders.payable(token, now_ms) {
            Err(problem) => show_problem(problem),
            Ok(order) => show(
                200,
                "Pay with simulated MonCash",
                format!("Order {}: {} HTG", order.id, order.amount.grouped()),
                Some(token),
            ),
        }
    }

    /// What the customer decided: `payer` pays, or nobody does.
    pub fn decide_payment(&mut self, token: &str, payer: Option<&str>, now_ms: u64) -> Shown {
        let payer = payer.map(|text| read_receiver(text).or_else(|| Account::parse(text).ok()));
        if payer == Some(None) {
            return show(400, "Which wallet?", "Write a wallet such as 50937007294.".to_string(), Some(token));
        }
        let payer = payer.flatten().map(Account::msisdn);
        match self.orders.decide(token, payer.as_deref(), self.settings.epoch_ms, now_ms) {
            Err(problem) => show_problem(problem),
            Ok(order) => match &order.outcome {
                Outcome::Paid { transaction_id, .. } => {
                    show(200, "Paid", format!("Order {}: transaction {transaction_id}", order.id), None)
                }
                _ => show(200, "Cancelled", format!("Order {} was not paid.", order.id), None),
            },
        }
    }
}
