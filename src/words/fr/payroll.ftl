# payroll, in French. See src/words/mod.rs.

# Le fichier dans son ensemble.

file-empty = Le fichier est vide : a-t-il été enregistré ou copié jusqu’au bout ?
file-unreadable = Le fichier n’a pas pu être lu jusqu’au bout ({ $error }) : copiez-le de nouveau et déposez-le encore une fois.
file-is-old-workbook = Ceci est un ancien classeur Excel. Enregistrez la feuille au format « CSV UTF-8 » et déposez ce fichier-là.
file-has-password = Ceci est un classeur protégé par un mot de passe. Dans Excel, retirez-le (Fichier, Informations, Protéger le classeur, Chiffrer avec mot de passe : videz le champ), enregistrez et déposez de nouveau.
file-is-compound = Ce n’est ni un CSV ni un classeur lisible : un classeur protégé par un mot de passe, un ancien classeur Excel ou le document d’un autre programme. Ouvrez-le dans Excel, retirez son mot de passe s’il en a un, enregistrez-le en classeur (.xlsx) ou au format « CSV UTF-8 » et déposez ce fichier-là.
file-is-html = Ceci est une page HTML, quelle que soit la fin de son nom : des portails exportent de tels fichiers en .xls. Ouvrez-le dans Excel, enregistrez-le en classeur (.xlsx) ou au format « CSV UTF-8 » et déposez ce fichier-là.
file-is-xml = Ceci est un fichier XML, comme « Feuille de calcul XML 2003 » d’Excel. Ouvrez-le dans Excel, enregistrez-le en classeur (.xlsx) ou au format « CSV UTF-8 » et déposez ce fichier-là.
file-is-pdf = Ceci est un PDF. Enregistrez la feuille au format « CSV UTF-8 » et déposez ce fichier-là.
file-is-compressed = Ceci est un fichier compressé. Enregistrez la feuille au format « CSV UTF-8 » et déposez ce fichier-là.
file-holds-nul = Le fichier contient des octets qu’aucun texte ne contient (NUL) : il est endommagé, en UTF-16 sans sa marque, ou ce n’est pas un CSV. Enregistrez la feuille au format « CSV UTF-8 » et déposez ce fichier-là.
line-holds-nul = Le fichier contient des octets qu’aucun texte ne contient (NUL) : il est endommagé ou ce n’est pas un CSV. Enregistrez la feuille au format « CSV UTF-8 » et déposez ce fichier-là.
encoding-mixed = Les lettres du fichier ne sont pas toutes écrites de la même façon : certaines sont en UTF-8, et voici l’octet { $byte }, qui ne l’est pas ; des noms accentués seraient faux. Deux fichiers ont peut-être été réunis. Enregistrez la feuille au format « CSV UTF-8 » et déposez ce fichier-là.
byte-without-letter = Le fichier n’est ni en UTF-8 ni en Windows-1252 : l’octet { $byte } de cette ligne n’y est aucune lettre. Enregistrez la feuille au format « CSV UTF-8 » et déposez ce fichier-là.
letters-mac-roman = Les lettres du fichier ne sont pas celles de Windows : elles semblent être en MacRoman, comme Excel pour Mac les écrit, et les noms seraient faux, comme ici. Dans Excel, ouvrez votre propre classeur (pas ce fichier), enregistrez-le au format « CSV UTF-8 » et déposez ce fichier-là, ou déposez le classeur (.xlsx) lui-même.
letters-cp850 = Les lettres du fichier ne sont pas celles de Windows : elles semblent être en CP850, comme « CSV (MS-DOS) » les écrit, et les noms seraient faux, comme ici. Dans Excel, ouvrez votre propre classeur (pas ce fichier), enregistrez-le au format « CSV UTF-8 » et déposez ce fichier-là, ou déposez le classeur (.xlsx) lui-même.
letters-of-old = Les lettres du fichier ne sont pas celles de Windows : elles semblent être en MacRoman ou en CP850 (un ancien Mac ou un programme MS-DOS), et les noms seraient faux, comme ici. Dans Excel, ouvrez votre propre classeur (pas ce fichier), enregistrez-le au format « CSV UTF-8 » et déposez ce fichier-là, ou déposez le classeur (.xlsx) lui-même.
utf-16-damaged = Le fichier est en UTF-16 et il est endommagé à cette ligne. Enregistrez la feuille au format « CSV UTF-8 » et déposez ce fichier-là.
too-many-lines = Le fichier a plus de { $most } lignes : partagez-le en plusieurs fichiers.
line-too-long = Cette ligne dépasse { $most } Kio, ce n’est donc guère une feuille de paie : enregistrez de nouveau la feuille en CSV.
no-rows = Le fichier a un en-tête mais aucune ligne de paie : a-t-il été enregistré ou copié jusqu’au bout ?
no-rows-but-zero = Toutes les lignes ont un montant de zéro et sont laissées de côté ([intake] zero) : il n’y a personne à payer. Est-ce la bonne colonne, et ses formules étaient-elles calculées avant l’enregistrement ?
half-file = La dernière ligne n’a pas de fin de ligne : il manque peut-être une partie du fichier ; copiez de nouveau le fichier ou, s’il est complet, ouvrez-le et terminez la dernière ligne par la touche Entrée.
half-file-reference = La dernière ligne n’a pas de fin de ligne, et sa dernière cellule est une référence qui est peut-être coupée ; copiez de nouveau le fichier ou, s’il est complet, ouvrez-le et terminez la dernière ligne par la touche Entrée.
half-file-amount = La dernière ligne n’a pas de fin de ligne, et sa dernière cellule est un montant qui est peut-être coupé ; copiez de nouveau le fichier ou, s’il est complet, ouvrez-le et terminez la dernière ligne par la touche Entrée, ou ajoutez une ligne comme # total: 123456.50.
batch-amount-too-large = Les lignes font { $amount } HTG, plus que les { $limit } HTG qu’un fichier peut ordonner (max_batch_amount) : partagez le fichier ou faites relever la limite.

