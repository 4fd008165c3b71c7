//! One process's line to MonCash: its token, its calls, their deadline. It dies with the process;
//! what it has asked for goes on in the bank.
//!
//! Must never: repeat a call, or call "never left" what has reached the bank.

use crate::answers;
use crate::bank::{Act, Bank, Known};
use crate::chance::ms;
use crate::faults::{End, Trouble};
use crate::world::{SECOND, TIMEOUT};
use payoutd::clock::Clock;
use payoutd::moncash::gateway::{Call, Gateway};
use payoutd::payout::instruction::{Account, Instruction, Reference};
use payoutd::payout::moment::BootMoment;
use payoutd::payout::reply::{Http, Outcome, Reply};
use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

/// A token is not used in the last part of its life, as the real client has it.
const MARGIN: Duration = Duration::from_secs(3);

#[derive(Clone)]
pub struct Line(Rc<Process>);

struct Process {
    bank: Rc<Bank>,
    /// The token at hand: its number with this process, with the bank, and when it was asked for.
    token: Cell<Option<(u64, usize, BootMoment)>>,
    newest: Cell<u64>,
    /// Which life of the process this is.
    life: usize,
}

fn http(status: u16, body: String) -> Outcome {
    Outcome::Answered(Http { status, body, cut: false, retry_after: None })
}

fn lost(why: &str) -> Outcome {
    Outcome::Lost(why.to_string())
}

impl Line {
    pub fn new(bank: &Rc<Bank>) -> Line {
        let mut arrivals = bank.arrivals.borrow_mut();
        arrivals.push(Vec::new());
        let life = arrivals.len() - 1;
        Line(Rc::new(Process { bank: bank.clone(), token: Cell::new(None), newest: Cell::new(0), life }))
    }

    fn bank(&self) -> &Bank {
        &self.0.bank
    }

    fn moment(&self) -> BootMoment {
        self.bank().clock.now().boot
    }

    fn live_token(&self, margin: Duration) -> Option<(u64, usize)> {
        let (number, with_bank, asked) = self.0.token.get()?;
        let life = self.bank().world.token_life.checked_sub(margin)?;
        let age = self.moment().since(asked)?;
        (age < life).then_some((number, with_bank))
    }

    /// The token call.
    async fn fetch(&self) -> Reply {
        let asked = self.moment();
        let trouble = self.bank().token_trouble();
        let outcome = self.in_trouble(trouble, "/oauth/token").await;
        let outcome = match outcome {
            Some(outcome) => outcome,
            None => {
                tokio::time::sleep(SECOND / 10).await;
                let number = self.0.newest.get() + 1;
                self.0.newest.set(number);
                self.0.token.set(Some((number, self.bank().give_token(), asked)));
                http(200, "{\"token_type\":\"bearer\"}".to_string())
            }
        };
        self.bank().record.note(format_args!("token -> {}", words(&outcome)));
        let token = self.0.token.get().map_or(0, |(number, ..)| number);
        Reply { outcome, asked, ended: self.moment(), token }
    }

