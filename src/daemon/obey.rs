//! Orders when no daemon runs: the command takes the lock and the loop applies them, by the same
//! code, sending nothing.
//!
//! Must never: send a Transfert, or leave an order lying that it could have answered.

use super::{Place, client, engine_settings, identity};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::engine::{Bell, Engine, Until};
use crate::ledger::{Identity, Ledger, LedgerError, OrderOutcome, command_at_work, order_outcome, post_order};
use crate::moncash::gateway::{Call, Gateway};
use crate::payout::instruction::{Account, Instruction, Reference};
use crate::payout::moment::BootMoment;
use crate::payout::order::Order;
use crate::payout::reply::{Outcome, Reply};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

/// How long a command waits for the daemon's answer: longer than one question to MonCash.
const WAIT_FOR_ANSWER: Duration = Duration::from_secs(180);
/// How often it looks.
const LOOK: Duration = Duration::from_millis(100);

/// Gives an order and waits for its answer, from the daemon or from this process.
///
/// # Errors
/// The ledger cannot be used, or the daemon does not answer in time (the order stands then).
pub async fn order(config: &Config, place: Option<&Place>, order: &Order) -> anyhow::Result<OrderOutcome> {
    let state = &config.folders.state;
    let clock = Rc::new(SystemClock::new());
    let id = post_order(state, order, clock.now().wall)?;
    let give_up = tokio::time::Instant::now() + WAIT_FOR_ANSWER;
    while tokio::time::Instant::now() < give_up {
        if let Some(outcome) = order_outcome(state, id)? {
            return Ok(outcome);
        }
        match obey(config, place, clock.clone()).await {
            Ok(()) | Err(Obeying::DaemonRuns) => tokio::time::sleep(LOOK).await,
            Err(Obeying::Failed(error)) => return Err(error),
        }
    }
    anyhow::bail!(
        "the order was left in the ledger (number {id}) and payoutd did not answer within {} s; it is applied when payoutd looks: see 'payoutd status' and the journal",
        WAIT_FOR_ANSWER.as_secs()
    )
}

enum Obeying {
    DaemonRuns,
    Failed(anyhow::Error),
}

async fn obey(config: &Config, place: Option<&Place>, clock: Rc<SystemClock>) -> Result<(), Obeying> {
    let now = clock.now();
    // A daemon that starts in this moment waits for it, and does not take it for another daemon.
    let _at_work = command_at_work(&config.folders.state).map_err(|error| Obeying::Failed(error.into()))?;
    let opened = match place {
        Some(place) => Ledger::open(&config.folders.state, &identity(config, place), now),
        None => Ledger::open_unbound(&config.folders.state, now),
    };
    let opened = match opened {
        Ok(opened) => opened,
        Err(LedgerError::Held(_)) => return Err(Obeying::DaemonRuns),
        Err(error) => return Err(Obeying::Failed(error.into())),
    };
    let gateway: Rc<dyn Gateway> = match place {
        Some(place) => Rc::new(client(config, place, clock.clone()).map_err(Obeying::Failed)?),
        None => Rc::new(Nobody { clock: clock.clone() }),
    };
    let suspicion = opened.suspicion;
    let mut engine = Engine::open(opened.ledger, gateway, clock, engine_settings(config), suspicion)
        .map_err(|error| Obeying::Failed(error.into()))?;
    let ended = engine.run(Until::OrdersObeyed, &Bell::default(), &Bell::default(), &mut []).await;
    ended.map(|_| ()).map_err(|error| Obeying::Failed(error.into()))
}

/// The identity that a ledger was bound to, for commands that have no secret.
pub fn bound(config: &Config) -> anyhow::Result<Identity> {
    Ok(crate::ledger::Reader::open(&config.folders.state)?.identity()?)
}

/// Stands where no secret can be read: every call never left.
struct Nobody {
    clock: Rc<SystemClock>,
}

impl Nobody {
    fn never(&self) -> Call {
        let now: BootMoment = self.clock.now().boot;
        let why = "this command has no MonCash credentials".to_string();
        Box::pin(async move { Reply { outcome: Outcome::NeverLeft(why), asked: now, ended: now, token: 0 } })
    }
}

impl Gateway for Nobody {
    fn transfer(&self, _: &Instruction) -> Call {
        self.never()
    }
    fn status(&self, _: &Reference) -> Call {
        self.never()
    }
    fn balance(&self) -> Call {
        self.never()
    }
    fn customer(&self, _: Account) -> Call {
        self.never()
    }
    fn ready(&self) -> bool {
        false
    }
    fn prepare(&self) -> Pin<Box<dyn Future<Output = Option<Reply>>>> {
        Box::pin(async { None })
    }
}