# Les lignes qui contrôlent le fichier.

control-total-unclear = Le montant après « # total: » n’est pas clair : écrivez # total: 123456.50
control-rows-unclear = Ce qui suit « # rows: » n’est pas un nombre : écrivez # rows: 250
control-unknown = Cette ligne semble destinée à contrôler le fichier, mais elle n’est pas connue : écrivez # total: 123456.50, # rows: 250, # period: 2026-07 ou # pay on: 2026-07-30, ou supprimez-la.
control-contradicts = Cette ligne contredit la ligne { $line } : corrigez l’une des deux.
control-line-place = Une ligne qui commence par # se trouve entre les lignes de paie : sa place est avant l’en-tête ou après la dernière ligne. Déplacez-la ou supprimez-la.
rows-differ = Cette ligne annonce { $said } lignes et le fichier en a { $rows } : il en manque ou il y en a trop ; copiez de nouveau le fichier ou corrigez cette ligne.
total-differs = Cette ligne annonce { $said } HTG et les lignes font { $total } HTG : une ligne manque, est en double ou a été modifiée ; copiez de nouveau le fichier ou corrigez cette ligne.
total-nameless = Cette ligne a un montant et rien d’autre : si c’est le total de la feuille, écrivez TOTAL dans sa première cellule ; si quelqu’un doit être payé, écrivez la référence et le numéro.
total-with-receiver = Cette ligne s’appelle total et donne un numéro de portefeuille : si c’est le total de la feuille, videz le numéro ; si quelqu’un doit être payé, donnez à la ligne une référence à elle.
total-between-rows = Une ligne qui en additionne d’autres se trouve entre les lignes de paie : seule la dernière ligne peut être un total. Supprimez les sous-totaux.
row-other-currency = Cette ligne est en « { $text } » (colonne « { $column } »), et seules des gourdes sont payées : un dollar, américain ou haïtien, n’est jamais une gourde. Écrivez le montant en gourdes, ou payez cette personne autrement ; les autres lignes sont dans rejected/, dans un fichier à part.
row-other-way = Cette ligne se paie par « { $text } » (colonne « { $column } »), pas par MonCash. Retirez-la de la feuille ; les autres lignes sont dans rejected/, dans un fichier à part.
row-bank = Cette ligne se paie par une banque (colonne « { $column } »), pas par MonCash, puisque d’autres cellules de la colonne sont vides. Retirez-la de la feuille ; les autres lignes sont dans rejected/, dans un fichier à part.
row-not-to-pay = Cette ligne dit « { $text } » (colonne « { $column } ») : elle n’est pas à payer. Retirez-la de la feuille ; les autres lignes sont dans rejected/, dans un fichier à part.
row-mark-empty = La cellule de la colonne « { $column } » est vide, et d’autres lignes disent autre chose que { $usual } : remplissez-la.
row-mark-unknown = Ce qui se trouve dans la colonne « { $column } » n’est pas compris : écrivez { $usual }, ou retirez la ligne de la feuille.
row-mark-many = Trop de cellules de la colonne « { $column } » sont vides ou ne sont pas comprises : remplissez la colonne.
row-usual-gourdes = HTG
row-usual-moncash = MonCash
row-usual-to-pay = « à payer »
signature-line = Cette ligne n’a ni numéro de portefeuille, ni montant, ni référence : si c’est une signature ou une note, mettez au-dessus d’elle une ligne TOTAL (le mot TOTAL, et la somme dans la colonne des montants) ou supprimez-la ; si quelqu’un doit être payé, remplissez la ligne.
filled-between = À partir d’ici, { $lines ->
    [one] { $lines } ligne n’a
   *[other] { $lines } lignes n’ont
 } ni portefeuille, ni nom, ni montant, et la ligne { $row }, plus bas, est une ligne de paie : supprimez ces lignes, ou remplissez-les s’il y manque quelqu’un.

