# Glossary of this folder: batch, payout, row, ledger, receiver; queued, in doubt, paid, declined, held, cancelled;
# hold, release, retry, top up, floor, fee, reading, reconciliation, statement, alarm, to acknowledge.

# Summaries, reports and retry files. English.

simulation = SIMULATION: no money moved; transaction ids that begin with SIM- are not MonCash's.

# The first line of a summary: who was paid.
summary-not-final = NOT FINAL: { $paid } of { $rows ->
    [one] { $rows } person
   *[other] { $rows } people
 } paid so far: HTG { $sum }; { $rest }.
summary-all-paid = { $rows ->
    [one] The one person in this file was paid: HTG { $sum }.
   *[other] All { $rows } people were paid: HTG { $sum }.
 }
summary-all-cancelled = Nobody was paid: { $rows ->
    [one] { $rows } payout was
   *[other] { $rows } payouts were
 } cancelled.
summary-all-cancelled-unsure = No payment is known: { $rows ->
    [one] { $rows } payout was
   *[other] { $rows } payouts were
 } cancelled; for { $unsure } of them that is a person's word and not certain.
summary-some-paid = { $paid } of { $rows ->
    [one] { $rows } person was
   *[other] { $rows } people were
 } paid: HTG { $sum }; { $rest ->
    [one] { $rest } was
   *[other] { $rest } were
 } not: HTG { $unpaid } ({ $parts }).
summary-some-paid-unsure = { $paid } of { $rows ->
    [one] { $rows } person was
   *[other] { $rows } people were
 } paid: HTG { $sum }; { $rest } ended without a known payment: HTG { $unpaid } ({ $parts }); for { $unsure } of them that is a person's word and not certain.

# What there is some of, in such a line.
part-held = { $count } { $count ->
    [one] needs
   *[other] need
 } you
part-held-unsure = { $count } { $count ->
    [one] needs
   *[other] need
 } you (may already be paid: do not pay by hand)
part-in-doubt = { $count } in doubt (may already be paid: do not pay by hand)
part-queued = { $count } not sent yet
part-declined = { $count } declined
part-cancelled = { $count } cancelled
part-nothing = the report is being renewed

summary-batch = Batch { $batch }, file { $file }
summary-final = FINAL: every payout of this batch is settled.
summary-renewed = NOT FINAL: this page and the report are written again while the batch is under way.
summary-state = State: { $state }
summary-state-why = State: { $state }: { $why }
summary-report = Every row: { $file }
summary-written = Written at { $at }

table-status = status
table-rows = rows
table-all = all

# Where a payout stands, in a word.
word-queued = queued
word-in-doubt = in doubt
word-paid = paid
word-declined = declined
word-held = held
word-cancelled = cancelled
may-no = no
may-unknown = unknown
may-yes = yes

# Where a batch stands.
batch-awaiting-approval = awaiting approval
batch-on-hold = on hold
batch-paying = paying
batch-waiting = waiting
batch-needs-person = needs person
batch-complete = complete
batch-cancelled = cancelled

balance-unknown = Balance: not known yet.
balance = Balance: HTG { $reading } at { $at }; HTG { $reserved } not settled, floor HTG { $floor }, HTG { $spendable } may still be sent.

next = What to do next:
next-in-doubt = { $count ->
    [one] { $count } payout is
   *[other] { $count } payouts are
 } in doubt: may already be paid. Do not pay by hand; payoutd keeps asking MonCash.
next-held = { $count ->
    [one] { $count } payout needs
   *[other] { $count } payouts need
 } a person (below). Do not pay by hand. 'payoutd explain REFERENCE' shows all that is known; the reason says which order settles it.
next-approve = Approve the batch: copy { $batch }.approve.txt into the folder approvals/, or payoutd approve { $batch } --reason "…" (or cancel it).
next-release = Release the batch: copy { $batch }.release.txt into the folder orders/, or payoutd release { $batch } --reason "…", or end it: { $batch }.cancel.txt, or payoutd cancel { $batch } --reason "…".
next-waiting = payoutd goes on by itself once what it waits for is there.
next-retry = { $count ->
    [one] { $count } person was
   *[other] { $count } people were
 } certainly not paid and can be paid again: correct { $file } and drop it into the inbox.
