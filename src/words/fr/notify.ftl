# Ce que [notify] annonce au dehors. Français.

notice-admitted = Le lot { $batch } a été admis depuis { $file } : { $rows ->
    [one] { $rows } paiement
   *[other] { $rows } paiements
 }, HTG { $htg }.
notice-rejected = Le fichier { $file } a été rejeté et personne n’est payé avec lui. Ce qui ne va pas est écrit à côté, dans { $file }.errors.csv.
notice-waits-approval = Le lot { $batch } ({ $file }, HTG { $htg }) attend une approbation : { $why }
notice-on-hold = Le lot { $batch } ({ $file }, HTG { $htg }) est suspendu : { $why }
notice-complete = Le lot { $batch } ({ $file }) est terminé : { $rows ->
    [one] son { $rows } paiement est fait
   *[other] ses { $rows } paiements sont faits
 }, HTG { $htg }.
notice-complete-not-all = Le lot { $batch } ({ $file }) est terminé : { $paid } sur { $rows } payés, HTG { $htg } ; { $declined } refusés, { $cancelled } annulés. Le rapport dit qui n’a pas été payé.
notice-held = Dans le lot { $batch }, { $count ->
    [one] { $count } paiement attend
   *[other] { $count } paiements attendent
 } une personne. Peut-être déjà payé : ne payez pas à la main ; voyez payoutd status.
notice-held-unsent = Dans le lot { $batch }, { $count ->
    [one] { $count } paiement attend
   *[other] { $count } paiements attendent
 } une personne ; rien n’a été envoyé. Voyez payoutd status.
notice-in-doubt = Dans le lot { $batch }, { $count ->
    [one] { $count } paiement est incertain
   *[other] { $count } paiements sont incertains
 } depuis plus de { $time }, HTG { $htg }. Peut-être déjà payé : ne payez pas à la main ; payoutd continue d’interroger MonCash.
notice-alarm = ALERTE du rapprochement : { $file } se trouve dans alarms/ et personne n’en a pris acte. Ne payez personne à la main.
notice-test = Ceci est un essai des notifications de payoutd. Il ne s’est rien passé.
