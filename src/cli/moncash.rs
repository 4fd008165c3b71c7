//! `payoutd moncash …`: one call of the REST API, for people.
//!
//! Must never: send a Transfert (money moves only from the ledger), or print a token or a secret.

use super::context::Context;
use super::exit::{self, Exit};
use super::print;
use crate::clock::SystemClock;
use crate::daemon;
use crate::moncash::client::{Client, Typed};
use crate::moncash::gateway::Gateway;
use crate::moncash::wire::{self, Payment, PaymentPage, WireError};
use crate::payout::instruction::{Account, Reference};
use crate::payout::money::Amount;
use crate::payout::reply::{Outcome, Reply};
use std::io::Write;
use std::rc::Rc;

/// One call of the MonCash REST API. There is deliberately none that pays: payouts are sent from
/// the ledger alone.
///
/// Plain words first, then MonCash's raw answer. Exit code 1 when MonCash did not carry the call out.
#[derive(clap::Args, Debug)]
#[command(after_help = exit::HELP)]
pub struct MoncashArgs {
    #[command(subcommand)]
    call: MoncashCall,
}

#[derive(clap::Subcommand, Debug)]
enum MoncashCall {
    /// Asks for an access token and says how long it lives (never the token itself)
    Token,
    /// Asks for the balance of the prefunded account
    Balance,
    /// Asks what MonCash knows of a wallet
    Customer {
        /// Eight digits, or 509 and eight digits
        #[arg(value_parser = Account::parse)]
        account: Account,
    },
    /// Asks whether the payout with this reference was paid
    Status {
        #[arg(value_parser = Reference::parse)]
        reference: Reference,
    },
    /// Asks for a page on which a customer can pay an order
    CreatePayment {
        /// HTG, such as 1250.00
        #[arg(long, value_parser = parse_amount)]
        amount: Amount,
        /// The order's id, your own
        #[arg(long)]
        order: String,
    },
    /// Asks for a payment received from a customer
    #[command(group(clap::ArgGroup::new("which").required(true).args(["order", "transaction"])))]
    Payment {
        /// By the order's id
        #[arg(long)]
        order: Option<String>,
        /// By MonCash's transaction id
        #[arg(long)]
        transaction: Option<String>,
    },
}

fn parse_amount(text: &str) -> Result<Amount, String> {
    match Amount::parse(text) {
        Ok(amount) if amount.is_positive() => Ok(amount),
        Ok(_) => Err("must be greater than zero".to_string()),
        Err(e) => Err(e.to_string()),
    }
}

/// `payoutd moncash …`: the configured account's client makes the call. Exit code 1 when MonCash did
/// not carry it out.
pub async fn run(args: MoncashArgs, context: &Context) -> anyhow::Result<Exit> {
    let config = context.load()?;
    let (place, simulator) = super::run::place(&config).await?;
    if simulator.is_some() {
        print::tell(
            "the simulator inside this process answers: it was born just now and has forgotten every run before",
        );
    }
    let client = daemon::client(&config, &place, Rc::new(SystemClock::new()))?;
    let mut out = Vec::new();
    let done = call(args, &client, &mut out).await?;
    print::print_bytes(&out)?;
    Ok(if done { Exit::Done } else { Exit::Failed })
}

/// Makes the call and prints what it means, then the raw answer. Returns whether MonCash carried
/// it out.
///
/// # Errors
/// Only when `out` cannot be written to.
pub async fn call(args: MoncashArgs, client: &Client, out: &mut dyn Write) -> anyhow::Result<bool> {
    match args.call {
        MoncashCall::Token => show_token(client, out).await,
        MoncashCall::Balance => {
            let reply = client.balance().await;
            let said = wire::tell_balance(&reply).map(|balance| {
                let exact = escape(&balance.balance.text);
                format!("Balance of the prefunded account: {} HTG (printed as {exact})", balance.balance.number.floor())
            });
            show(said, &reply, out)
        }
        MoncashCall::Customer { account } => {
            let reply = client.customer(account).await;
            let said = wire::accepted_body(&reply).and_then(wire::read_customer).map(|customer| {
                let status = customer.status.join(", ");
                format!("Wallet {}: {}; {}", account.msisdn(), escape(&customer.kind), escape(&status))
            });
            show(said, &reply, out)
        }
        MoncashCall::Status { reference } => {
            let reply = client.status(&reference).await;
            let said = wire::tell_status(&reply)
                .map(|status| format!("Payout {reference}: {} (only \"successful\" means paid)", escape(&status)));
            show(said, &reply, out)
        }
        MoncashCall::CreatePayment { amount, order } => {
            let Typed { value, reply } = client.create_payment(&order, amount).await;
            show(value.map(|page| tell_page(&order, amount, &page)), &reply, out)
        }
        MoncashCall::Payment { order: Some(order), .. } => {
            let Typed { value, reply } = client.payment_by_order(&order).await;
            show(value.map(|payment| tell_payment(&payment)), &reply, out)
        }
        MoncashCall::Payment { transaction, .. } => {
            let Typed { value, reply } = client.payment_by_transaction(&transaction.unwrap_or_default()).await;
            show(value.map(|payment| tell_payment(&payment)), &reply, out)
        }
    }
}

