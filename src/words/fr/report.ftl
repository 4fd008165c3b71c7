# Glossaire de ce dossier, à suivre dans chaque fichier : batch = lot · payout = paiement · row = ligne ·
# ledger = registre · receiver = bénéficiaire, numéro · queued = en attente · in doubt = incertain · paid = payé ·
# declined = refusé · held = retenu · cancelled = annulé · hold = retenir · release = libérer · retry = reprise ·
# top up = approvisionner · floor = minimum à garder · fee = frais · reading = lecture (du solde) ·
# reconciliation = rapprochement · statement = relevé · alarm = alerte · to acknowledge = prendre acte ·
# do not pay by hand = ne payez pas à la main · may already be paid = peut-être déjà payé.

# Résumés, rapports et fichiers de reprise. Français.

simulation = SIMULATION : aucun argent n’a bougé ; les numéros de transaction qui commencent par SIM- ne sont pas de MonCash.

# La première ligne d'un résumé : qui a été payé.
summary-not-final = PAS DÉFINITIF : { $paid ->
    [one] { $paid } personne payée
   *[other] { $paid } personnes payées
 } sur { $rows } jusqu’ici : HTG { $sum } ; { $rest }.
summary-all-paid = { $rows ->
    [one] La seule personne de ce fichier a été payée : HTG { $sum }.
   *[other] Les { $rows } personnes ont toutes été payées : HTG { $sum }.
 }
summary-all-cancelled = Personne n’a été payé : { $rows ->
    [one] { $rows } paiement annulé
   *[other] { $rows } paiements annulés
 }.
summary-all-cancelled-unsure = Aucun paiement n’est connu : { $rows ->
    [one] { $rows } paiement annulé
   *[other] { $rows } paiements annulés
 } ; pour { $unsure } d’entre eux, c’est sur la parole d’une personne et ce n’est pas certain.
summary-some-paid = { $paid ->
    [one] { $paid } personne sur { $rows } a été payée
   *[other] { $paid } personnes sur { $rows } ont été payées
 } : HTG { $sum } ; { $rest ->
    [one] { $rest } ne l’a pas été
   *[other] { $rest } ne l’ont pas été
 } : HTG { $unpaid } ({ $parts }).
summary-some-paid-unsure = { $paid ->
    [one] { $paid } personne sur { $rows } a été payée
   *[other] { $paid } personnes sur { $rows } ont été payées
 } : HTG { $sum } ; { $rest ->
    [one] { $rest } s’est terminé
   *[other] { $rest } se sont terminés
 } sans paiement connu : HTG { $unpaid } ({ $parts }) ; pour { $unsure } d’entre eux, c’est sur la parole d’une personne et ce n’est pas certain.

part-held = { $count } à décider par vous
part-held-unsure = { $count } à décider par vous (peut-être déjà payé : ne payez pas à la main)
part-in-doubt = { $count ->
    [one] { $count } incertain (peut-être déjà payé : ne payez pas à la main)
   *[other] { $count } incertains (peut-être déjà payés : ne payez pas à la main)
 }
part-queued = { $count ->
    [one] { $count } pas encore envoyé
   *[other] { $count } pas encore envoyés
 }
part-declined = { $count ->
    [one] { $count } refusé
   *[other] { $count } refusés
 }
part-cancelled = { $count ->
    [one] { $count } annulé
   *[other] { $count } annulés
 }
part-nothing = le rapport est en cours de mise à jour

summary-batch = Lot { $batch }, fichier { $file }
summary-final = DÉFINITIF : tous les paiements de ce lot sont réglés.
summary-renewed = PAS DÉFINITIF : cette page et le rapport sont réécrits tant que le lot est en cours.
summary-state = État : { $state }
summary-state-why = État : { $state } : { $why }
summary-report = Toutes les lignes : { $file }
summary-written = Écrit le { $at }

table-status = statut
table-rows = lignes
table-all = total

word-queued = en attente
word-in-doubt = incertain
word-paid = payé
word-declined = refusé
word-held = retenu
word-cancelled = annulé
may-no = non
may-unknown = on ne sait pas
may-yes = oui

batch-awaiting-approval = attend une approbation
batch-on-hold = retenu
batch-paying = paiement en cours
batch-waiting = en attente
batch-needs-person = attend une décision
batch-complete = terminé
batch-cancelled = annulé

balance-unknown = Solde : pas encore connu.
balance = Solde : HTG { $reading } le { $at } ; HTG { $reserved } pas encore réglés, minimum à garder HTG { $floor }, HTG { $spendable } peuvent encore être envoyés.

next = Ce qu’il faut faire :
next-in-doubt = { $count ->
    [one] { $count } paiement est incertain : peut-être déjà payé
   *[other] { $count } paiements sont incertains : peut-être déjà payés
 }. Ne payez pas à la main ; payoutd continue d’interroger MonCash.
next-held = { $count ->
    [one] { $count } paiement retenu attend une personne (voir plus bas)
   *[other] { $count } paiements retenus attendent une personne (voir plus bas)
 }. Ne payez pas à la main. « payoutd explain RÉFÉRENCE » montre tout ce qu’on en sait ; la raison dit quel ordre règle le cas.
