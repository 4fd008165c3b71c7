# intake, in French. See src/words/mod.rs.

check-no-ledger = il n’y a pas encore de registre : rien n’est comparé avec les lots précédents

# Ce que le registre connaît déjà d’une ligne ou d’un fichier.

reference-known = Cette référence a été admise dans { $place } : { $outcome }.
reference-known-differs = Cette référence a été admise dans { $place } pour autre chose ({ $differs }) : { $outcome }. Un nouveau paiement a besoin de sa propre référence.
differs-amount = montant { $then } alors, { $now } maintenant
differs-amount-and-receiver = montant { $then } alors, { $now } maintenant, un autre numéro
differs-receiver = un autre numéro
known-place = le lot { $batch } ({ $file }, ligne { $line }) le { $date }
known-is-paid = il est payé
known-waits = il attend d’être payé
known-in-doubt = il est peut-être déjà payé, ne payez pas à la main
known-held = il attend une personne ; voyez « payoutd explain »
known-paid-again = il est { $status }, et { $other } le paie de nouveau : celui-là est { $now }
known-may-be-paid-again = il est { $status } : pour payer de nouveau cette personne, donnez à la ligne une nouvelle référence et mettez { $old } dans retry_of, ou servez-vous du fichier de reprise (retry) du lot
known-word-queued = en attente
known-word-in-doubt = incertain (peut-être déjà payé)
known-word-paid = payé
known-word-declined = refusé
known-word-held = retenu
known-word-cancelled = annulé
retry-of-never-admitted = { $old } n’a jamais été admis : corrigez retry_of, ou laissez-le vide pour un premier paiement.
retry-of-not-unpaid = { $old } (lot { $batch }, ligne { $line }) est { $status } : seul ce qui n’est certainement pas payé peut être payé de nouveau ; ne payez pas à la main.
retry-of-twice = La ligne { $line } de ce fichier paie déjà { $old } de nouveau : gardez une seule des deux lignes.
retry-of-erased = C’est une référence que payoutd a faite pour une reprise, mais retry_of est vide : remettez ce qui s’y trouvait.
retry-of-erased-known = C’est la référence d’une reprise de { $base } (lot { $batch }, { $status }), mais retry_of est vide : remettez { $base } dans retry_of.
file-known = Ce fichier même a été admis le { $date } comme lot { $batch } ({ $rows ->
    [one] { $rows } ligne
   *[other] { $rows } lignes
 } : { $paid } payées, { $declined } refusées, { $cancelled } annulées, { $open } non réglées) : personne n’est payé de nouveau à partir de lui. Vouliez-vous un autre fichier ?
file-changed = Le fichier a été modifié pendant sa lecture : personne n’est payé à partir de lui. Déposez-le de nouveau quand il est complet.
clash-reference-known = Cette référence a été admise dans { $place } et elle est { $status }.
clash-ancestor = { $reference } ({ $place }) est { $status } : seul ce qui n’est certainement pas payé peut être payé de nouveau. Ne payez pas à la main.
clash-repeated = { $reference } ({ $place }) reprend déjà le même paiement, et il est { $status }.
clash-no-ancestor = { $old } n’a jamais été admis : corrigez retry_of.

# Comment un fichier a été lu.

