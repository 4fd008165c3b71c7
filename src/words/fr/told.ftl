# Phrases écrites en anglais là où elles sont dites, et reconnues ici. Voir src/words/told.rs. Français.

told-paused = en pause : aucun nouveau Transfert n’est envoyé ; { $doubt } paiements sont incertains, et MonCash est toujours interrogé à leur sujet
told-resumed = reprise ; ceci ne retient plus rien : { $parts }
told-the-pause = la pause
told-the-account = l’arrêt après le refus du compte par MonCash
told-the-refusals = l’arrêt après des refus répétés
told-the-suspicion = l’arrêt d’un registre peut-être ancien
told-distrusted = rien n’est envoyé ; MonCash est interrogé sur chaque paiement en cours ; « payoutd resume » une fois qu’une personne a vérifié
told-batch-approved-on-hold = le lot { $batch } est approuvé et reste retenu : rien ne part avant qu’il soit libéré
told-batch-approved = le lot { $batch } est approuvé : { $queued ->
    [one] { $queued } paiement part
   *[other] { $queued } paiements partent
 }
told-batch-held = le lot { $batch } est retenu : { $queued } paiements attendent ; { $doubt } étaient déjà envoyés, et MonCash est interrogé à leur sujet ; { $paid } sont payés
told-batch-released-unapproved = le lot { $batch } est libéré et attend toujours une approbation : rien ne part avant elle
told-batch-released = le lot { $batch } est libéré : { $queued ->
    [one] { $queued } paiement part
   *[other] { $queued } paiements partent
 }
told-batch-cancelled = le lot { $batch } est en cours d’annulation : { $queued } paiements sont arrêtés ; n’ont pas pu être arrêtés : { $doubt } incertains (annulés si MonCash prouve qu’ils ne sont pas payés), { $held } retenus, { $paid } payés
told-held-in-doubt = { $reference } était déjà envoyé et reste incertain : MonCash est interrogé, mais rien n’est renvoyé tant que la retenue dure
told-payout-held = { $reference } est retenu : rien n’est envoyé pour lui jusqu’à « payoutd release »
told-payout-released = { $reference } est libéré
told-cancelled-in-doubt = { $reference } était déjà envoyé et n’a pas pu être arrêté : il n’est jamais renvoyé, et est annulé dès que MonCash prouve qu’il n’est pas payé ; ne payez pas à la main
told-payout-cancelled = { $reference } est annulé : rien n’a été envoyé pour lui
told-recorded-paid = { $reference } est inscrit comme payé par la transaction { $transaction }
told-asked-again = { $reference } est de nouveau incertain : MonCash est interrogé
told-payout-is = { $reference } est { $state }

