//! The seam between the engine and MonCash: what can be asked, one call at a time.
//!
//! Must never: repeat a call, hide an answer, or decide what an answer means.

use crate::payout::instruction::{Account, Instruction, Reference};
use crate::payout::moment::BootMoment;
use crate::payout::reply::{Outcome, Reply};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use tokio::time::Instant;

/// A call under way. It touches nothing but the network; dropping it does not undo it.
pub type Call = Pin<Box<dyn Future<Output = Reply>>>;

/// When the first byte of a call left; empty until then.
pub type Left = Arc<OnceLock<Instant>>;

/// The leave that a call needs once its connection stands: calls that were connected in unequal times leave
/// as far from each other as they should all the same.
pub struct Leave {
    /// Asked for when the connection stands. It ends at the moment of the call, or
    /// [`crate::clock::WAKE_UP`] before it; or says why the call shall not be made any more.
    pub due: Pin<Box<dyn Future<Output = Result<Instant, TooLate>>>>,
    /// Filled in when the call leaves, at its moment or later.
    pub left: Left,
}

/// A call that shall not leave any more.
pub struct TooLate {
    pub why: String,
    pub now: BootMoment,
}

/// The four calls that concern payouts. The engine knows MonCash by nothing else; the simulation
/// puts its own model here.
///
/// Every method returns at once. The call begins when the future is first polled.
pub trait Gateway {
    /// `POST /v1/Transfert`: moves money. The caller has put the intent on disk.
    fn transfer(&self, instruction: &Instruction) -> Call;
    /// The same, which connects at once and leaves when it may. Where nothing can be told of connecting, it
    /// is made when it may leave.
    fn transfer_when(&self, instruction: &Instruction, leave: Leave) -> Call {
        let call = self.transfer(instruction);
        Box::pin(async move {
            let at = match leave.due.await {
                Ok(at) => at,
                Err(TooLate { why, now }) => {
                    return Reply { outcome: Outcome::NeverLeft(why), asked: now, ended: now, token: 0 };
                }
            };
            if tokio::time::Instant::now() < at {
                tokio::time::sleep_until(at).await;
            }
            // Nobody else fills it in.
            let _ = leave.left.set(tokio::time::Instant::now());
            call.await
        })
    }
    /// `POST /v1/PrefundedTransactionStatus`.
    fn status(&self, reference: &Reference) -> Call;
    /// `GET /v1/PrefundedBalance`.
    fn balance(&self) -> Call;
    /// `POST /v1/CustomerStatus`.
    fn customer(&self, account: Account) -> Call;

    /// Whether a live token is at hand, so that a Transfert launched now leaves at once. Starts a
    /// renewal in the background of the next [`Gateway::prepare`] when it is not.
    fn ready(&self) -> bool;
    /// A person says that the trouble is over: what waits after failures is tried at once.
    fn try_again(&self) {}
    /// Whether a token is at hand that will soon be too old for a Transfert: renewed now, it keeps none
    /// waiting.
    fn wears_out(&self) -> bool {
        false
    }
    /// Fetches or renews the token. Resolves with the raw reply of the token call, or at once with
    /// `None` when a live token is at hand that does not wear out.
    fn prepare(&self) -> Pin<Box<dyn Future<Output = Option<Reply>>>>;
}
