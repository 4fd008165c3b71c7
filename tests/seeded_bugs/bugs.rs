//! The mistakes that the simulation must catch: each one takes a single safety out of the product.
//! They are written as changes to the product's own text and exist nowhere else; the product that
//! ships has no switch for any of them.
//!
//! Must never: hold a change whose right text is not exactly once in the file that it names (a test
//! sees to that), or a bug that `seeded::on` does not guard.

/// One mistake.
pub struct Bug {
    /// What `PAYOUTD_SEEDED_BUG` calls it.
    pub name: &'static str,
    /// What goes wrong, in a sentence for the auditor's table.
    pub says: &'static str,
    pub changes: &'static [Change],
}

/// `right`, which stands once in `file`, becomes `wrong`.
pub struct Change {
    pub file: &'static str,
    pub right: &'static str,
    pub wrong: &'static str,
}

const fn change(file: &'static str, right: &'static str, wrong: &'static str) -> Change {
    Change { file, right, wrong }
}

const PROOF: &str = "src/payout/evidence/proof.rs";
const DECIDE_QUEUED: &str = "src/payout/decide/queued.rs";
const DECIDE_DOUBT: &str = "src/payout/decide/doubt.rs";
const DOUBT: &str = "src/payout/state/doubt.rs";
const STATE: &str = "src/payout/state.rs";
const FUNDS: &str = "src/payout/funds.rs";
const ORDER: &str = "src/payout/order.rs";
const ENGINE: &str = "src/engine/mod.rs";
const EXAMINE: &str = "src/intake/examine.rs";
const JUDGE: &str = "src/intake/judge.rs";

/// Bugs that the simulation cannot show, as it has no transport, each with the test of the library that must catch it.
pub const CAUGHT_BY_TEST: &[(&str, &str)] =
    &[("dropped_call_gives_its_body", "moncash::http::tests::a_call_that_is_dropped_takes_its_body_back")];