next-approve = Approuver le lot : copiez { $batch }.approve.txt dans le dossier approvals/, ou payoutd approve { $batch } --reason "…" (ou l’annuler).
next-release = Libérer le lot : copiez { $batch }.release.txt dans le dossier orders/, ou payoutd release { $batch } --reason "…", ou y mettre fin : { $batch }.cancel.txt, ou payoutd cancel { $batch } --reason "…".
next-waiting = payoutd reprend de lui-même dès que ce qu’il attend est là.
next-retry = { $count ->
    [one] { $count } personne n’a certainement pas été payée et peut
   *[other] { $count } personnes n’ont certainement pas été payées et peuvent
 } l’être à nouveau : corrigez { $file } et déposez-le dans le dossier inbox.
next-retry-changed = { $count ->
    [one] { $count } personne n’a certainement pas été payée
   *[other] { $count } personnes n’ont certainement pas été payées
 }. Quelqu’un a modifié { $file } : il est laissé tel quel ; déplacez-le pour qu’il soit réécrit.
next-unsure = { $count ->
    [one] { $count } paiement a été annulé sur la parole d’une personne, alors que l’argent a pu partir : peut-être déjà payé
   *[other] { $count } paiements ont été annulés sur la parole d’une personne, alors que l’argent a pu partir : peut-être déjà payés
 }, ne payez pas à la main sans preuve. Le fichier de reprise laisse ces lignes de côté.
next-paid-later = { $count ->
    [one] { $count } personne n’a pas été payée ici mais plus tard
   *[other] { $count } personnes n’ont pas été payées ici mais plus tard
 }, sous la référence de la colonne « { $column } » : ne payez pas une seconde fois.
next-nothing = Rien.
next-goes-on = Rien : payoutd continue de lui-même.

listing-held = En attente d’une personne
listing-ended = Refusés ou annulés
listing-cut = { $title } (les { $shown } premiers sur { $rows })
listing-row = ligne { $line }, { $who } : { $status }, peut avoir été payé : { $may }. { $reason }
listing-later = { $row } (maintenant { $reference } : { $status })

reason-in-doubt = envoyé, pas encore de réponse certaine ; peut-être déjà payé, ne payez pas à la main
held-reference-used-before = MonCash connaît déjà cette référence comme payée, avant tout envoi de payoutd : cherchez qui l’a payée ; ne payez pas à la main
held-reference-refused-before = MonCash connaît déjà cette référence et dit l’avoir refusée, avant que payoutd ait rien envoyé : un ancien registre ou quelqu’un d’autre l’a utilisée, peut-être plus d’une fois ; ne payez pas à la main : regardez dans le portail MonCash, puis « payoutd resolve »
held-ancestor-not-unpaid = le paiement que celui-ci reprend est payé, ou l’est peut-être : regardez-le avec « payoutd explain » ; ne payez pas à la main
held-too-old = a attendu plus longtemps que [safety] queued_for ; rien n’a été envoyé : « payoutd release » l’envoie, « payoutd cancel » y met fin
held-too-old-to-send-again = MonCash ne le trouve pas, mais ce n’est certain que depuis que [safety] queued_for est dépassé ; il n’est pas renvoyé tout seul : vérifiez si la personne a été payée autrement, puis « payoutd resolve --ask-again » l’envoie une fois que MonCash le nie encore, « --not-paid » y met fin
held-on-order = retenu sur l’ordre d’une personne ; rien n’a été envoyé : « payoutd release » l’envoie, « payoutd cancel » y met fin
held-asked-too-long = MonCash n’a pas donné de réponse certaine à temps ; peut-être déjà payé, ne payez pas à la main : regardez dans le portail MonCash, puis « payoutd resolve »
held-contradiction = les réponses de MonCash se contredisent ; peut-être déjà payé, ne payez pas à la main : regardez dans le portail MonCash, puis « payoutd resolve »
held-echo-differs = MonCash dit payé, mais avec un autre bénéficiaire, un autre montant ou une autre transaction ; ne payez pas à la main : regardez dans le portail MonCash, puis « payoutd resolve »
held-paid-by-whom = MonCash dit payé, mais payoutd ne peut pas montrer que c’est son propre appel qui l’a fait ; ne payez pas à la main : regardez dans le portail MonCash, puis « payoutd resolve »
held-attempts-used = toutes les tentatives permises ont été faites sans réponse certaine ; peut-être déjà payé, ne payez pas à la main : regardez dans le portail MonCash, puis « payoutd resolve »
held-not-found-hold = MonCash ne le trouve pas, et [safety] after_not_found = "hold" laisse la décision à une personne ; peut-être déjà payé, ne payez pas à la main : regardez dans le portail MonCash, puis « payoutd resolve »
held-refusal-unclear = MonCash l’a refusé avec des mots que payoutd ne connaît pas ; regardez dans le portail MonCash, puis « payoutd resolve » ; ne payez pas à la main

reason-with-detail = { $reason } ({ $detail })

heading-line = ligne
heading-reference = référence
heading-receiver = téléphone
heading-name = nom
heading-amount = montant
heading-description = description
heading-status = statut
heading-may-have-been-paid = peut_avoir_été_payé
heading-transaction-id = transaction
heading-attempts = tentatives
heading-first-sent-at = premier_envoi
heading-settled-at = réglé_le
heading-confirmed-by = confirmé_par
heading-reason = cause
heading-retry-of = reprise_de
heading-retried-as = repris_sous
heading-final-status = statut_final
heading-batch = lot
heading-file = fichier
heading-file-sha256 = fichier_sha256
heading-admitted-at = admis_le

summary-warned = Inhabituel à l’arrivée du fichier ; voyez si c’est juste :
