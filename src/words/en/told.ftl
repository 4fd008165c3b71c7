# Sentences that are written down in English where they are said (the core's, the loop's), and known again here:
# one line each, values and text alone. The first that fits is meant. A test holds them against the sources.

# Answers to orders, given.
told-paused = paused: no new Transfert is sent; { $doubt } payouts are in doubt and are still asked about
told-resumed = resumed: { $parts } is lifted
told-the-pause = the pause
told-the-account = the stop after MonCash refused the account
told-the-refusals = the stop after equal refusals
told-the-suspicion = the stop of a ledger that may be old
told-distrusted = nothing is sent; every unfinished payout is asked about; 'payoutd resume' when a person has looked
told-batch-approved-on-hold = batch { $batch } is approved and still on hold: nothing goes before it is released
told-batch-approved = batch { $batch } is approved: { $queued } payouts go
told-batch-held = batch { $batch } is on hold: { $queued } payouts wait; { $doubt } were sent already and are asked about; { $paid } are paid
told-batch-released-unapproved = batch { $batch } is released and still waits for approval: nothing goes before it
told-batch-released = batch { $batch } is released: { $queued } payouts go
told-batch-cancelled = batch { $batch } is being cancelled: { $queued } payouts are stopped; could not be stopped: { $doubt } in doubt (cancelled if MonCash proves them unpaid), { $held } held, { $paid } paid
told-held-in-doubt = { $reference } was sent already and is in doubt: it is asked about, but not sent again while the hold stands
told-payout-held = { $reference } is held: nothing is sent for it until 'payoutd release'
told-payout-released = { $reference } is released
told-cancelled-in-doubt = { $reference } was sent already and could not be stopped: it is never sent again, and is cancelled once MonCash proves it unpaid; do not pay by hand
told-payout-cancelled = { $reference } is cancelled: nothing was sent for it
told-recorded-paid = { $reference } is recorded as paid by transaction { $transaction }
told-asked-again = { $reference } is in doubt again: MonCash is asked
told-payout-is = { $reference } is { $state }

# Answers to orders, refused.
told-suspicion-unseen = nothing was resumed: this ledger may be older than its last send ({ $what }), which you had not seen; look, then repeat the order
told-nothing-stopped = nothing was stopped: there is nothing to resume
told-needs-target = this order needs a batch or a reference
told-no-batch = there is no such batch
told-transaction-used = transaction { $transaction } paid { $other } already: nothing was done; look in the MonCash portal again for the one that paid { $reference }
told-same-eyes = batch { $batch } was dropped by the same user (uid { $number }): [approval] four_eyes asks for another person than the one who dropped the batch
told-no-dropper = who dropped batch { $batch } cannot be told (its file belonged to payoutd's own user, or to nobody): [approval] four_eyes asks for another person than the one who dropped the batch; cancel it, and drop it again as a file of your own user
told-no-approver = who approves batch { $batch } cannot be told (payoutd's own user, or nobody): [approval] four_eyes asks for another person than the one who dropped the batch
told-batch-moved = batch { $batch } was { $seen } when you looked and is { $state } now: nothing was done; look again and repeat the order
told-batch-over = batch { $batch } is { $state }: nothing can be ordered about it any more
told-not-awaited = batch { $batch } does not wait for approval
told-on-hold-already = batch { $batch } is on hold already
told-not-on-hold = batch { $batch } is not on hold; a payout that waits for a person is released or resolved by its reference
told-cancelled-already = batch { $batch } is being cancelled already
told-not-of-batch = '{ $verb }' is about one reference, not about a batch
told-payout-moved = { $reference } was { $seen } when you looked and is { $state } now (or MonCash was heard since): nothing was done; look again and repeat the order
told-never-released = { $reference } may already be paid: 'release' never touches doubt; do not pay by hand; look in the MonCash portal, then 'payoutd resolve'
told-never-cancelled = { $reference } may already be paid and cannot be cancelled: look in the MonCash portal, then 'payoutd resolve'
told-paid-elsewhere = MonCash has said that { $reference } is paid, to another receiver, amount or transaction; asking again changes nothing: look in the MonCash portal, then 'payoutd resolve { $other } --paid TRANSACTION' or '--not-paid'; do not pay by hand
told-may-land = { $reference } may still be landing: its call is open or within [safety] grace; nothing was done; repeat the order later
told-never-sent = nothing was ever sent for { $reference }: 'payoutd release' sends it, 'payoutd cancel' ends it
told-still-asking = { $reference } is in doubt and payoutd is still asking MonCash: wait until it is settled or held; do not pay by hand
told-cannot-be-done = '{ $verb }' cannot be done to { $reference }, which is { $state }
told-is-now = { $reference } is { $state } now: nothing was done
told-moved-meanwhile = { $reference } has moved while MonCash was asked: nothing was done; look again and repeat the order
told-is-paid = MonCash says that { $reference } is paid: nothing was done; 'payoutd resolve { $other } --paid TRANSACTION' records it
told-no-answer = MonCash gave no certain answer about { $reference } ({ $answer }): nothing was done; repeat the order later

# Details behind the reason of a hold.
told-repeats = it repeats { $reference }
told-transaction = transaction { $transaction }
told-transaction-known = transaction { $transaction } is known from payout { $number } already
told-refused-and-successful = Transfert refused it and the status call says successful
told-no-transaction = no transaction id
told-other-receiver = receiver { $receiver } instead of { $wanted }
told-no-receiver = no readable receiver
told-other-amount = amount { $amount } instead of { $wanted }
told-no-amount = no readable amount

# The guard for the same person and amount, as older ledgers keep it.
told-hold-of-guard = { $what }; if that is right, 'payoutd release'
told-pays-again = 1 row pays the same person the same amount as another batch of the last { $within }: { $rows }
told-pay-again = { $count } rows pay the same person the same amount as another batch of the last { $within }: { $rows }
told-row-again = line { $line } ({ $reference }): { $other } of { $day }, batch { $batch }, { $became }
told-and-more = and { $more } more

# Why the ledger is suspected.
told-strange-batch = accepted/ or reports/ hold a file of batch { $batch }, and { $what }
told-no-batch-at-all = this ledger has no batch at all
told-no-number-after = this ledger gave out no number after { $batch }
told-summary-elsewhere = the summary of batch { $batch } in reports/ tells of event { $number }, which this ledger does not have

# Why a file is left alone.
told-cannot-look = cannot be looked at: { $error }
told-no-right = is closed to payoutd: copy it here once more (do not move it), or run  chmod g+r  on it
told-link = is a link, and links are not followed: copy the file itself here
told-no-file = is { $what }, not a file
told-copy-file = is { $what }: copy the file itself here
told-a-link = a link
told-a-folder = a folder
told-a-pipe = a pipe
told-a-device = a device or socket
told-second-name = has a second name (a hard link) under which it could still be changed: copy the file here instead
told-open-elsewhere = waits: it is open in a spreadsheet ({ $file } lies beside it); close it there
told-unfinished-name = waits: names that begin with . or ~ are work in progress; rename it
told-other-name = is left alone: only names that end in .csv, .xlsx or .ods are taken
told-not-taken = could not be taken: { $error }
told-not-read-now = was taken before the last stop and cannot be read now: { $error }
