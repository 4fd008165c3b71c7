# Reconciliations and the balance proof. English.

reconcile-alarm = ALARM: MonCash paid { $count ->
    [one] { $count } payout
   *[other] { $count } payouts
 } (HTG { $amount }) that the ledger calls unpaid. Nothing was changed. Do not pay by hand.
reconcile-alarm-balance = ALARM: { $alarm }
reconcile-differs = Something differs: { $parts }. Do not pay by hand.
reconcile-nothing = There is no payout to compare.
reconcile-agrees = MonCash and the ledger agree on every payout: { $count } rows, HTG { $amount }.
reconcile-agrees-but = { $agree } { $remark }
part-here = { $count ->
    [one] { $count } payout
   *[other] { $count } payouts
 } paid here and unknown there
part-there = { $count ->
    [one] { $count } payout
   *[other] { $count } payouts
 } paid there and not settled here
part-unanswered = { $count ->
    [one] { $count } payout
   *[other] { $count } payouts
 } without a certain answer
part-statement = the statement differs on { $count } rows

reconcile-of = Reconciliation of { $of }
reconcile-statement = The statement has { $lines } lines; it differs from the ledger on { $differs } rows.
reconcile-balance = Balance
reconcile-alarms = MonCash paid, and the ledger calls it unpaid:
reconcile-alarms-more = and { $count } more: the rows whose verdict is paid_there_not_here

scope-batch = batch { $batch }
scope-batch-period = batch { $batch }, first sent from { $from } to { $to }
scope-period = all payouts first sent from { $from } to { $to }
scope-all = all payouts of this ledger, { $from } to { $to }
balance-now = The balance now: HTG { $amount } (payoutd's last reading: { $before })
balance-now-first = The balance now: HTG { $amount } (payoutd's last reading: none)
balance-unread = The balance could not be read: { $why }
trouble-account = MonCash refuses the account: { $words }
trouble-too-many = MonCash had too many calls; try again in a minute
trouble-token = MonCash refused the access token; 'payoutd doctor' looks into it
trouble-unknown = no answer that can be read ({ $why })

do-pay-nobody = Pay nobody again, and nobody by hand, before this is cleared up.
do-look-up = Look each of them up in the MonCash portal, and with 'payoutd explain REFERENCE'.
do-hold-against = Hold the stretch that is named against the account's statement in the MonCash portal: somebody else may use the account.
do-ask-support = paid_here_not_there: ask MonCash's support about the transaction id, with 'payoutd explain REFERENCE' as evidence.
do-run-again = unknown: run 'payoutd reconcile' again later; payouts in doubt are settled by payoutd itself.
do-compare-statement = The rows on which the statement differs say so in the column statement: hold each against the portal. Pay nobody by hand before.
do-file-this = Nothing. File this page and the CSV beside it.

# What a row's advice says.
advice-settles-itself = payoutd is still asking and settles it by itself; do not pay by hand
advice-resolve = look at it with 'payoutd explain', then 'payoutd resolve'; do not pay by hand
advice-do-not-release = MonCash paid what the ledger calls unpaid: do not release it; find out who paid; do not pay by hand
advice-somebody-else = somebody else paid under this reference: 'payoutd hold' it and find out who; do not pay by hand
advice-not-again = MonCash paid what the ledger calls unpaid: do not pay this person again; look in the MonCash portal
advice-look = look for it in the MonCash portal; change nothing before; do not pay by hand
advice-in-doubt = in doubt: one answer proves nothing; payoutd goes on asking; do not pay by hand
advice-portal = look in the MonCash portal, then 'payoutd resolve'; do not pay by hand
advice-later = MonCash gave no answer that can be read: run reconcile again later
advice-taken-over = the reference was admitted again later
advice-statement = the ledger and MonCash agree and the statement does not: hold it against the portal; do not pay by hand
advice-stranger = line { $line } of the statement belongs to no payout of this period: 'payoutd explain { $name }', then the portal

# The balance proof.
proof-opening = Opening reading: HTG { $amount } at { $at }
proof-paid = Paid:            HTG { $amount } ({ $rows } payouts)
proof-fees = Fees:            HTG { $amount } ({ $fee })
proof-came-in = Came in:         HTG { $amount }
proof-closing = Closing reading: HTG { $amount } at { $at }
proof-none = There are no two readings of the balance to compare: nothing is proven. payoutd reads it while it pays, and once after.
proof-top-up = HTG { $amount } came in between { $from } and { $to }: check it against your deposits.
proof-unexplained = UNEXPLAINED: HTG { $amount } left the account between { $from } and { $to }. Payouts in this stretch: { $names }
proof-no-payouts = none
proof-doubt = HTG { $amount } is missing between { $from } and { $to }; payouts in doubt (HTG { $may }) may be it. Not proven until they are settled.
proof-pending = Not surely in the last reading: { $count } payouts, HTG { $amount } with fees. The next reading proves them.
proof-explained = Every centime is explained, over { $count } stretches between readings.
proof-alarm-one = HTG { $amount } left the account between { $from } and { $to } that nothing explains. Do not pay by hand.
proof-alarm-many = money left the account that nothing explains, in { $count } stretches between readings (at least HTG { $amount }). Do not pay by hand.
proof-fee-learned = MonCash charges { $fee }, and [balance] says { $set }: correct fee_percent and fee_fixed, or the floor is not kept.
proof-fee-suggested = A fee of { $fee } would explain it, and [balance] says { $set }: look into your contract. It was seen only once.
proof-in-doubt = The balance is not proven while payouts are in doubt.
proof-more-names = and { $count } more
fee-nothing = nothing
fee-percent = { $percent } % of each amount
fee-fixed = HTG { $fixed } a transfer
fee-both = { $percent } % of each amount and HTG { $fixed } a transfer
stretch-top-up = money came in: it must be a deposit of yours; if it is not, look for a payout of that amount that took nothing
stretch-in-flight = payouts cross a reading: see the span that it belongs to
stretch-doubt = payouts in doubt may be the difference: settle them, then run reconcile again
stretch-unexplained = more left than anything explains: hold it against the account's statement in the MonCash portal; do not pay by hand

# An alarm's own file.
alarm-how = This file is the alarm. When a person has looked into it: payoutd reconcile --acknowledge { $file } --reason "…", or take the file out of this folder. Until then STATUS.txt and the journal go on telling it.
alarm-acknowledged = Acknowledged at { $at } by { $who }: { $reason }
scope-daily = the payouts first sent from { $from } to { $to } (by itself, [reconcile] daily)
scope-monthly = the payouts first sent from { $from } to { $to } (by itself, [reconcile] monthly)

# The headings of the reconciliation's two CSV files (the others: heading-…). Words in the cells are for scripts.
reconcile-heading-ledger-status = ledger_status
reconcile-heading-moncash-status = moncash_status
reconcile-heading-verdict = verdict
reconcile-heading-advice = advice
reconcile-heading-statement = statement
reconcile-heading-asked-at = asked_at
balance-heading-kind = kind
balance-heading-from = from
balance-heading-to = to
balance-heading-opening = opening
balance-heading-rows = rows
balance-heading-paid = paid
balance-heading-fees = fees
balance-heading-top-up = top_up
balance-heading-closing = closing
balance-heading-difference = difference
balance-heading-may-rows = may_rows
balance-heading-may-have-left = may_have_left
balance-heading-payouts = payouts