    /// How a question goes that a fault struck; `None` when none of these did.
    async fn in_trouble(&self, trouble: Option<(&'static str, Trouble)>, path: &str) -> Option<Outcome> {
        let (name, trouble) = trouble?;
        self.bank().record.fault(name);
        let wait = match trouble {
            Trouble::Hang => TIMEOUT,
            Trouble::Slow => return None,
            _ => self.bank().chance(|chance| chance.wait(Duration::ZERO, SECOND * 2)),
        };
        tokio::time::sleep(wait).await;
        let failure = |status, error: &str, message: &str| http(status, answers::failure(path, status, error, message));
        Some(match trouble {
            Trouble::Reset => lost("the connection was reset"),
            Trouble::Hang => lost("no answer in time"),
            Trouble::NeverLeft => Outcome::NeverLeft("no connection".to_string()),
            Trouble::Html(status) => http(status, answers::html(status)),
            Trouble::Stranger404 => http(404, answers::failure("/v1/Other", 404, "Not Found", "No message available")),
            Trouble::Half => http(200, answers::half(&answers::successful())),
            Trouble::Failure500 => failure(500, "Internal Server Error", "An unexpected error occurred"),
            Trouble::TooMany => {
                let wait = self.bank().chance(|chance| chance.wait(SECOND, SECOND * 5));
                let body = answers::failure(path, 429, "Too Many Requests", "Too many requests");
                Outcome::Answered(Http { status: 429, body, cut: false, retry_after: Some(wait) })
            }
            Trouble::TokenRefused => {
                self.0.token.set(None);
                http(401, r#"{"error":"invalid_token","error_description":"Access token expired"}"#.to_string())
            }
            Trouble::AccountRefused if path == "/oauth/token" => {
                http(401, r#"{"error":"invalid_client","error_description":"Bad client credentials"}"#.to_string())
            }
            Trouble::AccountRefused => failure(
                403,
                "Forbidden",
                "the receiver organization queried by the specified short code does not exist",
            ),
            Trouble::Pending => http(200, answers::pending()),
            Trouble::Envelope => http(200, answers::envelope()),
            Trouble::Slow | Trouble::Stale | Trouble::Lie => return None,
        })
    }

    /// A live token, fetched where there is none; else why the call never left.
    async fn token(&self) -> Result<(u64, usize), Outcome> {
        if self.live_token(MARGIN).is_none() {
            self.fetch().await;
        }
        self.live_token(MARGIN).ok_or_else(|| Outcome::NeverLeft("no access token".to_string()))
    }

    /// 401 where MonCash has forgotten the token.
    fn refuses(&self, with_bank: usize) -> Option<Outcome> {
        if self.bank().token_lives(with_bank) {
            return None;
        }
        self.bank().record.fault("a token that MonCash has forgotten");
        self.0.token.set(None);
        Some(http(401, r#"{"error":"invalid_token","error_description":"Invalid access token"}"#.to_string()))
    }

    fn reply(&self, outcome: Outcome, asked: BootMoment, token: u64) -> Reply {
        Reply { outcome, asked, ended: self.moment(), token }
    }

    fn transfer_outcome(&self, act: &Act, ours: &Instruction) -> Outcome {
        let failure = |status, error: &str, message: &str| {
            http(status, answers::failure(answers::TRANSFERT, status, error, message))
        };
        let (centimes, receiver) = (ours.amount.centimes(), ours.receiver.msisdn());
        let id = act.debit.as_ref().map_or("T99999", |debit| &debit.transaction);
        let success = |status| answers::transfer(id, centimes, &receiver, status);
        if act.debit.is_none() && act.end == End::Unclear && act.fault.is_none_or(|(_, _, end)| end != End::Unclear) {
            return failure(403, "Forbidden", "The balance is insufficient for the transaction.");
        }
        match act.end {
            End::Success | End::Slow => http(200, success(200)),
            End::Accepted => http(202, success(202)),
            End::Reset => lost("the connection was reset"),
            End::Hang => lost("no answer in time"),
            End::NeverLeft => Outcome::NeverLeft("no connection".to_string()),
            End::Half => http(200, answers::half(&success(200))),
            End::Html(status) => http(status, answers::html(status)),
            End::Failure(status) => failure(status, "Error", "An unexpected error occurred"),
            End::TooMany => failure(429, "Too Many Requests", "Too many requests"),
            End::TokenRefused => {
                self.0.token.set(None);
                http(401, r#"{"error":"invalid_token","error_description":"Access token expired"}"#.to_string())
            }
            End::FullWallet => failure(403, "Forbidden", answers::FULL),
            End::NoReceiver => failure(404, "Not Found", "The receiver has no account"),
            End::BadRequest => failure(400, "Bad Request", "The amount is incorrect"),
            End::Unclear => failure(409, "Conflict", "A transaction with this reference already exists"),
            End::AccountRefused => failure(403, "Forbidden", "No short code for user account"),
            End::Redirect => http(307, String::new()),
            End::WrongTypes => http(200, r#"{"path":17,"transfer":"successful","status":"200"}"#.to_string()),
            End::EchoAmount => http(200, answers::transfer(id, centimes + 100, &receiver, 200)),
            End::EchoReceiver => http(200, answers::transfer(id, centimes, "50939999999", 200)),
            End::EchoNoId => http(200, answers::transfer("", centimes, &receiver, 200)),
            End::EchoOldId => http(200, answers::transfer(&self.bank().old_transaction(), centimes, &receiver, 200)),
        }
    }

    async fn make_transfer(self, ours: Instruction) -> Reply {
        let asked = self.moment();
        let reference = ours.reference.as_str();
        let Some((token, with_bank)) = self.live_token(MARGIN) else {
            return self.reply(Outcome::NeverLeft("no access token".to_string()), asked, 0);
        };
        let bank = self.bank();
        bank.record.count(|counts| counts.transfers += 1);
        bank.transfers_begun.set(bank.transfers_begun.get() + 1);
        bank.arrivals.borrow_mut()[self.0.life].push(bank.now());
        if let Some(refused) = self.refuses(with_bank) {
            bank.record.note(format_args!("TRANSFER {reference} -> {}", words(&refused)));
            tokio::time::sleep(SECOND / 20).await;
            bank.transfers_answered.set(bank.transfers_answered.get() + 1);
            return self.reply(refused, asked, token);
        }
        let act = bank.transfer(&ours);
        let outcome = self.transfer_outcome(&act, &ours);
        let lands = act.debit.as_ref().map(|debit| (debit.lands, debit.known));
        let why = act.fault.map_or("no fault", |(name, ..)| name);
        bank.record.note(format_args!(
            "TRANSFER {reference} for {}: {why}; lands and known {lands:?}; answer in {:?}: {}",
            ours.description,
            act.answer_after,
            words(&outcome)
        ));
        let mut wire = OnTheWire { bank: self.0.bank.clone(), transaction: act.debit.map(|debit| debit.transaction) };
        tokio::time::sleep(act.answer_after).await;
        wire.transaction = None;
        bank.record.note(format_args!("answer to the Transfert of {reference}: {}", words(&outcome)));
        bank.transfers_answered.set(bank.transfers_answered.get() + 1);
        self.reply(outcome, asked, token)
    }

    async fn ask_status(self, reference: String) -> Reply {
        let (token, with_bank) = match self.token().await {
            Ok(token) => token,
            Err(never) => return self.reply(never, self.moment(), 0),
        };
        let asked = self.moment();
        let bank = self.bank();
        bank.record.count(|counts| counts.questions += 1);
        if !bank.calm.get() && bank.chance(|chance| chance.one_in(150)) {
            bank.forget_tokens();
        }
        let outcome = match self.refuses(with_bank) {
            Some(refused) => refused,
            None => {
                let trouble = bank.status_trouble();
                // What is true when the question arrives is what is answered, however late.
                let known = bank.knows(&reference);
                let wait = match trouble {
                    Some((_, Trouble::Slow)) => bank.chance(|chance| chance.wait(SECOND, TIMEOUT)),
                    _ => SECOND / 10,
                };
                match self.in_trouble(trouble, answers::STATUS).await {
                    Some(outcome) => outcome,
                    None => {
                        tokio::time::sleep(wait).await;
                        match known {
                            Known::Paid => http(200, answers::successful()),
                            Known::Nothing => http(404, answers::not_found()),
                            Known::Refused(words) => {
                                http(403, answers::failure(answers::TRANSFERT, 403, "Forbidden", words))
                            }
                        }
                    }
                }
            }
        };
        bank.record.note(format_args!("status of {reference} -> {}", words(&outcome)));
        self.reply(outcome, asked, token)
    }

    async fn ask_balance(self) -> Reply {
        let (token, with_bank) = match self.token().await {
            Ok(token) => token,
            Err(never) => return self.reply(never, self.moment(), 0),
        };
        let asked = self.moment();
        let bank = self.bank();
        let outcome = match self.refuses(with_bank) {
            Some(refused) => refused,
            None => {
                let trouble = bank.balance_trouble();
                let outcome = self.in_trouble(trouble, answers::BALANCE).await;
                match outcome {
                    Some(outcome) => outcome,
                    None => self.tell_balance(trouble).await,
                }
            }
        };
        bank.record.note(format_args!("balance -> {}", words(&outcome)));
        self.reply(outcome, asked, token)
    }

    async fn tell_balance(&self, trouble: Option<(&'static str, Trouble)>) -> Outcome {
        let bank = self.bank();
        // A truthful reading shows every debit but the youngest.
        let lag = bank.chance(|chance| chance.wait(Duration::ZERO, bank.world.balance_lag));
        let lag = match trouble {
            Some((_, Trouble::Stale)) => bank.chance(|chance| chance.wait(Duration::ZERO, SECOND * 60)),
            _ => lag,
        };
        let mut told = bank.balance_at(bank.now().saturating_sub(ms(lag)));
        if let Some((_, Trouble::Lie)) = trouble {
            told += bank.chance(|chance| i64::try_from(chance.below(1_000_000)).unwrap()) - 500_000;
        }
        let long = bank.chance(|chance| chance.one_in(4));
        tokio::time::sleep(SECOND / 10).await;
        http(200, answers::balance(told, long && told >= 0))
    }
}

impl Gateway for Line {
    fn transfer(&self, instruction: &Instruction) -> Call {
        Box::pin(self.clone().make_transfer(instruction.clone()))
    }

    fn status(&self, reference: &Reference) -> Call {
        Box::pin(self.clone().ask_status(reference.as_str().to_string()))
    }

    fn balance(&self) -> Call {
        Box::pin(self.clone().ask_balance())
    }

    fn customer(&self, account: Account) -> Call {
        Box::pin(self.clone().ask_status(account.msisdn()))
    }

    fn ready(&self) -> bool {
        self.live_token(MARGIN + SECOND * 2).is_some()
    }

    fn prepare(&self) -> Pin<Box<dyn Future<Output = Option<Reply>>>> {
        let line = self.clone();
        Box::pin(async move {
            if line.ready() {
                return None;
            }
            Some(line.fetch().await)
        })
    }
}

/// An outcome in a few words.
fn words(outcome: &Outcome) -> String {
    match outcome {
        Outcome::NeverLeft(why) => format!("never left ({why})"),
        Outcome::Lost(why) => format!("lost ({why})"),
        Outcome::Answered(http) => {
            let said = http.body.split("\"message\":\"").nth(1).and_then(|rest| rest.split('"').next());
            let told = http.body.split("\"balance\":{\"balance\":").nth(1).and_then(|rest| rest.split(',').next());
            format!("{} {}", http.status, told.or(said).unwrap_or_default())
        }
    }
}

/// A Transfert whose answer is still to come. Dropped with its caller, it tells the bank.
struct OnTheWire {
    bank: Rc<Bank>,
    transaction: Option<String>,
}

impl Drop for OnTheWire {
    fn drop(&mut self) {
        if let Some(transaction) = &self.transaction {
            self.bank.caller_died(transaction);
        }
    }
}
