# Ti diksyonè dosye sa a, pou swiv nan chak fichye: batch = lo · payout = peman · row = liy · ledger = rejis ·
# receiver = moun k ap resevwa a, nimewo · queued = poko voye · in doubt = pa sèten · paid = peye ·
# declined = refize · held = kenbe · cancelled = anile · hold = kenbe · release = lage · retry = repran ·
# top up = mete lajan sou kont lan · floor = minimòm pou rete · fee = frè · reading = lekti (balans lan) ·
# reconciliation = rapwochman · statement = relve · alarm = alèt · to acknowledge = di ou wè l · cell = kaz ·
# do not pay by hand = pa peye alamen · may already be paid = ka deja peye.

# Rezime, rapò ak fichye pou repran peman. Kreyòl.

simulation = SIMULATION (similasyon): pa gen lajan ki deplase; nimewo tranzaksyon ki kòmanse ak SIM- yo pa soti nan MonCash.

# Premye liy yon rezime: kiyès ki peye.
summary-not-final = POKO FINAL: { $paid } moun sou { $rows } touche jiska prezan: HTG { $sum }; { $rest }.
summary-all-paid = { $rows ->
    [one] Sèl moun ki nan fichye sa a touche: HTG { $sum }.
   *[other] Tout { $rows } moun yo touche: HTG { $sum }.
 }
summary-all-cancelled = Pa gen moun ki touche: { $rows } peman anile.
summary-all-cancelled-unsure = Nou pa konnen okenn peman ki fèt: { $rows } peman anile; pou { $unsure } ladan yo, se sou pawòl yon moun, li pa sèten.
summary-some-paid = { $paid } moun sou { $rows } touche: HTG { $sum }; { $rest } pa touche: HTG { $unpaid } ({ $parts }).
summary-some-paid-unsure = { $paid } moun sou { $rows } touche: HTG { $sum }; { $rest } fini san okenn peman nou konnen: HTG { $unpaid } ({ $parts }); pou { $unsure } ladan yo, se sou pawòl yon moun, li pa sèten.

part-held = { $count } ap tann desizyon ou
part-held-unsure = { $count } ap tann desizyon ou (ka deja peye: pa peye alamen)
part-in-doubt = { $count } pa sèten (ka deja peye: pa peye alamen)
part-queued = { $count } poko voye
part-declined = { $count } refize
part-cancelled = { $count } anile
part-nothing = rapò a ap mete ajou

summary-batch = Lo { $batch }, fichye { $file }
summary-final = FINAL: tout peman nan lo sa a regle.
summary-renewed = POKO FINAL: paj sa a ak rapò a ap ekri ankò toutotan lo a ap mache.
summary-state = Eta: { $state }
summary-state-why = Eta: { $state }: { $why }
summary-report = Tout liy yo: { $file }
summary-written = Ekri { $at }

table-status = estati
table-rows = liy
table-all = total

word-queued = poko voye
word-in-doubt = pa sèten
word-paid = peye
word-declined = refize
word-held = kenbe
word-cancelled = anile
may-no = non
may-unknown = nou pa konnen
may-yes = wi

batch-awaiting-approval = ap tann yon moun apwouve l
batch-on-hold = kenbe
batch-paying = peman yo ap fèt
batch-waiting = ap tann
batch-needs-person = ap tann desizyon yon moun
batch-complete = fini
batch-cancelled = anile

balance-unknown = Balans: nou poko konnen l.
balance = Balans: HTG { $reading } nan dat { $at }; HTG { $reserved } poko regle, minimòm pou rete HTG { $floor }, HTG { $spendable } ka voye toujou.

next = Sa pou fè kounye a:
next-in-doubt = { $count } peman pa sèten: { $count ->
    [one] li
   *[other] yo
 } ka deja peye. Pa peye alamen; payoutd ap kontinye mande MonCash.
next-held = { $count } peman kenbe ap tann yon moun (gade pi ba a). Pa peye alamen. « payoutd explain REFERANS » montre tout sa nou konnen; rezon an di ki lòd ki regle sa.
next-approve = Apwouve lo a: kopye { $batch }.approve.txt nan dosye approvals/, oswa payoutd approve { $batch } --reason "…" (oswa anile l).
next-release = Lage lo a: kopye { $batch }.release.txt nan dosye orders/, oswa payoutd release { $batch } --reason "…", oswa fini ak li: { $batch }.cancel.txt, oswa payoutd cancel { $batch } --reason "…".
next-waiting = payoutd ap kontinye poukont li depi sa l ap tann nan rive.
next-retry = { $count } moun sèten pa peye epi ka peye ankò: korije { $file } epi mete l nan dosye inbox la.
next-retry-changed = { $count } moun sèten pa peye. Yon moun chanje { $file }: nou kite l jan l ye a; deplase l pou nou ka ekri l ankò.
next-unsure = { $count } peman anile sou pawòl yon moun, alòske lajan an ka te ale: { $count ->
    [one] li
   *[other] yo
 } ka deja peye, pa peye alamen san prèv. Fichye pou repran peman yo pa mete liy sa yo.
