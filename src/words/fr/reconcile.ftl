# Rapprochements et preuve du solde. Français.

reconcile-alarm = ALERTE : MonCash a payé { $count ->
    [one] { $count } paiement
   *[other] { $count } paiements
 } (HTG { $amount }) que le registre dit impayé. Rien n’a été changé. Ne payez pas à la main.
reconcile-alarm-balance = ALERTE : { $alarm }
reconcile-differs = Il y a des différences : { $parts }. Ne payez pas à la main.
reconcile-nothing = Il n’y a aucun paiement à comparer.
reconcile-agrees = MonCash et le registre sont d’accord sur tous les paiements : { $count ->
    [one] { $count } ligne
   *[other] { $count } lignes
 }, HTG { $amount }.
reconcile-agrees-but = { $agree } { $remark }
part-here = { $count ->
    [one] { $count } paiement payé ici et inconnu là-bas
   *[other] { $count } paiements payés ici et inconnus là-bas
 }
part-there = { $count ->
    [one] { $count } paiement payé là-bas et pas réglé ici
   *[other] { $count } paiements payés là-bas et pas réglés ici
 }
part-unanswered = { $count ->
    [one] { $count } paiement sans réponse certaine
   *[other] { $count } paiements sans réponse certaine
 }
part-statement = { $count ->
    [one] le relevé diffère sur { $count } ligne
   *[other] le relevé diffère sur { $count } lignes
 }

reconcile-of = Rapprochement : { $of }
reconcile-statement = Le relevé a { $lines ->
    [one] { $lines } ligne
   *[other] { $lines } lignes
 } ; il diffère du registre sur { $differs ->
    [one] { $differs } ligne
   *[other] { $differs } lignes
 }.
reconcile-balance = Solde
reconcile-alarms = MonCash a payé, et le registre le dit impayé :
reconcile-alarms-more = et { $count } de plus : les lignes dont le verdict est paid_there_not_here

scope-batch = lot { $batch }
scope-batch-period = lot { $batch }, premier envoi du { $from } au { $to }
scope-period = tous les paiements dont le premier envoi va du { $from } au { $to }
scope-all = tous les paiements de ce registre, du { $from } au { $to }
balance-now = Le solde maintenant : HTG { $amount } (dernière lecture de payoutd : { $before })
balance-now-first = Le solde maintenant : HTG { $amount } (dernière lecture de payoutd : aucune)
balance-unread = Le solde n’a pas pu être lu : { $why }
trouble-account = MonCash refuse le compte : { $words }
trouble-too-many = MonCash a reçu trop d’appels ; réessayez dans une minute
trouble-token = MonCash a refusé le jeton d’accès ; « payoutd doctor » cherche pourquoi
trouble-unknown = aucune réponse lisible ({ $why })

do-pay-nobody = Ne payez personne à nouveau, ni personne à la main, avant que ce soit éclairci.
do-look-up = Cherchez chacun d’eux dans le portail MonCash, et avec « payoutd explain RÉFÉRENCE ».
do-hold-against = Comparez la période indiquée avec le relevé du compte dans le portail MonCash : quelqu’un d’autre utilise peut-être le compte.
do-ask-support = paid_here_not_there : demandez au service MonCash ce qu’est devenu le numéro de transaction, avec « payoutd explain RÉFÉRENCE » comme preuve.
do-run-again = unknown : relancez « payoutd reconcile » plus tard ; payoutd règle lui-même les paiements incertains.
do-compare-statement = Les lignes où le relevé diffère le disent dans la colonne du relevé : comparez chacune avec le portail. Ne payez personne à la main avant cela.
do-file-this = Rien. Classez cette page et le CSV à côté d’elle.

advice-settles-itself = payoutd interroge encore MonCash et règle le cas lui-même ; ne payez pas à la main
advice-resolve = regardez-le avec « payoutd explain », puis « payoutd resolve » ; ne payez pas à la main
advice-do-not-release = MonCash a payé ce que le registre dit impayé : ne le libérez pas ; cherchez qui a payé ; ne payez pas à la main
advice-somebody-else = quelqu’un d’autre a payé sous cette référence : « payoutd hold » le retient, cherchez qui ; ne payez pas à la main
advice-not-again = MonCash a payé ce que le registre dit impayé : ne payez pas cette personne une seconde fois ; regardez dans le portail MonCash
advice-look = cherchez-le dans le portail MonCash ; ne changez rien avant ; ne payez pas à la main
advice-in-doubt = incertain : une seule réponse ne prouve rien ; payoutd continue de demander ; ne payez pas à la main
advice-portal = regardez dans le portail MonCash, puis « payoutd resolve » ; ne payez pas à la main
advice-later = MonCash n’a donné aucune réponse lisible : relancez le rapprochement plus tard
advice-taken-over = la référence a été admise à nouveau plus tard
advice-statement = le registre et MonCash concordent et le relevé non : comparez avec le portail ; ne payez pas à la main
advice-stranger = la ligne { $line } du relevé n’appartient à aucun paiement de cette période : « payoutd explain { $name } », puis le portail

