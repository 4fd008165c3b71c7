# STATUS.txt, ak poukisa bagay yo kote yo ye a. Kreyòl.

status-things-wait = { $count } bagay ap tann ou.
status-batches-wait = { $count } lo ap tann ou: payoutd status
status-paused = Sou poz: anyen nouvo p ap voye.
status-nothing = Anyen pa bezwen ou epi pa gen peman k ap fèt.
status-under-way = Anyen pa bezwen ou; gen peman k ap fèt.
status-rejected = { $count ->
    [one] Gen yon fichye ki rejte (gade pi ba a).
   *[other] Gen fichye ki rejte (gade pi ba a).
 }

status-as-of = Eta { $at }. Li renouvle chak minit: si lè a ansyen, sa vle di payoutd p ap mache.
status-account = MonCash { $environment }, kont { $account }
status-paused-by = SOU POZ: { $who }. Pou kontinye: payoutd resume --reason "…"
status-moncash = MonCash kounye a: { $doing }

status-waiting = Ap tann ou
status-being-paid = Peman k ap fèt
status-not-moving = Kanpe
status-done = Fini dènyèman
status-left = Rete nan dosye inbox la
status-rejected-files = Rejte depi payoutd kòmanse, pa gen moun ki peye ak fichye sa yo
status-more = ak { $count } lòt: payoutd status
status-see-errors = { $file }: gade rejected/{ $file }.errors.csv

status-item-of = { $reference } ({ $batch }, liy { $line })
status-item-batch = lo { $batch }
status-item-house = tout bagay
status-type = tape: { $command }

status-people = { $count } moun, HTG { $amount }: { $parts }
status-queued = { $count } poko voye (HTG { $amount })
status-in-doubt = { $count } pa sèten (HTG { $amount }, ka deja peye, pa peye alamen)
status-paid = { $count } peye (HTG { $amount })
status-declined = { $count } refize (HTG { $amount })
status-held = { $count } kenbe, ap tann yon moun (HTG { $amount })
status-cancelled = { $count } anile (HTG { $amount })

state-suspect = rejis la sispèk
state-account-refused = kont lan refize
state-equal-refusals = menm refi plizyè fwa
waits-suspect = rejis la ka pi ansyen pase dènye voye li te fè a ({ $why }); anyen pa voye epi okenn fichye pa antre
waits-suspect-found = rejis la ka pi ansyen pase dènye voye li te fè a ({ $why }); anyen pa voye epi okenn fichye pa antre. { $found }
suspect-found = Nou mande MonCash: { $paid } peman rejis sa a pa konnen kòm peye, yo peye lakay MonCash (HTG { $htg }) epi yo kenbe, { $unknown } li pa jwenn, { $open } poko gen repons sèten. Pa peye pèsonn alamen
waits-account-refused = MonCash refize kont lan ({ $words }); korije idantifyan an oswa sekrè a epi rekòmanse payoutd, ki li yo lè li demare (kòm sèvis: systemctl restart payoutd)
waits-equal-refusals = MonCash refize anpil peman youn apre lòt ak menm mo yo ({ $words }); chèche konnen poukisa
waits-approval = total li depase [approval] above

do-resume = payoutd resume --reason "…"
do-approve = payoutd approve { $batch } --reason "…"
do-release-batch = payoutd release { $batch } --reason "…"
do-release-or-cancel = payoutd release { $reference } --reason "…"  oswa  payoutd cancel …
do-explain-and-resolve = payoutd explain { $reference }, epi payoutd resolve { $reference } --paid TRANSACTION | --not-paid | --ask-again

why-as-told = { $text }
why-being-cancelled = ap anile: { $reason }
why-approval = { $why }; ap tann « payoutd approve { $batch } --reason … », oswa yon kopi reports/{ $batch }.approve.txt nan approvals/
why-held = { $held } peman ap tann yon moun
why-in-doubt = { $doubt } peman k ap fèt oswa ki pa sèten: ka deja peye, n ap mande MonCash; pa peye alamen
why-in-doubt-and-held = { $doubt } peman k ap fèt oswa ki pa sèten, { $held } ap tann yon moun

doing-stopping = l ap kanpe: n ap tann apèl ki an kou yo fini
doing-paying = peman ap fèt: { $rows } liy pou voye
doing-asking = n ap mande MonCash sou { $payouts } peman ki pa sèten
doing-nothing = pa gen anyen pou peye
doing-stopped = yo te kanpe payoutd
doing-not-running = payoutd p ap mache
doing-not-running-and = payoutd p ap mache; { $blocked }
doing-no-ledger = poko gen rejis

blocked-stopped = anyen pa voye: { $what }
blocked-stopped-first = Anyen pa voye: { $what }
blocked-waiting = ap tann: { $what }
blocked-waiting-first = Peman yo ap tann: { $what }
blocked-money = ap tann lajan: { $what }
blocked-money-first = Peman yo ap tann lajan: { $what }
blocked-suspect = rejis la ka pi ansyen pase dènye voye li te fè a ({ $why }); yon moun dwe verifye, epi « payoutd resume --reason … »
blocked-paused = { $who } mete l sou poz ({ $reason }); « payoutd resume » fè l kontinye
blocked-disk = pa gen ase plas sou disk la; fè plas
blocked-account-refused = MonCash refize kont lan ({ $words }); korije idantifyan an oswa sekrè a, rekòmanse payoutd pou li li yo (kòm sèvis: systemctl restart payoutd), epi « payoutd resume »
blocked-equal-refusals = MonCash refize anpil peman youn apre lòt ak menm mo yo ({ $words }); chèche konnen poukisa, epi « payoutd resume --reason … »
blocked-storm = MonCash pa reponn; n ap poze yon kesyon ki san danje anvan
blocked-status-blind = nou pa ka li repons MonCash yo sou eta peman yo
blocked-throttled = MonCash mande mwens apèl
blocked-balance-silent = MonCash pa reponn; n ap mande balans lan ankò e ankò
blocked-balance-unknown = MonCash poko bay balans lan
blocked-balance-lags = n ap tann balans MonCash la montre dènye peman yo
blocked-shortage = manke HTG { $htg } pou peye { $rows } liy ki rete yo; mete lajan sou kont prepeye a epi payoutd ap kontinye poukont li
blocked-hours = peman yo gen lè pa yo, y ap kontinye { $at }
why-start = pa anvan { $at }

# Yon alèt rapwochman, toutotan pèsonn poko di li wè l.
status-alarm = ALÈT: { $count ->
    [one] yon rapwochman jwenn yon bagay pèsonn poko di li wè (gade pi ba a); pa peye pèsonn alamen.
   *[other] { $count } rapwochman jwenn bagay pèsonn poko di li wè (gade pi ba a); pa peye pèsonn alamen.
 }
status-alarms = Alèt
status-alarm-file = alarms/{ $file }: li l; di ou wè l ak payoutd reconcile --acknowledge { $file } --reason "…", oswa retire fichye a nan dosye sa a
status-warned = pa nòmal: { $what }
