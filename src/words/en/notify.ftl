# What [notify] tells somebody outside, in English. See src/words/mod.rs.

notice-admitted = Batch { $batch } was admitted from { $file }: { $rows ->
    [one] { $rows } payout
   *[other] { $rows } payouts
 }, HTG { $htg }.
notice-rejected = The file { $file } was rejected, and nobody is paid from it. What is wrong stands beside it, in { $file }.errors.csv.
notice-waits-approval = Batch { $batch } ({ $file }, HTG { $htg }) waits for approval: { $why }
notice-on-hold = Batch { $batch } ({ $file }, HTG { $htg }) is on hold: { $why }
notice-complete = Batch { $batch } ({ $file }) is complete: { $rows ->
    [one] its { $rows } payout is
   *[other] all { $rows } payouts are
 } paid, HTG { $htg }.
notice-complete-not-all = Batch { $batch } ({ $file }) is complete: { $paid } of { $rows } paid, HTG { $htg }; { $declined } declined, { $cancelled } cancelled. The report says who was not paid.
notice-held = In batch { $batch } { $count ->
    [one] { $count } payout waits
   *[other] { $count } payouts wait
 } for a person. May already be paid: do not pay by hand; look in payoutd status.
notice-held-unsent = In batch { $batch } { $count ->
    [one] { $count } payout waits
   *[other] { $count } payouts wait
 } for a person; nothing was sent. Look in payoutd status.
notice-in-doubt = In batch { $batch } { $count ->
    [one] { $count } payout has
   *[other] { $count } payouts have
 } been in doubt for more than { $time }, HTG { $htg }. May already be paid: do not pay by hand; payoutd goes on asking MonCash.
notice-alarm = ALARM of the reconciliation: { $file } lies in alarms/ and nobody has acknowledged it. Pay nobody by hand.
notice-test = This is a test of payoutd's notifications. Nothing happened.
