# intake, in Kreyòl. See src/words/mod.rs.

check-no-ledger = poko gen rejis: anyen pa konpare ak lo ki te pase anvan yo

# Sa rejis la konnen deja sou yon liy oswa yon fichye.

reference-known = Referans sa a te antre nan { $place }: { $outcome }.
reference-known-differs = Referans sa a te antre nan { $place } pou yon lòt bagay ({ $differs }): { $outcome }. Yon nouvo peman bezwen pwòp referans pa l.
differs-amount = montan { $then } lè sa a, { $now } kounye a
differs-amount-and-receiver = montan { $then } lè sa a, { $now } kounye a, yon lòt nimewo
differs-receiver = yon lòt nimewo
known-place = lo { $batch } ({ $file }, liy { $line }) jou { $date }
known-is-paid = li peye
known-waits = l ap tann pou l peye
known-in-doubt = li ka deja peye, pa peye alamen
known-held = l ap tann yon moun; gade « payoutd explain »
known-paid-again = li { $status }, epi { $other } peye l ankò: sa a { $now }
known-may-be-paid-again = li { $status }: pou peye moun sa a ankò, bay liy lan yon nouvo referans epi mete { $old } nan retry_of, oswa sèvi ak fichye retry lo a
known-word-queued = ap tann
known-word-in-doubt = pa sèten (ka deja peye)
known-word-paid = peye
known-word-declined = refize
known-word-held = kenbe
known-word-cancelled = anile
retry-of-never-admitted = { $old } pa t janm antre: korije retry_of, oswa kite l vid pou yon premye peman.
retry-of-not-unpaid = { $old } (lo { $batch }, liy { $line }) { $status }: se sèlman sa ki pa peye vre yo ka peye ankò; pa peye alamen.
retry-of-twice = Liy { $line } nan fichye sa a peye { $old } ankò deja: kite youn sèlman nan de liy yo.
retry-of-erased = Sa se yon referans payoutd te fè pou repran yon peman, men retry_of vid: remete sa ki te la a.
retry-of-erased-known = Sa se referans ki repran { $base } (lo { $batch }, { $status }), men retry_of vid: remete { $base } nan retry_of.
file-known = Menm fichye sa a te antre jou { $date } kòm lo { $batch } ({ $rows } liy: { $paid } peye, { $declined } refize, { $cancelled } anile, { $open } poko regle): nou pa peye pèsonn ladan l ankò. Èske se te yon lòt fichye?
file-changed = Fichye a chanje pandan nou t ap li l: nou pa peye pèsonn ladan l. Depoze l ankò lè l konplè.
clash-reference-known = Referans sa a te antre nan { $place } epi li { $status }.
clash-ancestor = { $reference } ({ $place }) { $status }: se sèlman sa ki pa peye vre yo ka peye ankò. Pa peye alamen.
clash-repeated = { $reference } ({ $place }) deja repete menm peman an epi li { $status }.
clash-no-ancestor = { $old } pa t janm antre: korije retry_of.

# Kijan yo li yon fichye.

read-as = Li an { $encoding }; { $separator }; { $decimal }.
read-as-with-total = Li an { $encoding }; { $separator }; { $decimal }; liy TOTAL li dakò ak liy yo.
read-as-workbook = Li nan kaz yon klasè.
read-as-workbook-with-total = Li nan kaz yon klasè; liy TOTAL li dakò ak liy yo.
read-as-built = { $read } Referans yo fèt ak { $pattern }.
reading-amount = Montan an soti nan kolòn « { $column } ».
reading-receiver = Bous la soti nan kolòn « { $column } ».
reading-reference = Referans lan soti nan « { $column } ».
reading-name = Non an soti nan kolòn « { $column } ».
reading-no-name = Pa gen kolòn pou non moun yo.
reading-description = Kolòn « { $column } » ale bay MonCash kòm deskripsyon.
reading-no-description = Pa gen deskripsyon ki ale bay MonCash.
reading-row = liy { $line }: { $who }, { $receiver }, HTG { $amount }
reading-first = Premye liy pewòl la: { $row }.
reading-last = Dènye liy pewòl la: { $row }.
reading-passed-over = Kolòn « { $column } » ta ka bon tou epi li di yon lòt bagay; non kolòn yo pran an di plis.
reading-not-there = [columns] { $column } bay non yon kolòn fichye sa a pa genyen; yo chèche non abityèl yo.
reading-cleaned = Netwaye pandan lekti a: { $what }.
reading-shown = { $cells } montan peye jan selil yo montre yo, ak de chif apre vigil la.
reading-conditional-formats = Fèy la gen fòma kondisyonèl: sa yo bare oswa kache, yo pa gade l.
left-out-zero = { $rows } liy rete deyò, paske montan yo se zewo:
left-out-row = - liy { $line } ({ $who })
left-out-line = - liy { $line }
left-out-more = - ak { $rows } lòt
left-aside = Sa ki rete sou kote, paske pèsonn pa peye ladan l: { $lines } liy.
left-aside-line = - liy { $line }: « { $text } »
left-aside-more = - ak { $lines } lòt
filled-down = Apati liy { $first }, anba dènye moun nan, { $lines } liy pa gen ni bous, ni non, ni montan (fòmil yo te kopye desann): se pa liy peman.
read-as-commas = vigil ant kaz yo
read-as-semicolons = pwenvigil ant kaz yo
read-as-tabs = tabilasyon ant kaz yo
read-as-bars = ba (|) ant kaz yo
read-as-cells = kaz yon klasè
read-as-point = yon pwen anvan santim yo
read-as-comma = yon vigil anvan santim yo
read-as-whole = pa gen montan ki gen santim

# payoutd check
every-row = chak liy ({ $rows }) gen pwoblèm sa a, premye a nan liy { $place } [{ $code }]: { $what }
check-rejected = { $problems } pwoblèm nan { $rows } liy: fichye a t ap rejte nèt, e pèsonn pa t ap peye dapre li.
check-known = Rejis la konnen { $rows } liy deja, oswa yo pa pou MonCash; lòt yo t ap ale nan yon fichye apa, pare pou depoze.
check-line = liy { $line }
check-fine = { $rows } liy, HTG { $htg }: tout liy yo bon.
check-would-hold = Lo a t ap rete kenbe jouk yon moun lage l.
check-no-balance = Balans lan poko janm li: « payoutd moncash balance » mande l.
check-enough = Ak frè yo HTG { $needed }; disponib HTG { $spendable } (balans { $at }), epi HTG { $before } ap tann anvan li: sa ase.
check-short = Ak frè yo HTG { $needed }; disponib HTG { $spendable } (balans { $at }), epi HTG { $before } ap tann anvan li: manke HTG { $missing }; payoutd t ap peye sa l kapab epi tann.
check-customer = liy { $line }, moun k ap resevwa "{ $receiver }" [customer_status]: MonCash di { $said }.
check-asked = Nou mande MonCash sou { $receivers } moun k ap resevwa: { $fine } ka peye, { $bad } petèt non, { $unanswered } san repons.
