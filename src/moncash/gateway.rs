//! The seam between the engine and MonCash: what can be asked, one call at a time.
//!
//! Must never: repeat a call, hide an answer, or decide what an answer means.

use crate::payout::instruction::{Account, Instruction, Reference};
use crate::payout::reply::Reply;
use std::future::Future;
use std::pin::Pin;

/// A call under way. It touches nothing but the network; dropping it does not undo it.
pub type Call = Pin<Box<dyn Future<Output = Reply>>>;

/// Calls that were begun and of which no byte has left yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unsent {
    pub transfers: usize,
    pub questions: usize,
}

/// The four calls that concern payouts. The engine knows MonCash by nothing else; the simulation
/// puts its own model here.
///
/// Every method returns at once. The call begins when the future is first polled.
pub trait Gateway {
    /// `POST /v1/Transfert`: moves money. The caller has put the intent on disk.
    fn transfer(&self, instruction: &Instruction) -> Call;
    /// `POST /v1/PrefundedTransactionStatus`.
    fn status(&self, reference: &Reference) -> Call;
    /// `GET /v1/PrefundedBalance`.
    fn balance(&self) -> Call;
    /// `POST /v1/CustomerStatus`.
    fn customer(&self, account: Account) -> Call;

    /// Whether a live token is at hand, so that a Transfert launched now leaves at once. Starts a
    /// renewal in the background of the next [`Gateway::prepare`] when it is not.
    fn ready(&self) -> bool;
    /// Calls that still connect, or wait for a token.
    fn unsent(&self) -> Unsent {
        Unsent::default()
    }
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