read-as = Lu en { $encoding } ; { $separator } ; { $decimal }.
read-as-with-total = Lu en { $encoding } ; { $separator } ; { $decimal } ; sa ligne TOTAL concorde avec les lignes.
read-as-workbook = Lu dans les cellules d’un classeur.
read-as-workbook-with-total = Lu dans les cellules d’un classeur ; sa ligne TOTAL concorde avec les lignes.
read-as-built = { $read } Les références sont composées de { $pattern }.
reading-amount = Le montant est pris dans la colonne « { $column } ».
reading-receiver = Le portefeuille est pris dans la colonne « { $column } ».
reading-reference = La référence est prise dans « { $column } ».
reading-name = Le nom est pris dans la colonne « { $column } ».
reading-no-name = Aucune colonne n’est prise pour le nom.
reading-description = La colonne « { $column } » est envoyée à MonCash comme description.
reading-no-description = Aucune description n’est envoyée à MonCash.
reading-row = ligne { $line } : { $who }, { $receiver }, HTG { $amount }
reading-first = Première ligne de paie : { $row }.
reading-last = Dernière ligne de paie : { $row }.
reading-passed-over = La colonne « { $column } » pourrait aussi convenir et dit autre chose ; le nom de celle qui est prise en dit plus.
reading-not-there = [columns] { $column } nomme une colonne que ce fichier n’a pas ; les noms habituels ont été cherchés.
reading-cleaned = Nettoyé à la lecture : { $what }.
reading-shown = { $cells ->
    [one] { $cells } montant est payé comme sa cellule l’affiche, à deux décimales.
   *[other] { $cells } montants sont payés comme leurs cellules les affichent, à deux décimales.
 }
reading-conditional-formats = La feuille a des mises en forme conditionnelles : ce qu’elles barrent ou cachent n’est pas regardé.
left-out-zero = { $rows ->
    [one] { $rows } ligne est laissée de côté, car son montant est zéro :
   *[other] { $rows } lignes sont laissées de côté, car leur montant est zéro :
 }
left-out-row = - ligne { $line } ({ $who })
left-out-line = - ligne { $line }
left-out-more = - et { $rows } de plus
left-aside = Laissé de côté, car personne n’est payé par là : { $lines ->
    [one] { $lines } ligne
   *[other] { $lines } lignes
 }.
left-aside-line = - ligne { $line } : « { $text } »
left-aside-more = - et { $lines } de plus
filled-down = À partir de la ligne { $first }, sous la dernière personne, { $lines ->
    [one] { $lines } ligne n’a
   *[other] { $lines } lignes n’ont
 } ni portefeuille, ni nom, ni montant (des formules recopiées vers le bas) : ce ne sont pas des lignes de paie.
read-as-commas = virgules entre les cellules
read-as-semicolons = points-virgules entre les cellules
read-as-tabs = tabulations entre les cellules
read-as-bars = barres (|) entre les cellules
read-as-cells = cellules d’un classeur
read-as-point = un point avant les centimes
read-as-comma = une virgule avant les centimes
read-as-whole = aucun montant avec des centimes

# payoutd check
every-row = chaque ligne ({ $rows }) a ce défaut, d’abord à la ligne { $place } [{ $code }] : { $what }
check-rejected = { $problems ->
    [one] { $problems } problème
   *[other] { $problems } problèmes
 } dans { $rows ->
    [one] { $rows } ligne
   *[other] { $rows } lignes
 } : le fichier serait rejeté en entier, et personne ne serait payé d’après lui.
check-known = { $rows ->
    [one] { $rows } ligne est connue
   *[other] { $rows } lignes sont connues
 } du registre, ou pas pour MonCash ; les autres seraient mises dans un fichier à part, prêt à déposer.
check-line = ligne { $line }
check-fine = { $rows ->
    [one] { $rows } ligne
   *[other] { $rows } lignes
 }, HTG { $htg } : toutes les lignes sont en ordre.
check-would-hold = Le lot attendrait qu’une personne le libère.
check-no-balance = Le solde n’a jamais été lu : « payoutd moncash balance » le demande.
check-enough = Avec les frais HTG { $needed } ; disponible HTG { $spendable } (solde du { $at }), et HTG { $before } attendent avant lui : c’est assez.
check-short = Avec les frais HTG { $needed } ; disponible HTG { $spendable } (solde du { $at }), et HTG { $before } attendent avant lui : il manque HTG { $missing } ; payoutd paierait ce qu’il peut et attendrait.
check-customer = ligne { $line }, bénéficiaire "{ $receiver }" [customer_status] : MonCash dit { $said }.
check-asked = MonCash a été interrogé sur { $receivers ->
    [one] { $receivers } bénéficiaire
   *[other] { $receivers } bénéficiaires
 } : { $fine } peuvent être payés, { $bad } peut-être pas, { $unanswered } sans réponse.