next-paid-later = { $count } moun pa peye isit la, men pita, anba referans ki nan kolòn « { $column } »: pa peye ankò.
next-nothing = Anyen.
next-goes-on = Anyen: payoutd ap kontinye poukont li.

listing-held = Ap tann yon moun
listing-ended = Refize oswa anile
listing-cut = { $title } ({ $shown } premye yo sou { $rows })
listing-row = liy { $line }, { $who }: { $status }, li ka deja peye: { $may }. { $reason }
listing-later = { $row } (kounye a { $reference }: { $status })

reason-in-doubt = li voye, poko gen repons sèten; li ka deja peye, pa peye alamen
held-reference-used-before = MonCash konnen referans sa a kòm peye deja, anvan payoutd voye anyen: chèche konnen kiyès ki peye l; pa peye alamen
held-reference-refused-before = MonCash deja konnen referans sa a epi li di li te refize l, anvan payoutd voye anyen: yon ansyen rejis oswa yon lòt moun te sèvi ak li, petèt plis pase yon fwa; pa peye alamen: gade nan pòtay MonCash la, apre sa « payoutd resolve »
held-ancestor-not-unpaid = peman sa a ap repran yon lòt ki peye, oswa ki ka deja peye: gade l ak « payoutd explain »; pa peye alamen
held-too-old = li tann plis pase [safety] queued_for; anyen pa voye: « payoutd release » voye l, « payoutd cancel » fini ak li
held-too-old-to-send-again = MonCash pa jwenn li, men sa vin sèten sèlman apre [safety] queued_for fin pase; li p ap voye ankò poukont li: chèche konnen si moun nan te peye yon lòt jan, epi « payoutd resolve --ask-again » voye l lè MonCash di non ankò, « --not-paid » fini ak li
held-on-order = yon moun bay lòd kenbe l; anyen pa voye: « payoutd release » voye l, « payoutd cancel » fini ak li
held-asked-too-long = MonCash pa bay yon repons sèten alè; li ka deja peye, pa peye alamen: gade nan pòtay MonCash la, epi « payoutd resolve »
held-contradiction = repons MonCash yo youn kontredi lòt; li ka deja peye, pa peye alamen: gade nan pòtay MonCash la, epi « payoutd resolve »
held-echo-differs = MonCash di li peye, men ak yon lòt moun, yon lòt montan oswa yon lòt tranzaksyon; pa peye alamen: gade nan pòtay MonCash la, epi « payoutd resolve »
held-paid-by-whom = MonCash di li peye, men payoutd pa ka montre se pwòp demann pa l ki fè sa; pa peye alamen: gade nan pòtay MonCash la, epi « payoutd resolve »
held-attempts-used = tout tantativ ki pèmèt yo fèt san repons sèten; li ka deja peye, pa peye alamen: gade nan pòtay MonCash la, epi « payoutd resolve »
held-not-found-hold = MonCash pa jwenn li, epi [safety] after_not_found = "hold" kite yon moun deside; li ka deja peye, pa peye alamen: gade nan pòtay MonCash la, epi « payoutd resolve »
held-refusal-unclear = MonCash refize l ak mo payoutd pa konnen; gade nan pòtay MonCash la, epi « payoutd resolve »; pa peye alamen

reason-with-detail = { $reason } ({ $detail })

heading-line = liy
heading-reference = referans
heading-receiver = telefòn
heading-name = non
heading-amount = montan
heading-description = deskripsyon
heading-status = estati
heading-may-have-been-paid = li_ka_deja_peye
heading-transaction-id = tranzaksyon
heading-attempts = tantativ
heading-first-sent-at = premye_voye
heading-settled-at = regle_lè
heading-confirmed-by = konfime_pa
heading-reason = poukisa
heading-retry-of = repran
heading-retried-as = repran_sou
heading-final-status = estati_final
heading-batch = lo
heading-file = fichye
heading-file-sha256 = fichye_sha256
heading-admitted-at = antre_lè

summary-warned = Sa ki pa nòmal lè fichye a rive; gade si se sa vre:
