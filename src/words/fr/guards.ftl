# guards, in French. See src/words/mod.rs.

guard-above = les lots admis ce jour-là s’élèvent ensemble à HTG { $found }, au-dessus de [approval] above (HTG { $limit })
guard-same-number = { $rows ->
    [one] { $rows } numéro figure sur plus d’une ligne
   *[other] { $rows } numéros figurent sur plus d’une ligne
 }
guard-same-amount = { $rows ->
    [one] { $rows } ligne paie à un numéro le même montant qu’une ligne précédente
   *[other] { $rows } lignes paient à un numéro le même montant qu’une ligne précédente
 }
guard-missing = { $rows ->
    [one] { $rows } personne payée lors de la dernière paie ({ $batches }) ne figure pas dans celle-ci
   *[other] { $rows } personnes payées lors de la dernière paie ({ $batches }) ne figurent pas dans celle-ci
 }
guard-new-people = { $rows ->
    [one] { $rows } ligne concerne un numéro qui n’a jamais été payé
   *[other] { $rows } lignes concernent des numéros qui n’ont jamais été payés
 }
guard-changed-number = { $rows ->
    [one] { $rows } personne a un autre numéro que lors de la dernière paie ({ $batches })
   *[other] { $rows } personnes ont un autre numéro que lors de la dernière paie ({ $batches })
 }
guard-changed-amount = { $rows ->
    [one] { $rows } ligne est plus de { $factor } fois supérieure ou inférieure à la dernière paie ({ $batches })
   *[other] { $rows } lignes sont plus de { $factor } fois supérieures ou inférieures à la dernière paie ({ $batches })
 }
guard-period = sa ligne « # period: » indique { $said }, alors qu’il serait payé en { $month }
guard-over-wallet = { $rows ->
    [one] { $rows } numéro reçoit plus qu’un portefeuille ne peut contenir (HTG { $limit })
   *[other] { $rows } numéros reçoivent plus qu’un portefeuille ne peut contenir (HTG { $limit })
 }
guard-shortfall = il manque HTG { $missing } pour le payer avec ses frais (HTG { $needed }), après ce qui est en attente avant lui
guard-many-zero = { $rows ->
    [one] { $rows } ligne sur { $all } a un montant de zéro et est laissée de côté
   *[other] { $rows } lignes sur { $all } ont un montant de zéro et sont laissées de côté
 }
guard-new-layout = personne n’a jamais été payé par ces colonnes : { $columns }
guard-changed-layout = ces personnes ont été payées la dernière fois par d’autres colonnes ({ $before }), et maintenant par { $columns }
guard-open-end = la dernière ligne du fichier n’a pas de fin, et rien dans le fichier ne montre qu’elle est complète
guard-more = et { $rows } de plus
guard-row-same-number = ligne { $line } ({ $who }) vers { $receiver }, après la ligne { $earlier }
guard-row-same-number-twice = ligne { $line } ({ $who }), HTG { $amount }, vers { $receiver }, après la ligne { $earlier } ({ $before }), HTG { $paid }
guard-row-missing = { $who }, { $receiver }, HTG { $amount } (ligne { $line } de ce fichier-là)
guard-row-changed = ligne { $line } ({ $who }) : { $is } au lieu de { $was }
guard-row-over-wallet = ligne { $line } ({ $who }), { $receiver } : HTG { $sum } au total
guard-row-new = ligne { $line } ({ $who }), { $receiver } : HTG { $amount }
guard-row-layout = ligne { $line } ({ $who }) : HTG { $is } maintenant, HTG { $was } la dernière fois
guard-row-open-end = ligne { $line } : { $who }, { $receiver }, HTG { $amount } : est-ce complet ? Approuvez si oui ; sinon, annulez et déposez le fichier complet
guard-told = { $what } : { $rows }
guard-listed = { $before } ; { $next }
pay-on-past = Ce jour est passé (nous sommes le { $today }) : personne n’est payé par ce fichier. Écrivez la date d’aujourd’hui ou une date ultérieure, ou supprimez la ligne pour payer tout de suite.
pay-on-far = Ce jour est dans plus d’un an : une autre année était-elle voulue ?
preview-ready = PRÊT : { $rows ->
    [one] { $rows } ligne
   *[other] { $rows } lignes
 }, HTG { $htg } : ce fichier serait pris et payé. Rien n’a été payé maintenant.
preview-ready-but = REGARDEZ D’ABORD : { $rows ->
    [one] { $rows } ligne
   *[other] { $rows } lignes
 }, HTG { $htg } : ce fichier serait pris et payé, mais il contient quelque chose d’inhabituel. Rien n’a été payé maintenant.
preview-approval = ATTENDRAIT UNE APPROBATION : { $rows ->
    [one] { $rows } ligne
   *[other] { $rows } lignes
 }, HTG { $htg }. Rien n’a été payé maintenant.
preview-held = SERAIT SUSPENDU jusqu’à ce qu’une personne ait regardé : { $rows ->
    [one] { $rows } ligne
   *[other] { $rows } lignes
 }, HTG { $htg }. Rien n’a été payé maintenant.
preview-rejected = SERAIT REJETÉ, et personne ne serait payé par ce fichier : { $problems ->
    [one] { $problems } problème
   *[other] { $problems } problèmes
 } dans { $rows ->
    [one] { $rows } ligne
   *[other] { $rows } lignes
 }.
preview-holds = [{ $guard }] { $what }. Il attendrait une personne.
preview-warns = [{ $guard }] { $what }.
preview-short = [{ $guard }] { $what } ; payoutd paierait ce qu’il peut, puis attendrait l’argent.
preview-pay-on = Rien n’en serait payé avant le { $day }.
preview-next = Pour le payer, déplacez le fichier dans le dossier batches/inbox/.
preview-correct = Corrigez cela et enregistrez de nouveau le fichier : cette page se renouvelle toute seule.
preview-asking = MonCash est interrogé sur chaque numéro ; cette page se renouvelle quand il a répondu.
preview-asked-some = Seuls les { $receivers } premiers numéros ont fait l’objet d’une question.
preview-when = { $file }, examiné le { $at }
control-period-unclear = Ce qui suit « # period: » n’est pas un mois : écrivez # period: 2026-07
control-pay-on-unclear = Ce qui suit « # pay on: » n’est pas un jour : écrivez # pay on: 2026-07-30
preview-problem = ligne { $place } [{ $code }] : { $what }
guard-paid-already = { $rows ->
    [one] { $rows } ligne paie
   *[other] { $rows } lignes paient
 } la même personne du même montant qu’un autre lot { $within }
within-days = { $days ->
    [one] de la dernière journée
   *[other] des { $days } derniers jours
 }
guard-row-paid-already = ligne { $line } ({ $who }) : { $other } du { $day }, lot { $batch }, { $became }
became-paid-again = { $status }, et repris par une ligne plus récente
became-perhaps-paid = { $status }, mais peut-être payé
hold-paid-already = { $what } ; si c’est juste, « payoutd release »
listed-parts = { $before }, { $next }
within-time = des dernières { $time }
