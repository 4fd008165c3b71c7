//! What `/simulator/…` tells: the debits by reference, the balance, the calls, the faults.
//!
//! Must never: tell a token or a secret.

use super::answers::quoted;
use super::bank::Payment;
use super::exchange::Call;
use super::model::Model;
use std::fmt::Write;

impl Model {
    /// Every debit, counted by reference: of one reference, or of all.
    pub fn debits_json(&self, only: Option<&str>) -> String {
        let totals = self.bank.totals();
        let mut out = format!(
            r#"{{"debits":{},"references":{},"total":"{}","fees":"{}","paid_more_than_once":["#,
            self.bank.payments().len(),
            self.bank.references().count(),
            totals.paid,
            totals.fees,
        );
        let wanted = |reference: &&str| only.is_none_or(|only| only == *reference);
        let repeated = self.bank.references().filter(|reference| self.bank.debits(reference).count() > 1);
        let repeated: Vec<String> = repeated.map(quoted).collect();
        out.push_str(&repeated.join(","));
        out.push_str("],\"by_reference\":{");
        for (place, reference) in self.bank.references().filter(wanted).enumerate() {
            let debits: Vec<String> = self.bank.debits(reference).map(debit_json).collect();
            let comma = if place == 0 { "" } else { "," };
            // Writing to a String cannot fail.
            let _ = write!(
                out,
                "{comma}\n{}:{{\"count\":{},\"debits\":[{}]}}",
                quoted(reference),
                debits.len(),
                debits.join(",")
            );
        }
        out.push_str("}}\n");
        out
    }

    /// The prefunded account as it truly stands.
    pub fn balance_json(&self) -> String {
        let totals = self.bank.totals();
        format!(
            "{{\"balance\":\"{}\",\"paid_in\":\"{}\",\"paid_out\":\"{}\",\"fees\":\"{}\"}}\n",
            self.bank.balance(),
            totals.paid_in,
            totals.paid,
            totals.fees
        )
    }

    /// Every Transfert and every status question after entry `after`, in the order of arrival.
    pub fn transfers_json(&self, after: usize) -> String {
        self.journal.as_json(after, |entry| matches!(entry.call, Call::Transfer | Call::Status))
    }

    /// Every call after entry `after`, in the order of arrival.
    pub fn calls_json(&self, after: usize) -> String {
        self.journal.as_json(after, |_| true)
    }

    /// How often each fault of the file fitted a call and struck.
    pub fn faults_json(&self) -> String {
        let faults: Vec<String> = self
            .faults
            .tallies()
            .enumerate()
            .map(|(place, (fault, tally))| {
                format!(
                    r#"{{"no":{},"call":"{}","kind":"{}","fitted":{},"fired":{}}}"#,
                    place + 1,
                    fault.call.map_or("any", Call::name),
                    fault.kind,
                    tally.fitted,
                    tally.fired
                )
            })
            .collect();
        format!("{{\"enabled\":{},\"faults\":[{}]}}\n", self.faults.enabled, faults.join(",\n"))
    }
}

fn debit_json(payment: &Payment) -> String {
    format!(
        r#"{{"transaction_id":{},"receiver":{},"amount":"{}","fee":"{}","at_ms":{}}}"#,
        quoted(&payment.transaction_id),
        quoted(&payment.order.receiver.msisdn()),
        payment.order.amount,
        payment.fee,
        payment.at_ms
    )
}
