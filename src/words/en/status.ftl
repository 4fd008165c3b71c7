# STATUS.txt, and why things stand where they stand. English.

# The first line: whether somebody has to do something.
status-things-wait = { $count ->
    [one] { $count } thing waits
   *[other] { $count } things wait
 } for you.
status-batches-wait = { $count ->
    [one] { $count } batch waits
   *[other] { $count } batches wait
 } for you: payoutd status
status-paused = Paused: nothing new is sent.
status-nothing = Nothing needs you and nothing is being paid.
status-under-way = Nothing needs you; payments are under way.
status-rejected = { $count ->
    [one] A file was rejected (below).
   *[other] Files were rejected (below).
 }

status-as-of = As of { $at }. Renewed every minute: an old time means that payoutd is not running.
status-account = MonCash { $environment }, account { $account }
status-paused-by = PAUSED: { $who }. To go on: payoutd resume --reason "…"
status-moncash = MonCash now: { $doing }

status-waiting = Waiting for you
status-being-paid = Being paid
status-not-moving = Not moving
status-done = Done lately
status-left = Left in the inbox
status-rejected-files = Rejected since payoutd started, nobody was paid from these
status-more = and { $count } more: payoutd status
status-see-errors = { $file }: see rejected/{ $file }.errors.csv

status-item-of = { $reference } ({ $batch }, line { $line })
status-item-batch = batch { $batch }
status-item-house = everything
status-type = type: { $command }

status-people = { $count ->
    [one] { $count } person
   *[other] { $count } people
 }, HTG { $amount }: { $parts }
status-queued = { $count } not sent yet (HTG { $amount })
status-in-doubt = { $count } in doubt (HTG { $amount }, may already be paid, do not pay by hand)
status-paid = { $count } paid (HTG { $amount })
status-declined = { $count } declined (HTG { $amount })
status-held = { $count } held for a person (HTG { $amount })
status-cancelled = { $count } cancelled (HTG { $amount })

# What stops the sending until a person has looked.
state-suspect = suspect
state-account-refused = account refused
state-equal-refusals = equal refusals
waits-suspect = the ledger may be older than its last send ({ $why }); nothing is sent and nothing admitted
waits-suspect-found = the ledger may be older than its last send ({ $why }); nothing is sent and nothing admitted. { $found }
suspect-found = MonCash was asked: { $paid } payouts that this ledger does not know as paid are paid there (HTG { $htg }) and are held, { $unknown } it did not find, { $open } have no certain answer yet. Pay nobody by hand
waits-account-refused = MonCash refuses the account ({ $words }); correct client id or secret and start payoutd again, which reads them at its start (as a service: systemctl restart payoutd)
waits-equal-refusals = MonCash refused many payouts in a row with the same words ({ $words }); find out why
waits-approval = its total is above [approval] above

# What to type.
do-resume = payoutd resume --reason "…"
do-approve = payoutd approve { $batch } --reason "…"
do-release-batch = payoutd release { $batch } --reason "…"
do-release-or-cancel = payoutd release { $reference } --reason "…"  or  payoutd cancel …
do-explain-and-resolve = payoutd explain { $reference }; then payoutd resolve { $reference } --paid TRANSACTION | --not-paid | --ask-again

# Why a batch is in its state.
why-as-told = { $text }
why-being-cancelled = being cancelled: { $reason }
why-approval = { $why }; waits for 'payoutd approve { $batch } --reason …', or a copy of reports/{ $batch }.approve.txt in approvals/
why-held = { $held ->
    [one] { $held } payout waits
   *[other] { $held } payouts wait
 } for a person
why-in-doubt = { $doubt ->
    [one] { $doubt } payout
   *[other] { $doubt } payouts
 } under way or in doubt: may already be paid, MonCash is being asked
why-in-doubt-and-held = { $doubt ->
    [one] { $doubt } payout
   *[other] { $doubt } payouts
 } under way or in doubt, { $held ->
    [one] { $held } waits
   *[other] { $held } wait
 } for a person

# What the loop does, or why it does nothing.
doing-stopping = stopping: waiting for the calls under way
doing-paying = paying: { $rows } rows are queued
doing-asking = asking MonCash about { $payouts } payouts in doubt
doing-nothing = nothing to pay
doing-stopped = payoutd was stopped
doing-not-running = payoutd is not running
doing-not-running-and = payoutd is not running; { $blocked }
doing-no-ledger = there is no ledger yet

# What keeps every batch from being sent: in three frames, and as the first line of STATUS.txt.
blocked-stopped = nothing is sent: { $what }
blocked-stopped-first = Nothing is sent: { $what }
blocked-waiting = waiting: { $what }
blocked-waiting-first = Payments wait: { $what }
blocked-money = waiting for money: { $what }
blocked-money-first = Payments wait for money: { $what }
blocked-suspect = the ledger may be older than its last send ({ $why }); a person looks, then 'payoutd resume --reason …'
blocked-paused = paused by { $who } ({ $reason }); 'payoutd resume' goes on
blocked-disk = too little free disk space; make room
blocked-account-refused = MonCash refuses the account ({ $words }); correct client id or secret, start payoutd again so that it reads them (as a service: systemctl restart payoutd), then 'payoutd resume'
blocked-equal-refusals = MonCash refused many payouts in a row with the same words ({ $words }); find out why, then 'payoutd resume --reason …'
blocked-storm = MonCash does not answer; a harmless question goes first
blocked-status-blind = MonCash's status call cannot be read
blocked-throttled = MonCash asked for fewer calls
blocked-balance-silent = MonCash does not answer; its balance is asked for again and again
blocked-balance-unknown = MonCash has not told the balance yet
blocked-balance-lags = waiting until MonCash's balance shows the last payments
blocked-shortage = HTG { $htg } are missing to pay the remaining { $rows } rows; top up the prefunded account and payoutd goes on by itself
blocked-hours = payments keep hours, and go on at { $at }
why-start = not before { $at }

# An alarm of a reconciliation, until somebody has acknowledged it.
status-alarm = ALARM: { $count ->
    [one] a reconciliation found what nobody has acknowledged yet (below); pay nobody by hand.
   *[other] { $count } reconciliations found what nobody has acknowledged yet (below); pay nobody by hand.
 }
status-alarms = Alarms
status-alarm-file = alarms/{ $file }: read it; acknowledge it with payoutd reconcile --acknowledge { $file } --reason "…", or take the file out of that folder
status-warned = unusual: { $what }
