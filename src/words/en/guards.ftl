# guards, in English. See src/words/mod.rs.

guard-above = the batches admitted on this day come to HTG { $found } together, above [approval] above (HTG { $limit })
guard-same-number = { $rows ->
    [one] 1 number stands in more than one row
   *[other] { $rows } numbers stand in more than one row
 }
guard-same-amount = { $rows ->
    [one] 1 row pays a number the same amount as an earlier row
   *[other] { $rows } rows pay a number the same amount as an earlier row
 }
guard-missing = { $rows ->
    [one] 1 person who was paid in the last payroll ({ $batches }) is not in this one
   *[other] { $rows } people who were paid in the last payroll ({ $batches }) are not in this one
 }
guard-new-people = { $rows ->
    [one] 1 row is for a number that was never paid before
   *[other] { $rows } rows are for numbers that were never paid before
 }
guard-changed-number = { $rows ->
    [one] 1 person has another number than in the last payroll ({ $batches })
   *[other] { $rows } people have another number than in the last payroll ({ $batches })
 }
guard-changed-amount = { $rows ->
    [one] 1 row is more than { $factor } times as much, or as little, as in the last payroll ({ $batches })
   *[other] { $rows } rows are more than { $factor } times as much, or as little, as in the last payroll ({ $batches })
 }
guard-period = its line "# period:" says { $said }, and it would be paid in { $month }
guard-over-wallet = { $rows ->
    [one] 1 number gets more than a wallet may hold (HTG { $limit })
   *[other] { $rows } numbers get more than a wallet may hold (HTG { $limit })
 }
guard-shortfall = HTG { $missing } are missing to pay it with its fees (HTG { $needed }) after what is queued before it
guard-many-zero = { $rows ->
    [one] 1 of { $all } rows has an amount of zero and is left out
   *[other] { $rows } of { $all } rows have an amount of zero and are left out
 }
guard-new-layout = nobody was ever paid by these columns: { $columns }
guard-changed-layout = these people were last paid by other columns ({ $before }), and now by { $columns }
guard-open-end = the last line of the file has no end, and nothing in the file shows that it is whole
guard-more = and { $rows } more
guard-row-same-number = line { $line } ({ $who }) to { $receiver }, after line { $earlier }
guard-row-same-number-twice = line { $line } ({ $who }), HTG { $amount }, to { $receiver }, after line { $earlier } ({ $before }), HTG { $paid }
guard-row-missing = { $who }, { $receiver }, HTG { $amount } (line { $line } there)
guard-row-changed = line { $line } ({ $who }): { $is } instead of { $was }
guard-row-over-wallet = line { $line } ({ $who }), { $receiver }: HTG { $sum } together
guard-row-new = line { $line } ({ $who }), { $receiver }: HTG { $amount }
guard-row-layout = line { $line } ({ $who }): HTG { $is } now, HTG { $was } last time
guard-row-open-end = line { $line }: { $who }, { $receiver }, HTG { $amount }: is that whole? Approve if it is; if not, cancel, and drop the whole file
guard-told = { $what }: { $rows }
guard-listed = { $before }; { $next }
pay-on-past = This day is over (today is { $today }): nobody is paid from it. Write today or a later day, or remove the line to be paid at once.
pay-on-far = This day is more than a year ahead: was another year meant?
preview-ready = READY: { $rows ->
    [one] 1 row
   *[other] { $rows } rows
 }, HTG { $htg }: this file would be taken and paid. Nothing was paid now.
preview-ready-but = LOOK FIRST: { $rows ->
    [one] 1 row
   *[other] { $rows } rows
 }, HTG { $htg }: this file would be taken and paid, and something in it is unusual. Nothing was paid now.
preview-approval = WOULD WAIT FOR APPROVAL: { $rows ->
    [one] 1 row
   *[other] { $rows } rows
 }, HTG { $htg }. Nothing was paid now.
preview-held = WOULD BE ON HOLD until a person has looked: { $rows ->
    [one] 1 row
   *[other] { $rows } rows
 }, HTG { $htg }. Nothing was paid now.
preview-rejected = WOULD BE REJECTED, and nobody would be paid from it: { $problems ->
    [one] 1 problem
   *[other] { $problems } problems
 } in { $rows ->
    [one] 1 row
   *[other] { $rows } rows
 }.
preview-holds = [{ $guard }] { $what }. It would wait for a person.
preview-warns = [{ $guard }] { $what }.
preview-short = [{ $guard }] { $what }; payoutd would pay what it can, and wait for money.
preview-pay-on = Nothing of it would be paid before { $day }.
preview-next = To pay it, move the file into the folder batches/inbox/.
preview-correct = Correct this and save the file again: this page is renewed by itself.
preview-asking = MonCash is being asked whether each number can be paid; this page is renewed when it has answered.
preview-asked-some = Only the first { $receivers } numbers were asked about.
preview-when = { $file }, looked at { $at }
control-period-unclear = What follows "# period:" is not a month: write it as # period: 2026-07
control-pay-on-unclear = What follows "# pay on:" is not a day: write it as # pay on: 2026-07-30
preview-problem = line { $place } [{ $code }]: { $what }
guard-paid-already = { $rows ->
    [one] 1 row pays
   *[other] { $rows } rows pay
 } the same person the same amount as another batch of the last { $within }
within-days = { $days ->
    [one] day
   *[other] { $days } days
 }
guard-row-paid-already = line { $line } ({ $who }): { $other } of { $day }, batch { $batch }, { $became }
became-paid-again = { $status }, and paid again by a later row
became-perhaps-paid = { $status }, but perhaps paid
hold-paid-already = { $what }; if that is right, 'payoutd release'
listed-parts = { $before }, { $next }
within-time = { $time }