async fn show_token(client: &Client, out: &mut dyn Write) -> anyhow::Result<bool> {
    let fetched = client.prepare().await;
    let life = client.token_life().filter(|_| client.last_token_failure().is_none());
    let (Some(reply), Some(life)) = (fetched.as_ref(), life) else {
        if let Some(reply) = fetched {
            let said = wire::accepted_body(&reply)
                .and_then(|_| Err(WireError::Unexpected("it holds no token that can be used".to_string())));
            return show(said, &reply, out);
        }
        writeln!(out, "A live access token is at hand already.")?;
        return Ok(true);
    };
    let said = format!("MonCash gave an access token that lives {} s more (it is not shown)", life.as_secs());
    show(Ok(said), reply, out)
}

fn tell_page(order: &str, amount: Amount, page: &PaymentPage) -> String {
    let mode = page.mode.as_deref().unwrap_or("not said");
    let expires = page.expires.as_deref().unwrap_or("not said");
    format!(
        "Payment page for order {} over {amount} HTG (mode: {}, expires: {}):\n{}",
        escape(order),
        escape(mode),
        escape(expires),
        page.redirect_url
    )
}

fn tell_payment(payment: &Payment) -> String {
    let verdict = if payment.is_successful() { "paid" } else { "not said to be paid" };
    format!(
        "Order {}: {verdict} ({}). {} HTG from {}, transaction {}",
        escape(&payment.reference),
        escape(&payment.message),
        escape(&payment.cost.text),
        escape(payment.payer.as_deref().unwrap_or("a wallet that is not named")),
        escape(&payment.transaction_id)
    )
}

/// Plain words first, the raw answer below.
fn show(said: Result<String, WireError>, reply: &Reply, out: &mut dyn Write) -> anyhow::Result<bool> {
    let done = said.is_ok();
    match said {
        Ok(words) => writeln!(out, "{words}")?,
        // No answer is told once, below.
        Err(WireError::NoAnswer(_)) => {}
        Err(e) => writeln!(out, "{}", escape(&e.to_string()))?,
    }
    match &reply.outcome {
        Outcome::Answered(http) => {
            let cut = if http.cut { " (only its beginning)" } else { "" };
            writeln!(out, "HTTP {}{cut}\n{}", http.status, escape(http.body.trim_end()))?;
        }
        Outcome::NeverLeft(why) => {
            writeln!(out, "The call never left this machine: {}\n'payoutd doctor' says what mends it.", escape(why))?;
        }
        Outcome::Lost(why) => writeln!(out, "No whole answer came: {}", escape(why))?,
    }
    Ok(done)
}

/// What came from outside cannot steer the terminal.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => safe.push(c),
            '\r' | '\t' => safe.push(' '),
            c if c.is_control() => safe.extend(c.escape_unicode()),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{Args, FromArgMatches};

    fn parse(words: &[&str]) -> Result<MoncashArgs, clap::Error> {
        let command = MoncashArgs::augment_args(clap::Command::new("moncash"));
        let words = std::iter::once("moncash").chain(words.iter().copied());
        command.try_get_matches_from(words).and_then(|matches| MoncashArgs::from_arg_matches(&matches))
    }

    #[test]
    fn the_command_line_cannot_pay() {
        for word in ["transfert", "transfer", "pay", "Transfert"] {
            assert!(parse(&[word]).is_err(), "{word}");
        }
    }

    #[test]
    fn each_call_takes_what_it_needs_and_nothing_unclear() {
        for good in [
            &["token"][..],
            &["balance"],
            &["customer", "3700-7294"],
            &["status", "PAY-1"],
            &["create-payment", "--amount", "10.50", "--order", "A1"],
            &["payment", "--order", "A1"],
            &["payment", "--transaction", "12874820"],
        ] {
            assert!(parse(good).is_ok(), "{good:?}");
        }
        for bad in [
            &["customer", "370"][..],
            &["status", "a b"],
            &["create-payment", "--amount", "0", "--order", "A1"],
            &["create-payment", "--amount", "1.005", "--order", "A1"],
            &["payment"],
            &["payment", "--order", "A1", "--transaction", "2"],
        ] {
            assert!(parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn an_answer_cannot_steer_the_terminal() {
        assert_eq!(escape("a\u{1b}[2Jb\r\nc"), "a\\u{1b}[2Jb \nc");
    }
}
