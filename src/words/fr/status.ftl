# STATUS.txt, et pourquoi les choses en sont là. Français.

status-things-wait = { $count ->
    [one] { $count } chose vous attend
   *[other] { $count } choses vous attendent
 }.
status-batches-wait = { $count ->
    [one] { $count } lot vous attend
   *[other] { $count } lots vous attendent
 } : payoutd status
status-paused = En pause : rien de nouveau n’est envoyé.
status-nothing = Rien ne vous attend et aucun paiement n’est en cours.
status-under-way = Rien ne vous attend ; des paiements sont en cours.
status-rejected = { $count ->
    [one] Un fichier a été rejeté (voir plus bas).
   *[other] Des fichiers ont été rejetés (voir plus bas).
 }

status-as-of = Situation du { $at }. Renouvelée chaque minute : une heure ancienne veut dire que payoutd ne tourne pas.
status-account = MonCash { $environment }, compte { $account }
status-paused-by = EN PAUSE : { $who }. Pour reprendre : payoutd resume --reason "…"
status-moncash = MonCash en ce moment : { $doing }

status-waiting = Vous attend
status-being-paid = Paiement en cours
status-not-moving = À l’arrêt
status-done = Terminés récemment
status-left = Laissés dans le dossier inbox
status-rejected-files = Rejetés depuis le démarrage de payoutd, personne n’a été payé avec ces fichiers
status-more = et { $count } de plus : payoutd status
status-see-errors = { $file } : voir rejected/{ $file }.errors.csv

status-item-of = { $reference } ({ $batch }, ligne { $line })
status-item-batch = lot { $batch }
status-item-house = tout
status-type = tapez : { $command }

status-people = { $count ->
    [one] { $count } personne
   *[other] { $count } personnes
 }, HTG { $amount } : { $parts }
status-queued = { $count ->
    [one] { $count } pas encore envoyé
   *[other] { $count } pas encore envoyés
 } (HTG { $amount })
status-in-doubt = { $count ->
    [one] { $count } incertain (HTG { $amount }, peut-être déjà payé, ne payez pas à la main)
   *[other] { $count } incertains (HTG { $amount }, peut-être déjà payés, ne payez pas à la main)
 }
status-paid = { $count ->
    [one] { $count } payé
   *[other] { $count } payés
 } (HTG { $amount })
status-declined = { $count ->
    [one] { $count } refusé
   *[other] { $count } refusés
 } (HTG { $amount })
status-held = { $count ->
    [one] { $count } retenu, attend une personne
   *[other] { $count } retenus, attendent une personne
 } (HTG { $amount })
status-cancelled = { $count ->
    [one] { $count } annulé
   *[other] { $count } annulés
 } (HTG { $amount })

state-suspect = registre suspect
state-account-refused = compte refusé
state-equal-refusals = refus répétés
waits-suspect = le registre est peut-être plus ancien que son dernier envoi ({ $why }) ; rien n’est envoyé et aucun fichier n’est admis
waits-suspect-found = le registre est peut-être plus ancien que son dernier envoi ({ $why }) ; rien n’est envoyé et aucun fichier n’est admis. { $found }
suspect-found = MonCash a été interrogé : { $paid } paiements que ce registre ne connaît pas comme payés y sont payés (HTG { $htg }) et sont retenus, { $unknown } n’y ont pas été trouvés, { $open } n’ont pas encore de réponse certaine. Ne payez personne à la main
waits-account-refused = MonCash refuse le compte ({ $words }) ; corrigez l’identifiant ou le secret et relancez payoutd, qui les lit à son démarrage (comme service : systemctl restart payoutd)
waits-equal-refusals = MonCash a refusé de nombreux paiements de suite avec les mêmes mots ({ $words }) ; cherchez pourquoi
waits-approval = son total dépasse [approval] above

do-resume = payoutd resume --reason "…"
do-approve = payoutd approve { $batch } --reason "…"
do-release-batch = payoutd release { $batch } --reason "…"
do-release-or-cancel = payoutd release { $reference } --reason "…"  ou  payoutd cancel …
do-explain-and-resolve = payoutd explain { $reference }, puis payoutd resolve { $reference } --paid TRANSACTION | --not-paid | --ask-again

