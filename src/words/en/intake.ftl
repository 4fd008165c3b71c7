# intake, in English. See src/words/mod.rs.

check-no-ledger = there is no ledger yet: nothing is compared with earlier batches

# What the ledger knows of a row or of a file already.

reference-known = This reference was admitted in { $place }: { $outcome }.
reference-known-differs = This reference was admitted in { $place } for something else ({ $differs }): { $outcome }. A new payment needs a reference of its own.
differs-amount = amount { $then } then, { $now } now
differs-amount-and-receiver = amount { $then } then, { $now } now, another receiver
differs-receiver = another receiver
known-place = batch { $batch } ({ $file }, line { $line }) on { $date }
known-is-paid = it is paid
known-waits = it waits to be paid
known-in-doubt = it may already be paid, do not pay by hand
known-held = it waits for a person; see 'payoutd explain'
known-paid-again = it was { $status }, and { $other } pays it again: that one is { $now }
known-may-be-paid-again = it was { $status }: to pay this person again, give the row a new reference and put { $old } into retry_of, or use the batch's retry file
known-word-queued = queued
known-word-in-doubt = in_doubt
known-word-paid = paid
known-word-declined = declined
known-word-held = held
known-word-cancelled = cancelled
retry-of-never-admitted = { $old } was never admitted: correct retry_of, or leave it empty for a first payment.
retry-of-not-unpaid = { $old } (batch { $batch }, line { $line }) is { $status }: only what is certainly not paid may be paid again; do not pay by hand.
retry-of-twice = Line { $line } of this file pays { $old } again already: keep one of the two rows.
retry-of-erased = This is a reference that payoutd made for a retry, but retry_of is empty: put back what stood there.
retry-of-erased-known = This is the reference of a retry of { $base } (batch { $batch }, { $status }), but retry_of is empty: put { $base } back into retry_of.
file-known = This very file was admitted on { $date } as batch { $batch } ({ $rows ->
    [one] 1 row
   *[other] { $rows } rows
 }: { $paid } paid, { $declined } declined, { $cancelled } cancelled, { $open } not settled): nobody is paid from it again. Was another file meant?
file-changed = The file was changed while it was read: nobody is paid from it. Drop it again once it is complete.
clash-reference-known = This reference was admitted in { $place } and is { $status }.
clash-ancestor = { $reference } ({ $place }) is { $status }: only what is certainly not paid may be paid again.
clash-repeated = { $reference } ({ $place }) repeats the same payout already and is { $status }.
clash-no-ancestor = { $old } was never admitted: correct retry_of.

# How a file was read.

read-as = Read as { $encoding }; { $separator }; { $decimal }.
read-as-with-total = Read as { $encoding }; { $separator }; { $decimal }; its TOTAL row agrees with the rows.
read-as-workbook = Read from the cells of a workbook.
read-as-workbook-with-total = Read from the cells of a workbook; its TOTAL row agrees with the rows.
read-as-built = { $read } References are built from { $pattern }.
reading-amount = The amount is taken from the column "{ $column }".
reading-receiver = The wallet is taken from the column "{ $column }".
reading-reference = The reference is taken from "{ $column }".
reading-name = The name is taken from the column "{ $column }".
reading-no-name = No column is taken for the name.
reading-description = The column "{ $column }" is sent to MonCash as the description.
reading-no-description = No description is sent to MonCash.
reading-row = line { $line }: { $who }, { $receiver }, HTG { $amount }
reading-first = First row: { $row }.
reading-last = Last row: { $row }.
reading-passed-over = The column "{ $column }" could be meant too and says something else; the name of the one that is taken says more.
reading-not-there = [columns] { $column } names a column that this file does not have; the usual names were looked for.
reading-cleaned = Read over: { $what }.
reading-shown = { $cells ->
    [one] 1 amount is paid as its cell shows it, to two decimals.
   *[other] { $cells } amounts are paid as their cells show them, to two decimals.
 }
reading-conditional-formats = The sheet has conditional formats: what they strike out or hide is not looked at.
left-out-zero = { $rows ->
    [one] 1 row is left out, because its amount is zero:
   *[other] { $rows } rows are left out, because their amounts are zero:
 }
left-out-row = - line { $line } ({ $who })
left-out-line = - line { $line }
left-out-more = - and { $rows } more
left-aside = Left aside, because nobody is paid by it: { $lines ->
    [one] 1 line
   *[other] { $lines } lines
 }.
left-aside-line = - line { $line }: "{ $text }"
left-aside-more = - and { $lines } more
filled-down = From line { $first } on, below the last person, { $lines ->
    [one] 1 line has
   *[other] { $lines } lines have
 } no wallet, no name and no amount (formulas that were filled down): no rows.
read-as-commas = commas between cells
read-as-semicolons = semicolons between cells
read-as-tabs = tabs between cells
read-as-bars = bars (|) between cells
read-as-cells = cells of a workbook
read-as-point = a point before the centimes
read-as-comma = a comma before the centimes
read-as-whole = no amount with centimes

# payoutd check
every-row = every row ({ $rows }) has this, first in line { $place } [{ $code }]: { $what }
check-rejected = { $problems ->
    [one] 1 problem
   *[other] { $problems } problems
 } in { $rows ->
    [one] 1 row
   *[other] { $rows } rows
 }: the file would be rejected as a whole, and nobody paid from it.
check-known = { $rows ->
    [one] 1 row is
   *[other] { $rows } rows are
 } known to the ledger or not for MonCash; the others would be put into a file of their own, ready to drop.
check-line = line { $line }
check-fine = { $rows ->
    [one] 1 row
   *[other] { $rows } rows
 }, HTG { $htg }: every row is fine.
check-would-hold = The batch would wait on hold for a person.
check-no-balance = The balance was never read: 'payoutd moncash balance' asks for it.
check-enough = With fees HTG { $needed }; spendable HTG { $spendable } (balance of { $at }), and HTG { $before } are queued before it: enough.
check-short = With fees HTG { $needed }; spendable HTG { $spendable } (balance of { $at }), and HTG { $before } are queued before it: HTG { $missing } are missing; payoutd would pay what it can and wait.
check-customer = line { $line }, receiver "{ $receiver }" [customer_status]: MonCash says { $said }.
check-asked = MonCash was asked about { $receivers ->
    [one] 1 receiver
   *[other] { $receivers } receivers
 }: { $fine } can be paid, { $bad } perhaps not, { $unanswered } without an answer.
