# guards, in Kreyòl. See src/words/mod.rs.

guard-above = lo ki antre jou sa a fè HTG { $found } ansanm, sa depase [approval] above (HTG { $limit })
guard-same-number = { $rows } nimewo parèt sou plis pase yon liy
guard-same-amount = { $rows } liy peye yon nimewo menm montan ak yon liy ki vini anvan
guard-missing = { $rows } moun ki te touche nan dènye pewòl la ({ $batches }) pa ladan l fwa sa a
guard-new-people = { $rows } liy se pou nimewo ki pa t janm touche anvan
guard-changed-number = { $rows } moun gen yon lòt nimewo pase nan dènye pewòl la ({ $batches })
guard-changed-amount = { $rows } liy plis pase { $factor } fwa pi gwo oswa pi piti pase nan dènye pewòl la ({ $batches })
guard-period = liy « # period: » li a di { $said }, men se nan { $month } li t ap peye
guard-over-wallet = { $rows } nimewo ap resevwa plis pase sa yon bous ka kenbe (HTG { $limit })
guard-shortfall = manke HTG { $missing } pou peye l ak frè yo (HTG { $needed }), apre sa ki ap tann anvan l
guard-many-zero = { $rows } liy sou { $all } gen yon montan zewo, epi yo rete deyò
guard-new-layout = yo poko janm peye pèsonn ak kolòn sa yo: { $columns }
guard-changed-layout = dènye fwa yo te peye moun sa yo ak lòt kolòn ({ $before }), kounye a se ak { $columns }
guard-open-end = dènye liy fichye a pa gen fen, epi anyen nan fichye a pa montre li konplè
guard-more = ak { $rows } lòt
guard-row-same-number = liy { $line } ({ $who }) pou { $receiver }, apre liy { $earlier }
guard-row-same-number-twice = liy { $line } ({ $who }), HTG { $amount }, pou { $receiver }, apre liy { $earlier } ({ $before }), HTG { $paid }
guard-row-missing = { $who }, { $receiver }, HTG { $amount } (liy { $line } nan fichye sa a)
guard-row-changed = liy { $line } ({ $who }): { $is } olye { $was }
guard-row-over-wallet = liy { $line } ({ $who }), { $receiver }: HTG { $sum } ansanm
guard-row-new = liy { $line } ({ $who }), { $receiver }: HTG { $amount }
guard-row-layout = liy { $line } ({ $who }): HTG { $is } kounye a, HTG { $was } dènye fwa
guard-row-open-end = liy { $line }: { $who }, { $receiver }, HTG { $amount }: èske sa konplè? Si wi, apwouve l; sinon, anile l epi depoze tout fichye a
guard-told = { $what }: { $rows }
guard-listed = { $before }; { $next }
pay-on-past = Jou sa a pase deja (jodi a se { $today }): pèsonn p ap touche nan fichye sa a. Ekri dat jodi a oswa yon dat apre, oswa retire liy nan pou peye touswit.
pay-on-far = Jou sa a nan plis pase yon ane: èske se yon lòt ane ou te vle di?
preview-ready = PARE: { $rows } liy, HTG { $htg }: nou t ap pran fichye sa a epi peye l. Anyen pa peye kounye a.
preview-ready-but = GADE ANVAN: { $rows } liy, HTG { $htg }: nou t ap pran fichye sa a epi peye l, men gen yon bagay ki pa nòmal ladan l. Anyen pa peye kounye a.
preview-approval = L AP TANN APWOBASYON: { $rows } liy, HTG { $htg }. Anyen pa peye kounye a.
preview-held = L AP RETE KENBE jiskaske yon moun gade l: { $rows } liy, HTG { $htg }. Anyen pa peye kounye a.
preview-rejected = NOU T AP REFIZE L, epi pèsonn pa t ap touche nan li: { $problems } pwoblèm nan { $rows } liy.
preview-holds = [{ $guard }] { $what }. Li t ap tann yon moun.
preview-warns = [{ $guard }] { $what }.
preview-short = [{ $guard }] { $what }; payoutd t ap peye sa li kapab, epi tann lajan.
preview-pay-on = Anyen ladan l pa t ap peye anvan { $day }.
preview-next = Pou peye l, deplase fichye a nan dosye batches/inbox/.
preview-correct = Korije sa epi anrejistre fichye a ankò: paj sa a chanje poukont li.
preview-asking = N ap mande MonCash si chak nimewo ka touche; paj sa a chanje poukont li lè li fin reponn.
preview-asked-some = Se sou { $receivers } premye nimewo yo sèlman nou mande.
preview-when = { $file }, nou gade l { $at }
control-period-unclear = Sa ki apre « # period: » se pa yon mwa: ekri # period: 2026-07
control-pay-on-unclear = Sa ki apre « # pay on: » se pa yon jou: ekri # pay on: 2026-07-30
preview-problem = liy { $place } [{ $code }]: { $what }
guard-paid-already = { $rows } liy peye menm moun nan menm montan ak yon lòt lo { $within }
within-days = { $days ->
    [one] ki pase nan dènye jou a
   *[other] ki pase nan { $days } dènye jou yo
 }
guard-row-paid-already = liy { $line } ({ $who }): { $other } jou { $day }, lo { $batch }, { $became }
became-paid-again = { $status }, epi yon lòt liy apre repran l
became-perhaps-paid = { $status }, men li ka deja peye
hold-paid-already = { $what }; si se sa vre, « payoutd release »
listed-parts = { $before }, { $next }
within-time = nan dènye { $time } yo