/// What must be caught; by the simulation, each within the seeds that the hunt allows.
pub const BUGS: &[Bug] = &[
    Bug {
        name: "intent_after_the_call",
        says: "calls begin before their intent is committed",
        changes: &[
            change(
                ENGINE,
                "        let took = measure::commit(turn)?;\n        if std::mem::take(&mut self.desk.resumed) {\n            \
                 self.calls.try_again();\n        }\n        if self.ledger.last_written() > before {\n            \
                 self.desk.meters.commit(took);\n        }\n        self.next_permit = room.next_permit;\n        \
                 Ok(room.launches)\n",
                "        let (mut launches, next_permit) = (std::mem::take(&mut room.launches), room.next_permit);\n        \
                 drop(room);\n        if crate::seeded::on(\"intent_after_the_call\") {\n            \
                 self.calls.launch(std::mem::take(&mut launches));\n            self.calls.begin();\n        }\n        \
                 let took = measure::commit(turn)?;\n        if std::mem::take(&mut self.desk.resumed) {\n            \
                 self.calls.try_again();\n        }\n        if self.ledger.last_written() > before {\n            \
                 self.desk.meters.commit(took);\n        }\n        self.next_permit = next_permit;\n        Ok(launches)\n",
            ),
            change(
                "src/engine/calls.rs",
                "    /// Everything that ended by now.\n",
                "    /// Lets what was launched begin.\n    pub fn begin(&mut self) {\n        \
                 while let Some(Some(done)) = self.under_way.next().now_or_never() {\n            self.take(done);\n        \
                 }\n    }\n\n    /// Everything that ended by now.\n",
            ),
        ],
    },
    Bug {
        name: "grace_ignored",
        says: "\"not found\" proves something at once, not only after the grace",
        changes: &[change(
            PROOF,
            "    let doubt = payout.doubt().ok_or(Missing::End)?;\n    let payout = payout.id;\n",
            "    let no_grace = ProofRules { grace: Duration::ZERO, ..rules.clone() };\n    \
             let rules = if crate::seeded::on(\"grace_ignored\") { &no_grace } else { rules };\n    \
             let doubt = payout.doubt().ok_or(Missing::End)?;\n    let payout = payout.id;\n",
        )],
    },
    Bug {
        name: "grace_from_the_intent",
        says: "the grace is counted from the intent instead of from the end of the call",
        changes: &[change(
            PROOF,
            "    let end = doubt.ended().ok_or(Missing::End)?;\n",
            "    let end = doubt.ended().ok_or(Missing::End)?;\n    \
             let end = if crate::seeded::on(\"grace_from_the_intent\") { doubt.opened } else { end };\n",
        )],
    },
    Bug {
        name: "dead_call_ended_with_its_intent",
        says: "the grace of a call that died with its process is counted from the intent",
        changes: &[change(
            DOUBT,
            "                Call::UnderWay | Call::Unobserved { .. } => Call::Unobserved { from: start },\n            };\n        }\n        self.inquiry = Inquiry { reachable_for",
            "                Call::UnderWay if crate::seeded::on(\"dead_call_ended_with_its_intent\") => {\n                    \
             Call::Unobserved { from: self.opened }\n                }\n                \
             Call::UnderWay | Call::Unobserved { .. } => Call::Unobserved { from: start },\n            };\n        }\n        \
             self.inquiry = Inquiry { reachable_for",
        )],
    },
    Bug {
        name: "first_not_found_believed",
        says: "one \"not found\" is enough, whatever became of the call",
        changes: &[change(
            PROOF,
            "    if doubt.never_left() && !doubt.earlier_ambiguous {\n",
            "    if crate::seeded::on(\"first_not_found_believed\") && fresh {\n        \
             return Ok(ProvenUnpaid { payout, attempt: doubt.attempt, how: How::NeverLeft });\n    }\n    \
             if doubt.never_left() && !doubt.earlier_ambiguous {\n",
        )],
    },
    Bug {
        name: "decline_unconfirmed",
        says: "a refusal is final without an accepted negative of the status call",
        changes: &[change(
            PROOF,
            "    refused && !doubt.said_paid && !doubt.earlier_ambiguous && negative\n",
            "    let negative = negative || crate::seeded::on(\"decline_unconfirmed\");\n    \
             refused && !doubt.said_paid && !doubt.earlier_ambiguous && negative\n",
        )],
    },
    Bug {
        name: "timeout_called_failed",
        says: "a lost answer is called a refusal",
        changes: &[change(
            DECIDE_DOUBT,
            "    if asking {\n        return Action::Wait(Wait::Reply);\n    }\n    if doubt.said_paid {\n",
            "    if asking {\n        return Action::Wait(Wait::Reply);\n    }\n    \
             if crate::seeded::on(\"timeout_called_failed\") && matches!(answer, Some(TransferAnswer::Unknown { .. })) {\n        \
             return declined(\"no answer came\", payout);\n    }\n    if doubt.said_paid {\n",
        )],
    },
    Bug {
        name: "commit_error_ignored",
        says: "a COMMIT that failed is taken for one that succeeded",
        changes: &[change(
            "src/ledger/transaction.rs",
            "        if let Err(error) = committed {\n            return Err(self.ledger.break_down(error.cause()));\n        }\n",
            "        if let Err(error) = committed {\n            if crate::seeded::on(\"commit_error_ignored\") {\n                \
             return Ok(());\n            }\n            return Err(self.ledger.break_down(error.cause()));\n        }\n",
        )],
    },
    Bug {
        name: "recovery_resends",
        says: "after a crash a call under way counts as one that never left",
        changes: &[change(
            DOUBT,
            "                Call::UnderWay | Call::Unobserved { .. } => Call::Unobserved { from: start },\n            };\n        }\n        self.inquiry = Inquiry { reachable_for",
            "                Call::UnderWay if crate::seeded::on(\"recovery_resends\") => Call::Ended {\n                    \
             at: start,\n                    answer: TransferAnswer::NeverLeft { why: \"the process died\".to_string() },\n                \
             },\n                Call::UnderWay | Call::Unobserved { .. } => Call::Unobserved { from: start },\n            };\n        }\n        \
             self.inquiry = Inquiry { reachable_for",
        )],
    },
    Bug {
        name: "balance_without_in_doubt",
        says: "what is in doubt is not taken from the balance",
        changes: &[change(
            FUNDS,
            "        self.reserved = self.reserved.saturating_add(self.fee.with(amount));\n",
            "        if crate::seeded::on(\"balance_without_in_doubt\") {\n            return;\n        }\n        \
             self.reserved = self.reserved.saturating_add(self.fee.with(amount));\n",
        )],
    },
    Bug {
        name: "wall_clock_grace",
        says: "the grace is counted on the wall clock, which jumps",
        changes: &[change(
            ENGINE,
            "        let desk = Desk::open(&mut ledger, &settings, suspicion, clock.now())?;\n",
            "        let clock = crate::seeded::clock(clock);\n        \
             let desk = Desk::open(&mut ledger, &settings, suspicion, clock.now())?;\n",
        )],
    },
    Bug {
        name: "proof_kept",
        says: "a proof is used however old it is, after a wait for money or a person",
        changes: &[
            change(
                PROOF,
                ".and_then(|heard| now.since(heard)).is_some_and(|age| age <= FRESH);\n",
                ".and_then(|heard| now.since(heard)).is_some_and(|age| age <= FRESH);\n    \
                 let fresh = fresh || crate::seeded::on(\"proof_kept\");\n",
            ),
            change(
                PROOF,
                "    let recent = |seen: &Negative| now.since(seen.asked).is_some_and(|age| age <= CONTROL_FRESH);\n",
                "    let recent = |seen: &Negative| {\n        \
                 crate::seeded::on(\"proof_kept\") || now.since(seen.asked).is_some_and(|age| age <= CONTROL_FRESH)\n    };\n",
            ),
        ],
    },
    Bug {
        name: "counts_carried_over",
        says: "what was \"not found\" about attempt 1 counts for attempt 2",
        changes: &[
            change(
                STATE,
                "                    doubt_of(Doubt::opened(*attempt, *at, unpaid_before, ambiguous))\n                })\n",
                "                    let mut next = Doubt::opened(*attempt, *at, unpaid_before, ambiguous);\n                    \
                 if crate::seeded::on(\"counts_carried_over\") {\n                        \
                 next.inquiry = doubt.inquiry.clone();\n                    }\n                    doubt_of(next)\n                })\n",
            ),
            change(
                PROOF,
                "    let end = doubt.ended().ok_or(Missing::End)?;\n",
                "    let mut end = doubt.ended().ok_or(Missing::End)?;\n    \
                 if crate::seeded::on(\"counts_carried_over\")\n        \
                 && let Some(first) = doubt.inquiry.not_found.first().filter(|_| doubt.attempt > 1)\n    {\n        \
                 end = BootMoment { ms: first.asked.ms.saturating_sub(end.plus(rules.grace).ms - end.ms), ..first.asked };\n    }\n",
            ),
        ],
    },
    Bug {
        name: "no_control_question",
        says: "\"not found\" is believed of a status service that knows nothing",
        changes: &[change(
            PROOF,
            "    let Some(reference) = &control.reference else {\n        return Err(Missing::Control);\n    };\n",
            "    if crate::seeded::on(\"no_control_question\") && fresh {\n        \
             let how = How::Served { grace: rules.grace, not_found: 1, control: String::new() };\n        \
             return Ok(ProvenUnpaid { payout, attempt: doubt.attempt, how });\n    }\n    \
             let Some(reference) = &control.reference else {\n        return Err(Missing::Control);\n    };\n",
        )],
    },
    Bug {
        name: "release_launders_doubt",
        says: "`release` sends a payout again whose money may have moved",
        changes: &[
            change(
                ORDER,
                "        (Verb::Release, State::Held { money: MayHaveBeenPaid::No, .. }) => record",
                "        (Verb::Release, State::Held { money, .. })\n            \
                 if *money == MayHaveBeenPaid::No || crate::seeded::on(\"release_launders_doubt\") =>\n        {\n            \
                 return record(Event::Released { order: by });\n        }\n        \
                 (Verb::Release, State::Held { money: MayHaveBeenPaid::No, .. }) => record",
            ),
            change(
                STATE,
                "            (State::Held { money: MayHaveBeenPaid::No, .. }, Event::Released { .. }) => Some(State::Queued),\n",
                "            (State::Held { .. }, Event::Released { .. }) if crate::seeded::on(\"release_launders_doubt\") => {\n                \
                 Some(State::Queued)\n            }\n            \
                 (State::Held { money: MayHaveBeenPaid::No, .. }, Event::Released { .. }) => Some(State::Queued),\n",
            ),
        ],
    },
    Bug {
        name: "cancel_forgotten_by_the_resend",
        says: "a payout that a person cancelled in flight is sent again",
        changes: &[
            change(
                DECIDE_DOUBT,
                "fn cancel_order(doubt: &Doubt, gate: &Gate) -> Option<ByOrder> {\n",
                "fn cancel_order(doubt: &Doubt, gate: &Gate) -> Option<ByOrder> {\n    \
                 if crate::seeded::on(\"cancel_forgotten_by_the_resend\") {\n        return None;\n    }\n",
            ),
            change(
                STATE,
                "                (proven && follows && doubt.standing.is_none()).then(|| {\n",
                "                let stands =\n                    \
                 doubt.standing.is_some() && !crate::seeded::on(\"cancel_forgotten_by_the_resend\");\n                \
                 (proven && follows && !stands).then(|| {\n",
            ),
        ],
    },
    Bug {
        name: "retry_dropped_twice",
        says: "a retry file that is dropped a second time is admitted and paid again",
        changes: &[
            change(
                JUDGE,
                "        match &order.retry_of {\n",
                "        if crate::seeded::on(\"retry_dropped_twice\") && order.retry_of.is_some() {\n            \
                 return Ok(());\n        }\n        match &order.retry_of {\n",
            ),
            change(
                JUDGE,
                "            && let Some(problem) = reference_known(row, header, &known, ledger)?\n        {\n",
                "            && let Some(problem) = reference_known(row, header, &known, ledger)?\n            \
                 && !(crate::seeded::on(\"retry_dropped_twice\") && order.retry_of.is_some())\n        {\n",
            ),
            change(
                EXAMINE,
                "            && let Some(batch) = ledger.known_file(&totals.sha256)?\n        {\n",
                "            && let Some(batch) = ledger.known_file(&totals.sha256)?\n            \
                 && !crate::seeded::on(\"retry_dropped_twice\")\n        {\n",
            ),
            change(
                "src/ledger/admission_index.rs",
                "        && reader.paid_again_by(known.payout)?.is_none();\n",
                "        && reader.paid_again_by(known.payout)?.is_none();\n    \
                 let untouched = untouched || crate::seeded::on(\"retry_dropped_twice\");\n",
            ),
            change(
                "src/ledger/admission_index.rs",
                "    for (payout, line, retry_of) in retries {\n",
                "    let retries = if crate::seeded::on(\"retry_dropped_twice\") { Vec::new() } else { retries };\n    \
                 for (payout, line, retry_of) in retries {\n",
            ),
            change(
                DECIDE_QUEUED,
                "    if *checked == Checked::Used {\n",
                "    if *checked == Checked::Used && crate::seeded::on(\"retry_dropped_twice\") {\n        \
                 return Action::SendFirst;\n    }\n    if *checked == Checked::Used {\n",
            ),
        ],
    },
    Bug {
        name: "retry_column_erased",
        says: "a retry whose `retry_of` was erased passes as a first payment",
        changes: &[
            change(
                JUDGE,
                "                if let Some(problem) = erased_retry(row, header, ledger)? {\n",
                "                if let Some(problem) = erased_retry(row, header, ledger)?\n                    \
                 .filter(|_| !crate::seeded::on(\"retry_column_erased\"))\n                {\n",
            ),
            change(
                JUDGE,
                "        let Some(within) = self.rules.paid_already_within else { return Ok(()) };\n",
                "        if crate::seeded::on(\"retry_column_erased\") {\n            return Ok(());\n        }\n        \
                 let Some(within) = self.rules.paid_already_within else { return Ok(()) };\n",
            ),
        ],
    },
    Bug {
        name: "renamed_reference_paid",
        says: "the same person and amount under a new reference are paid again in the same pay period",
        changes: &[change(
            JUDGE,
            "        let Some(within) = self.rules.paid_already_within else { return Ok(()) };\n",
            "        if crate::seeded::on(\"renamed_reference_paid\") {\n            return Ok(());\n        }\n        \
             let Some(within) = self.rules.paid_already_within else { return Ok(()) };\n",
        )],
    },
    Bug {
        name: "retry_not_guarded",
        says: "a retry is not held although its person was paid meanwhile under another reference",
        changes: &[change(
            JUDGE,
            "        let Some(within) = self.rules.paid_already_within else { return Ok(()) };\n",
            "        if crate::seeded::on(\"retry_not_guarded\") && row.instruction.retry_of.is_some() {\n            \
             return Ok(());\n        }\n        \
             let Some(within) = self.rules.paid_already_within else { return Ok(()) };\n",
        )],
    },
    Bug {
        name: "reference_admitted_twice",
        says: "a reference that the ledger knows is admitted again",
        changes: &[
            change(
                JUDGE,
                "            && let Some(known) = ledger.known_reference(&order.reference.key())?\n",
                "            && let Some(known) = ledger\n            .known_reference(&order.reference.key())?\n            \
                 .filter(|_| !crate::seeded::on(\"reference_admitted_twice\"))\n",
            ),
            change(
                "src/ledger/admission_index.rs",
                "    if !untouched {\n        return clash(",
                "    if !untouched && !crate::seeded::on(\"reference_admitted_twice\") {\n        return clash(",
            ),
            change(
                DECIDE_QUEUED,
                "    if *checked == Checked::Used {\n",
                "    if *checked == Checked::Used && crate::seeded::on(\"reference_admitted_twice\") {\n        \
                 return Action::SendFirst;\n    }\n    if *checked == Checked::Used {\n",
            ),
        ],
    },
    Bug {
        name: "check_first_skipped",
        says: "nothing is asked before a reference's first Transfert",
        changes: &[change(
            "src/engine/sends.rs",
            "        let needs_check = settings.policy.check_first || !queued.ancestors.is_empty();\n",
            "        let needs_check = settings.policy.check_first || !queued.ancestors.is_empty();\n        \
             let needs_check = needs_check && !crate::seeded::on(\"check_first_skipped\");\n",
        )],
    },
    Bug {
        name: "restored_ledger_believed",
        says: "a ledger that was put back to an earlier day sends what it has forgotten",
        changes: &[
            change(
                "src/engine/start.rs",
                "        if let Some(why) = suspicion {\n",
                "        if let Some(why) = suspicion.filter(|_| !crate::seeded::on(\"restored_ledger_believed\")) {\n",
            ),
            change(
                "src/ledger/highwater.rs",
                "    let mark = match found {\n        Found::Missing if",
                "    if crate::seeded::on(\"restored_ledger_believed\") {\n        return Ok(None);\n    }\n    \
                 let mark = match found {\n        Found::Missing if",
            ),
        ],
    },
    Bug {
        name: "success_after_refusal_called_paid",
        says: "a payout that Transfert refused and the status call calls paid is settled without a person's look",
        changes: &[change(
            DECIDE_DOUBT,
            "    if refused && !doubt.earlier_ambiguous {\n",
            "    if refused && !doubt.earlier_ambiguous && !crate::seeded::on(\"success_after_refusal_called_paid\") {\n",
        )],
    },
    Bug {
        name: "fee_too_low",
        says: "the fee of a transfer is reckoned a centime too low",
        changes: &[change(
            FUNDS,
            "        let fees = i64::try_from(shares).ok()?.checked_add(fixed)?;\n",
            "        let fees = i64::try_from(shares).ok()?.checked_add(fixed)?;\n        \
             let fees = if crate::seeded::on(\"fee_too_low\") { (fees - i64::from(rows)).max(0) } else { fees };\n",
        )],
    },
    Bug {
        name: "used_reference_sent",
        says: "a reference that MonCash knows as paid already is sent all the same",
        changes: &[change(
            DECIDE_QUEUED,
            "    if *checked == Checked::Used {\n",
            "    if *checked == Checked::Used && crate::seeded::on(\"used_reference_sent\") {\n        \
             return Action::SendFirst;\n    }\n    if *checked == Checked::Used {\n",
        )],
    },
    Bug {
        name: "limiter_removed",
        says: "every call has its permit at once",
        changes: &[change(
            "src/moncash/limiter.rs",
            "    pub fn check(&self) -> Result<(), Instant> {\n",
            "    pub fn check(&self) -> Result<(), Instant> {\n        \
             if crate::seeded::on(\"limiter_removed\") {\n            return Ok(());\n        }\n",
        )],
    },
    Bug {
        name: "dropped_call_gives_its_body",
        says: "the connection of a call that was dropped still sends its body",
        changes: &[change(
            "src/moncash/http.rs",
            "impl Drop for Slip {\n    fn drop(&mut self) {\n",
            "impl Drop for Slip {\n    fn drop(&mut self) {\n        \
             if crate::seeded::on(\"dropped_call_gives_its_body\") {\n            return;\n        }\n",
        )],
    },
];