why-as-told = { $text }
why-being-cancelled = en cours d’annulation : { $reason }
why-approval = { $why } ; attend « payoutd approve { $batch } --reason … », ou une copie de reports/{ $batch }.approve.txt dans approvals/
why-held = { $held ->
    [one] { $held } paiement attend
   *[other] { $held } paiements attendent
 } une personne
why-in-doubt = { $doubt ->
    [one] { $doubt } paiement en cours ou incertain : peut-être déjà payé
   *[other] { $doubt } paiements en cours ou incertains : peut-être déjà payés
 }, MonCash est interrogé ; ne payez pas à la main
why-in-doubt-and-held = { $doubt ->
    [one] { $doubt } paiement en cours ou incertain
   *[other] { $doubt } paiements en cours ou incertains
 }, { $held ->
    [one] { $held } attend
   *[other] { $held } attendent
 } une personne

doing-stopping = arrêt : on attend la fin des appels en cours
doing-paying = { $rows ->
    [one] paiement en cours : { $rows } ligne à envoyer
   *[other] paiement en cours : { $rows } lignes à envoyer
 }
doing-asking = { $payouts ->
    [one] on interroge MonCash sur { $payouts } paiement incertain
   *[other] on interroge MonCash sur { $payouts } paiements incertains
 }
doing-nothing = rien à payer
doing-stopped = payoutd a été arrêté
doing-not-running = payoutd ne tourne pas
doing-not-running-and = payoutd ne tourne pas ; { $blocked }
doing-no-ledger = il n’y a pas encore de registre

blocked-stopped = rien n’est envoyé : { $what }
blocked-stopped-first = Rien n’est envoyé : { $what }
blocked-waiting = en attente : { $what }
blocked-waiting-first = Les paiements attendent : { $what }
blocked-money = en attente d’argent : { $what }
blocked-money-first = Les paiements attendent de l’argent : { $what }
blocked-suspect = le registre est peut-être plus ancien que son dernier envoi ({ $why }) ; une personne vérifie, puis « payoutd resume --reason … »
blocked-paused = mis en pause par { $who } ({ $reason }) ; « payoutd resume » reprend
blocked-disk = trop peu de place libre sur le disque ; faites de la place
blocked-account-refused = MonCash refuse le compte ({ $words }) ; corrigez l’identifiant ou le secret, relancez payoutd pour qu’il les lise (comme service : systemctl restart payoutd), puis « payoutd resume »
blocked-equal-refusals = MonCash a refusé de nombreux paiements de suite avec les mêmes mots ({ $words }) ; cherchez pourquoi, puis « payoutd resume --reason … »
blocked-storm = MonCash ne répond pas ; une question sans danger passe d’abord
blocked-status-blind = les réponses de MonCash sur l’état des paiements sont illisibles
blocked-throttled = MonCash a demandé moins d’appels
blocked-balance-silent = MonCash ne répond pas ; son solde est redemandé sans cesse
blocked-balance-unknown = MonCash n’a pas encore donné le solde
blocked-balance-lags = on attend que le solde de MonCash montre les derniers paiements
blocked-shortage = { $rows ->
    [one] il manque HTG { $htg } pour payer la { $rows } ligne restante
   *[other] il manque HTG { $htg } pour payer les { $rows } lignes restantes
 } ; approvisionnez le compte prépayé et payoutd continue de lui-même
blocked-hours = les paiements ont des heures, et reprennent à { $at }
why-start = pas avant { $at }

# Une alerte de rapprochement, tant que personne n'en a pris acte.
status-alarm = ALERTE : { $count ->
    [one] un rapprochement a trouvé quelque chose dont personne n’a encore pris acte (voir plus bas) ; ne payez personne à la main.
   *[other] { $count } rapprochements ont trouvé quelque chose dont personne n’a encore pris acte (voir plus bas) ; ne payez personne à la main.
 }
status-alarms = Alertes
status-alarm-file = alarms/{ $file } : lisez-la ; prenez-en acte avec payoutd reconcile --acknowledge { $file } --reason "…", ou sortez le fichier de ce dossier
status-warned = inhabituel : { $what }