told-suspicion-unseen = rien n’a repris : ce registre est peut-être plus ancien que son dernier envoi ({ $what }), et vous ne l’aviez pas vu ; regardez, puis donnez l’ordre à nouveau
told-nothing-stopped = rien n’était arrêté : il n’y a rien à reprendre
told-needs-target = cet ordre doit nommer un lot ou une référence
told-no-batch = ce lot n’existe pas
told-transaction-used = la transaction { $transaction } a déjà payé { $other } : rien n’a été fait ; cherchez encore dans le portail MonCash celle qui a payé { $reference }
told-same-eyes = le lot { $batch } a été déposé par le même utilisateur (uid { $number }) : [approval] four_eyes demande une autre personne que celle qui a déposé le lot
told-no-dropper = on ne peut pas dire qui a déposé le lot { $batch } (son fichier appartenait à l’utilisateur de payoutd, ou à personne) : [approval] four_eyes demande une autre personne que celle qui a déposé le lot ; annulez-le, et déposez-le de nouveau comme fichier de votre propre utilisateur
told-no-approver = on ne peut pas dire qui approuve le lot { $batch } (l’utilisateur de payoutd, ou personne) : [approval] four_eyes demande une autre personne que celle qui a déposé le lot
told-batch-moved = le lot { $batch } était { $seen } quand vous avez regardé et il est { $state } maintenant : rien n’a été fait ; regardez de nouveau et donnez l’ordre à nouveau
told-batch-over = le lot { $batch } est { $state } : on ne peut plus rien ordonner à son sujet
told-not-awaited = le lot { $batch } n’attend pas d’approbation
told-on-hold-already = le lot { $batch } est déjà retenu
told-not-on-hold = le lot { $batch } n’est pas retenu ; un paiement qui attend une personne se libère ou se règle par sa référence
told-cancelled-already = le lot { $batch } est déjà en cours d’annulation
told-not-of-batch = « { $verb } » concerne une référence, pas un lot
told-payout-moved = { $reference } était { $seen } quand vous avez regardé et il est { $state } maintenant (ou MonCash a répondu depuis) : rien n’a été fait ; regardez de nouveau et donnez l’ordre à nouveau
told-never-released = { $reference } est peut-être déjà payé : « release » ne touche jamais à l’incertain ; ne payez pas à la main ; regardez dans le portail MonCash, puis « payoutd resolve »
told-never-cancelled = { $reference } est peut-être déjà payé et ne peut pas être annulé ; ne payez pas à la main : regardez dans le portail MonCash, puis « payoutd resolve »
told-paid-elsewhere = MonCash a dit que { $reference } est payé, avec un autre bénéficiaire, un autre montant ou une autre transaction ; redemander n’y change rien : regardez dans le portail MonCash, puis « payoutd resolve { $other } --paid TRANSACTION » ou « --not-paid » ; ne payez pas à la main
told-may-land = { $reference } est peut-être encore en chemin : son appel est ouvert ou dans le délai [safety] grace ; rien n’a été fait ; donnez l’ordre à nouveau plus tard
told-never-sent = rien n’a jamais été envoyé pour { $reference } : « payoutd release » l’envoie, « payoutd cancel » y met fin
told-still-asking = { $reference } est incertain et payoutd interroge encore MonCash : attendez qu’il soit réglé ou retenu ; ne payez pas à la main
told-cannot-be-done = « { $verb } » n’est pas possible pour { $reference }, qui est { $state }
told-is-now = { $reference } est { $state } maintenant : rien n’a été fait
told-moved-meanwhile = { $reference } a bougé pendant que MonCash était interrogé : rien n’a été fait ; regardez de nouveau et donnez l’ordre à nouveau
told-is-paid = MonCash dit que { $reference } est payé : rien n’a été fait ; « payoutd resolve { $other } --paid TRANSACTION » l’inscrit
told-no-answer = MonCash n’a pas donné de réponse certaine sur { $reference } ({ $answer }) : rien n’a été fait ; donnez l’ordre à nouveau plus tard

told-repeats = il reprend { $reference }
told-transaction = transaction { $transaction }
told-transaction-known = la transaction { $transaction } est déjà celle du paiement { $number }
told-refused-and-successful = Transfert l’a refusé, et l’appel d’état le dit payé
told-no-transaction = sans numéro de transaction
told-other-receiver = bénéficiaire { $receiver } au lieu de { $wanted }
told-no-receiver = sans bénéficiaire lisible
told-other-amount = montant { $amount } au lieu de { $wanted }
told-no-amount = sans montant lisible

told-hold-of-guard = { $what } ; si c’est juste, « payoutd release »
told-pays-again = 1 ligne paie la même personne du même montant qu’un autre lot des derniers temps ({ $within }) : { $rows }
told-pay-again = { $count } lignes paient la même personne du même montant qu’un autre lot des derniers temps ({ $within }) : { $rows }
told-row-again = ligne { $line } ({ $reference }) : { $other } du { $day }, lot { $batch }, { $became }
told-and-more = et { $more } de plus

told-strange-batch = accepted/ ou reports/ contiennent un fichier du lot { $batch }, et { $what }
told-no-batch-at-all = ce registre n’a aucun lot
told-no-number-after = ce registre n’a donné aucun numéro après { $batch }
told-summary-elsewhere = le résumé du lot { $batch } dans reports/ parle de l’événement { $number }, que ce registre n’a pas

told-cannot-look = ne peut pas être regardé : { $error }
told-no-right = est fermé à payoutd : copiez-le ici encore une fois (ne le déplacez pas), ou lancez  chmod g+r  sur ce fichier
told-link = est un lien, et les liens ne sont pas suivis : copiez ici le fichier lui-même
told-no-file = est { $what }, pas un fichier
told-copy-file = est { $what } : copiez ici le fichier lui-même
told-a-link = un lien
told-a-folder = un dossier
told-a-pipe = un tube
told-a-device = un périphérique ou une prise
told-second-name = a un second nom (un lien physique) sous lequel il pourrait encore changer : copiez plutôt le fichier ici
told-open-elsewhere = attend : il est ouvert dans un tableur ({ $file } se trouve à côté) ; fermez-le
told-unfinished-name = attend : un nom qui commence par . ou ~ est un travail en cours ; renommez-le
told-other-name = est laissé là : seuls les noms en .csv, .xlsx ou .ods sont pris
told-not-taken = n’a pas pu être pris : { $error }
told-not-read-now = a été pris avant le dernier arrêt et ne peut plus être lu : { $error }