proof-opening = Lecture d’ouverture : HTG { $amount } le { $at }
proof-paid = Payé :               HTG { $amount } (paiements : { $rows })
proof-fees = Frais :              HTG { $amount } ({ $fee })
proof-came-in = Entré :              HTG { $amount }
proof-closing = Lecture de clôture : HTG { $amount } le { $at }
proof-none = Il n’y a pas deux lectures du solde à comparer : rien n’est prouvé. payoutd lit le solde pendant qu’il paie, et une fois après.
proof-top-up = HTG { $amount } sont entrés entre { $from } et { $to } : comparez avec vos dépôts.
proof-unexplained = INEXPLIQUÉ : HTG { $amount } ont quitté le compte entre { $from } et { $to }. Paiements de cette période : { $names }
proof-no-payouts = aucun
proof-doubt = Il manque HTG { $amount } entre { $from } et { $to } ; c’est peut-être les paiements incertains (HTG { $may }). Pas prouvé tant qu’ils ne sont pas réglés.
proof-pending = Peut-être pas encore dans la dernière lecture : { $count ->
    [one] { $count } paiement
   *[other] { $count } paiements
 }, HTG { $amount } avec les frais. La prochaine lecture le prouvera.
proof-explained = Chaque centime est expliqué, sur { $count ->
    [one] { $count } intervalle entre deux lectures
   *[other] { $count } intervalles entre les lectures
 }.
proof-alarm-one = HTG { $amount } ont quitté le compte entre { $from } et { $to } sans que rien ne l’explique. Ne payez pas à la main.
proof-alarm-many = de l’argent a quitté le compte sans que rien ne l’explique, dans { $count } intervalles entre les lectures (au moins HTG { $amount }). Ne payez pas à la main.
proof-fee-learned = MonCash prélève { $fee }, et [balance] dit { $set } : corrigez fee_percent et fee_fixed, sinon le minimum n’est pas gardé.
proof-fee-suggested = Des frais de { $fee } l’expliqueraient, et [balance] dit { $set } : regardez votre contrat. Cela n’a été vu qu’une fois.
proof-in-doubt = Le solde n’est pas prouvé tant que des paiements sont incertains.
proof-more-names = et { $count } de plus
fee-nothing = rien
fee-percent = { $percent } % de chaque montant
fee-fixed = HTG { $fixed } par transfert
fee-both = { $percent } % de chaque montant et HTG { $fixed } par transfert
stretch-top-up = de l’argent est entré : ce doit être un dépôt à vous ; sinon, cherchez un paiement de ce montant qui n’a rien prélevé
stretch-in-flight = des paiements sont à cheval sur une lecture : voir la période plus large à laquelle il appartient
stretch-doubt = les paiements incertains sont peut-être la différence : réglez-les, puis relancez le rapprochement
stretch-unexplained = il est sorti plus que tout ce qui s’explique : comparez avec le relevé du compte dans le portail MonCash ; ne payez pas à la main

alarm-how = Ce fichier est l’alerte. Quand une personne a vérifié : payoutd reconcile --acknowledge { $file } --reason "…", ou sortez le fichier de ce dossier. D’ici là, STATUS.txt et le journal continuent de la signaler.
alarm-acknowledged = Pris acte le { $at } par { $who } : { $reason }
scope-daily = les paiements dont le premier envoi va du { $from } au { $to } (de lui-même, [reconcile] daily)
scope-monthly = les paiements dont le premier envoi va du { $from } au { $to } (de lui-même, [reconcile] monthly)

reconcile-heading-ledger-status = statut_du_registre
reconcile-heading-moncash-status = statut_moncash
reconcile-heading-verdict = verdict
reconcile-heading-advice = conseil
reconcile-heading-statement = relevé
reconcile-heading-asked-at = interrogé_le
balance-heading-kind = genre
balance-heading-from = du
balance-heading-to = au
balance-heading-opening = solde_ouverture
balance-heading-rows = lignes
balance-heading-paid = payé
balance-heading-fees = frais
balance-heading-top-up = approvisionnement
balance-heading-closing = solde_clôture
balance-heading-difference = différence
balance-heading-may-rows = lignes_possibles
balance-heading-may-have-left = sorties_possibles
balance-heading-payouts = paiements