# L’en-tête.

header-missing = Aucune ligne ne nomme les colonnes : il faut un en-tête, par exemple référence;téléphone;montant.
header-quotes = Un guillemet (") de l’en-tête n’est pas fermé, ou du texte suit un guillemet fermant : corrigez-le.
above-header-wallet = Cette ligne se trouve au-dessus de l’en-tête (ligne { $header }) et contient un numéro de portefeuille : si quelqu’un doit être payé par elle, déplacez-la sous l’en-tête ; sinon, écrivez le numéro avec un mot dans la même cellule, par exemple « Tél. 37007294 », ou videz la cellule.
above-header-amount = Cette ligne se trouve au-dessus de l’en-tête (ligne { $header }) et contient, dans la colonne des montants, ce qui peut être un montant : si quelqu’un doit être payé par elle, déplacez-la sous l’en-tête ; sinon, mettez cette cellule dans une autre colonne, ou videz-la.
too-many-columns = L’en-tête a plus de { $most } colonnes en plus de celles que payoutd connaît : supprimez celles dont une paie n’a pas besoin.
column-name = Le nom de la colonne { $column } a des caractères invisibles ou plus de { $longest } caractères : renommez-la.
report-file = C’est un rapport de payoutd, qui dit qui a été payé ; personne n’est payé d’après lui. Pour payer à nouveau ceux qui n’ont certainement pas été payés, déposez le fichier de reprise qui se trouve à côté du rapport (NOM.LOT.retry.csv) ; pour une nouvelle paie, partez de votre propre fichier.
column-twice = Les colonnes { $first } et { $second } ont le même nom : gardez-en une seule ou renommez l’une d’elles.
column-ambiguous = Les colonnes « { $first } » et « { $second } » pourraient toutes deux être celle de « { $column } » : renommez celle qui ne l’est pas, ou inscrivez la bonne dans la configuration ([columns] { $column }).
column-set-missing = La configuration prend « { $column } » dans la colonne « { $name } » ([columns] { $column }), et le fichier n’a pas cette colonne : aucune autre n’est prise à sa place. Cherchez une faute d’orthographe dans l’en-tête, ou inscrivez dans la configuration le nom que la colonne porte ici.
cell-empty = rien
cell-text = « { $text } »
column-asks-amount = Quelle colonne faut-il payer ? La ligne { $line } a { $one } sous « { $first } » et { $two } sous « { $second } ». Renommez la colonne qui contient ce que chaque personne doit recevoir « Net à payer MonCash », enregistrez le fichier et déposez-le de nouveau.
column-asks-adjustment = « { $first } » est-il avant ou après « { $second } » ? La ligne { $line } a { $one } sous « { $first } » et { $two } sous « { $second } ». Renommez la colonne qui contient ce que chaque personne doit recevoir, tout retenu et ajouté, « Net à payer MonCash » (ajoutez-la si elle manque), enregistrez le fichier et déposez-le de nouveau.
column-asks-wallet = Quel numéro faut-il payer ? La ligne { $line } a { $one } sous « { $first } » et { $two } sous « { $second } ». Renommez la colonne qui contient les numéros MonCash « Numéro MonCash », enregistrez le fichier et déposez-le de nouveau.
column-asks-two-wallets = Quel numéro faut-il payer ? La ligne { $line } a { $one } sous « { $first } » et { $two } sous « { $second } », et les deux noms disent que ce sont des comptes MonCash. Renommez la colonne qu’il ne faut pas payer « Contact », enregistrez le fichier et déposez-le de nouveau.
column-asks-hidden = La ligne { $line } a { $one } sous « { $first } » et { $two } dans la colonne « { $second } », qui est masquée : laquelle faut-il payer ? Supprimez la colonne masquée, ou affichez-la (sélectionnez les colonnes de chaque côté, clic droit, Afficher) et renommez celle qu’il faut payer ; enregistrez le fichier et déposez-le de nouveau.
column-missing = L’en-tête ne nomme pas { $columns } : l’une des 20 premières lignes doit nommer une référence, un téléphone et un montant ; d’autres noms se règlent dans la configuration, [columns].
column-missing-not-that = L’en-tête ne nomme pas { $columns }. « { $other } » n’est pas pris pour cela : un compte peut être bancaire, et un matricule est le même chaque mois. Nommez les colonnes référence, téléphone et montant, ou réglez-les dans la configuration, [columns].
built-column-missing = La configuration compose les références à partir d’une colonne « { $column } » ([columns] reference), et le fichier n’a pas cette colonne : ajoutez-la, ou donnez au fichier une colonne de références.
built-from-place = Une référence n’est jamais composée du rang d’une ligne ni du nom d’un fichier, et le fichier n’a pas de colonne « { $column } » : une feuille triée, ou enregistrée sous un autre nom, paierait tout le monde une seconde fois. Composez-les de colonnes qui restent, par exemple {"{"}matricule{"}"}-{"{"}periode{"}"}.

# Une ligne.

line-quotes = Un guillemet (") de cette ligne n’est pas fermé, ou du texte suit un guillemet fermant : écrivez "" pour un guillemet à l’intérieur d’une cellule, et fermez chaque cellule.
cells-missing = La ligne a { $has } cellules et l’en-tête { $wants } : il manque une cellule ; laissez-la vide mais gardez sa place.
cells-missing-where = La ligne a { $has } cellules et l’en-tête { $wants }, et rien ne dit lesquelles manquent : le montant est peut-être celui de la colonne suivante. Enregistrez la feuille en classeur (.xlsx) et déposez celui-ci, ou écrivez quelque chose dans la dernière colonne de chaque ligne.
cells-extra = La ligne a { $has } cellules et l’en-tête { $wants } : mettez entre guillemets un texte qui contient le séparateur, et aussi un montant à virgule décimale.
column-unnamed = La colonne { $column } n’a pas de nom dans l’en-tête mais contient quelque chose ici : nommez-la ou videz-la.
cell-too-long = Le texte a plus de { $longest } caractères : raccourcissez-le.
control-character = La cellule contient un caractère invisible : { $character } ({ $code }), son caractère numéro { $place }. Effacez le texte et tapez-le de nouveau ; ne le collez pas.
hidden-tab = une tabulation
hidden-line-end = un saut de ligne
hidden-hyphen = un trait d’union conditionnel
hidden-space = une espace sans chasse
hidden-byte-order = une marque d’ordre des octets
hidden-joiner = un liant sans chasse
hidden-direction = une marque du sens de lecture
hidden-control = un caractère de commande
spreadsheet-error = Le tableur n’a pas pu calculer cette cellule : corrigez la formule ou écrivez la valeur elle-même.
column-too-narrow = La colonne était trop étroite quand la feuille a été exportée, et ### a pris la place de ce qu’elle contenait. Dans Excel, élargissez la colonne (double-clic sur son bord droit) et exportez de nouveau.
scientific-notation = Ce nombre est en notation scientifique et des chiffres ont pu être perdus : mettez la colonne au format texte (pas nombre) et écrivez de nouveau le nombre.

# Les références.

reference-missing = La référence est vide : chaque ligne a besoin de la sienne.
reference-part-missing = La cellule « { $column } » est vide, et la référence en est composée : remplissez-la.
reference-too-long = La référence a plus de 40 caractères : changez-la, par exemple en 2026-07-EMP0012.
reference-characters = La référence ne peut contenir que A-Z a-z 0-9 . _ : / - : changez-la, par exemple en 2026-07-EMP0012.
reference-ends = La référence doit commencer et finir par une lettre ou un chiffre : changez-la, par exemple en 2026-07-EMP0012.
reference-twice = Cette référence se trouve déjà à la ligne { $line } (majuscules et zéros de tête ne comptent pas) : donnez à chaque ligne la sienne, ou supprimez la ligne si elle a été saisie deux fois.
retry-of-invalid = retry_of doit être la référence du paiement que l’on refait, ou rester vide.
retry-of-itself = retry_of donne la référence de la ligne elle-même : un paiement que l’on refait a besoin d’une nouvelle référence, par exemple l’ancienne suivie de .r2.

# Les numéros.

receiver-missing = Le numéro est vide : écrivez les huit chiffres du portefeuille, par exemple 37007294.
receiver-cut-after-509 = Ceci commence par l’indicatif 509 et n’a que 8 chiffres : il en manque ; écrivez 509 et huit chiffres.
receiver-zero = Aucun numéro de portefeuille ne commence par 0 : écrivez ses huit chiffres, par exemple 37007294.
receiver-commas = Le format de nombre de la colonne sépare les milliers par des virgules, ce qu’aucun numéro de téléphone n’a. Dans Excel, mettez la colonne au format Texte ou au format 0 (Format de cellule) et enregistrez de nouveau.
receiver-no-number = Ce n’est pas un numéro de portefeuille : écrivez huit chiffres, par exemple 37007294, ou 509 et huit chiffres.
receiver-short = Ce n’est pas un numéro de portefeuille (il a { $digits } chiffres) : écrivez huit chiffres, par exemple 37007294. Un tableur supprime les zéros quand la colonne n’est pas au format texte.
receiver-invalid = Ce n’est pas un numéro de portefeuille (il a { $digits } chiffres) : écrivez huit chiffres, par exemple 37007294, ou 509 et huit chiffres.
reference-date = Le tableur a changé la référence en date : mettez la colonne au format texte et écrivez de nouveau la référence, telle qu’elle était dans le fichier d’avant.
reference-part-date = Le tableur a changé en date la cellule de la colonne { $column }, dont la référence est faite : elle s’affiche autrement sur une autre machine et donnerait une autre référence. Mettez la colonne au format texte et écrivez-la de nouveau, par exemple 2026-07.
receiver-date = Le tableur a changé le numéro en date : mettez la colonne au format texte et écrivez de nouveau le numéro, par exemple 37007294.

# Les montants.

amount-missing = Le montant est vide : écrivez-en un, par exemple 1250,00, ou supprimez la ligne.
amount-beyond = Le montant dépasse tout ce qui peut être payé.
amount-above = Le montant dépasse { $most } HTG, le maximum d’un paiement (max_amount).
amount-below = Le montant est inférieur à { $least } HTG, le minimum d’un paiement (min_amount).
amount-not-positive = Le montant n’est pas supérieur à zéro : écrivez ce qui est à payer, ou supprimez la ligne.
amount-too-precise = Le montant a plus de deux décimales : arrondissez-le au centime, par exemple 1250,75.
amount-cut-by-comma = Le montant { $amount } et le { $behind } qui le suit peuvent être un seul montant à virgule décimale, coupé en deux parce que des virgules séparent les cellules : écrivez { $amount }.{ $behind }, ou, si ce n’est pas un seul montant, { $amount }.00.
amount-cut-thousands = Le montant { $amount } et le { $behind } qui le suit peuvent être un seul montant, coupé en deux parce que des virgules séparent les cellules : écrivez { $whole } si c’en est un seul, sinon { $amount }.00.
amount-two-ways-comma = Le montant peut se lire de deux façons : écrivez { $amount } si la virgule sépare les milliers. Aucun autre montant du fichier ne montre ce qui est voulu.
amount-two-ways-point = Le montant peut se lire de deux façons : écrivez { $amount } si le point sépare les milliers, sinon arrondissez-le à deux décimales. Aucun autre montant du fichier ne montre ce qui est voulu.
amount-style-comma = Ce montant a une virgule avant les centimes et la ligne { $line } montre un point : écrivez tous les montants du fichier de la même façon.
amount-style-point = Ce montant a un point avant les centimes et la ligne { $line } montre une virgule : écrivez tous les montants du fichier de la même façon.
amount-unproved = Le fichier a été modifié pendant sa lecture, et ses montants ne sont plus sûrs : personne n’est payé à partir de lui. Déposez-le de nouveau quand il est complet.
amount-not-plain = Ce n’est pas un montant : écrivez des chiffres avec une virgule ou un point avant les centimes, par exemple 1250,00.
amount-grouping = Cela ne se lit pas comme un seul montant (les milliers se séparent trois par trois, par un seul signe) : écrivez des chiffres avec une virgule ou un point avant les centimes, par exemple 1250,00.
amount-currency = Seules des gourdes sont payées, et rien d’autre que HTG, G ou Gdes ne peut accompagner un montant. Vérifiez que les montants sont en gourdes (un dollar haïtien en vaut cinq), puis mettez la colonne au format nombre à deux décimales ou écrivez des chiffres avec une virgule ou un point avant les centimes, par exemple 1250,00.
amount-percent = Ceci est un pourcentage, pas un montant : mettez la colonne au format nombre à deux décimales et relisez les montants, ou écrivez des chiffres avec une virgule ou un point avant les centimes, par exemple 1250,00.
amount-brackets = Des parenthèses signifient un montant négatif, et seuls des montants supérieurs à zéro sont payés : écrivez des chiffres avec une virgule ou un point avant les centimes, par exemple 1250,00.
amount-sign = Le montant ne doit pas avoir de signe : écrivez des chiffres avec une virgule ou un point avant les centimes, par exemple 1250,00.
amount-date = Le tableur a changé le montant en date : mettez la colonne au format nombre à deux décimales et écrivez de nouveau le montant.
amount-lost-sign = Un signe entre ces chiffres s’est perdu à l’enregistrement de la feuille : enregistrez-la au format « CSV UTF-8 », ou formatez la colonne sans séparateur de milliers.

# Ce qui a été nettoyé : dit d’un fichier qui a été lu.

cleaned-separator = la première ligne (sep=) dit ce qui sépare les cellules, et elle a été suivie
cleaned-invisible = { $cells ->
    [one] caractères invisibles retirés d’une cellule, ligne { $line }
   *[other] caractères invisibles retirés de { $cells } cellules, d’abord à la ligne { $line }
}
cleaned-no-break = { $cells ->
    [one] espaces insécables ignorées dans une cellule, ligne { $line }
   *[other] espaces insécables ignorées dans { $cells } cellules, d’abord à la ligne { $line }
}
cleaned-dash = { $cells ->
    [one] un tiret long ou insécable lu comme un tiret simple dans un numéro de téléphone, ligne { $line }
   *[other] tirets longs ou insécables lus comme des tirets simples dans { $cells } numéros de téléphone, d’abord à la ligne { $line }
}
cleaned-text-formula = { $cells ->
    [one] ="…" enlevé autour d’une cellule, ligne { $line }
   *[other] ="…" enlevé autour de { $cells } cellules, d’abord à la ligne { $line }
}
cleaned-apostrophe = { $cells ->
    [one] une apostrophe enlevée au début d’une cellule, ligne { $line }
   *[other] une apostrophe enlevée au début de { $cells } cellules, d’abord à la ligne { $line }
}
cleaned-last-cells = { $lines ->
    [one] les dernières cellules manquent dans une ligne, la ligne { $line }, et ont été lues comme vides
   *[other] les dernières cellules manquent dans { $lines } lignes, d’abord à la ligne { $line }, et ont été lues comme vides
}