next-retry-changed = { $count ->
    [one] { $count } person was
   *[other] { $count } people were
 } certainly not paid. Somebody changed { $file }: it was left as it is; move it away to have it written again.
next-unsure = { $count ->
    [one] { $count } payout was
   *[other] { $count } payouts were
 } cancelled on a person's word, although money may have moved: may already be paid, do not pay by hand without proof. The retry file leaves such rows out.
next-paid-later = { $count ->
    [one] { $count } person was
   *[other] { $count } people were
 } not paid here but later, under the reference in the column { $column }: do not pay again.
next-nothing = Nothing.
next-goes-on = Nothing: payoutd goes on by itself.

listing-held = Waiting for a person
listing-ended = Declined or cancelled
listing-cut = { $title } (the first { $shown } of { $rows })
listing-row = line { $line }, { $who }: { $status }, may have been paid: { $may }. { $reason }
listing-later = { $row } (now { $reference }: { $status })

# Why a payout stands where it stands. What MonCash or a person said is told in their own words.
reason-in-doubt = sent, no certain answer yet; may already be paid, do not pay by hand
held-reference-used-before = MonCash already knows this reference as paid, before payoutd sent anything: find out who paid it; do not pay by hand
held-reference-refused-before = MonCash already knows this reference and says that it was refused, before payoutd sent anything: an older ledger or somebody else used it, and may have used it more than once; do not pay by hand: look in the MonCash portal, then 'payoutd resolve'
held-ancestor-not-unpaid = the payout that this one repeats is, or may be, paid: look at it with 'payoutd explain'; do not pay by hand
held-too-old = waited longer than [safety] queued_for; nothing was sent: 'payoutd release' sends it, 'payoutd cancel' ends it
held-too-old-to-send-again = MonCash does not find it, but that was certain only after [safety] queued_for; not sent again by itself: find out whether the person was paid in another way, then 'payoutd resolve --ask-again' sends it once MonCash denies it again, '--not-paid' ends it
held-on-order = held by a person's order; nothing was sent: 'payoutd release' sends it, 'payoutd cancel' ends it
held-asked-too-long = MonCash gave no certain answer in time; may already be paid, do not pay by hand: look in the MonCash portal, then 'payoutd resolve'
held-contradiction = MonCash's answers contradict each other; may already be paid, do not pay by hand: look in the MonCash portal, then 'payoutd resolve'
held-echo-differs = MonCash says paid, but with another receiver, amount or transaction; do not pay by hand: look in the MonCash portal, then 'payoutd resolve'
held-paid-by-whom = MonCash says paid, but payoutd cannot show that its own call did it; do not pay by hand: look in the MonCash portal, then 'payoutd resolve'
held-attempts-used = every allowed attempt was made without a certain answer; may already be paid, do not pay by hand: look in the MonCash portal, then 'payoutd resolve'
held-not-found-hold = MonCash does not find it, and [safety] after_not_found = "hold" leaves it to a person; may already be paid, do not pay by hand: look in the MonCash portal, then 'payoutd resolve'
held-refusal-unclear = MonCash refused it in words that payoutd does not know; look in the MonCash portal, then 'payoutd resolve'; do not pay by hand

# What MonCash or a person said, behind our own words.
reason-with-detail = { $reason } ({ $detail })

# The headings of reports and retry files: the contract's in English. The reader of payroll files
# knows those of a retry file in every language (a test holds it).
heading-line = line
heading-reference = reference
heading-receiver = receiver
heading-name = name
heading-amount = amount
heading-description = description
heading-status = status
heading-may-have-been-paid = may_have_been_paid
heading-transaction-id = transaction_id
heading-attempts = attempts
heading-first-sent-at = first_sent_at
heading-settled-at = settled_at
heading-confirmed-by = confirmed_by
heading-reason = reason
heading-retry-of = retry_of
heading-retried-as = retried_as
heading-final-status = final_status
heading-batch = batch
heading-file = file
heading-file-sha256 = file_sha256
heading-admitted-at = admitted_at

# What the guards found that does not hold the batch.
summary-warned = Unusual when the file was taken; look whether that is right:
