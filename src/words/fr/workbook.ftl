# workbook, in French. See src/words/mod.rs.

workbook-file-too-large = Le classeur dépasse { $mebibytes } Mio : enregistrez la feuille seule en « CSV UTF-8 » et déposez ce fichier.
workbook-unpacks-too-large = Une fois décompressé, le classeur est plus grand que n’importe quelle paie ; rien n’en a été lu : copiez les cellules de la paie dans un nouveau classeur, ou enregistrez la feuille en « CSV UTF-8 », et déposez ce fichier.
workbook-too-many-cells = Le classeur a plus de { $cells } cellules, plus que ce qui est lu d’un fichier OpenDocument : enregistrez la feuille en « CSV UTF-8 » et déposez ce fichier.
workbook-too-many-rows = La feuille a plus de { $rows } lignes : partagez-la en plusieurs fichiers.
workbook-too-many-columns = La ligne va au-delà de la colonne { $columns } ; ce n’est guère une paie : supprimez ce qui se trouve loin à droite.
workbook-row-too-long = La ligne contient plus de { $kibibytes } Kio de texte ; ce n’est guère une paie : supprimez les longs textes.
workbook-unreadable = Le classeur ne peut pas être lu ({ $reason }) : ouvrez-le, retirez un éventuel mot de passe, enregistrez-le de nouveau (ou la feuille en « CSV UTF-8 ») et déposez ce fichier.
workbook-no-workbook = c’est une archive, mais pas un classeur
workbook-broken = son contenu est abîmé
workbook-cut = sa feuille s’arrête au milieu
workbook-part-twice = il contient deux parties du même nom et peut se lire de deux façons
workbook-contradicts = il peut se lire de deux façons à la ligne { $row }
workbook-row-order = ses lignes ne se suivent pas à la ligne { $row }
workbook-cell-order = ses cellules ne se suivent pas dans la ligne { $row }
workbook-row-number = un nombre y est illisible : { $number }
workbook-table-in-cell = un tableau se trouve à l’intérieur d’une cellule
workbook-empty = Aucune feuille du classeur ne contient quoi que ce soit : a-t-il été enregistré ?
workbook-sheet-empty = La feuille { $sheet } est vide : est-ce le bon classeur qui a été déposé ?
workbook-sheet-hidden = La feuille { $sheet } est masquée, et personne n’est payé d’après ce que personne ne voit : affichez-la (clic droit sur les onglets, Afficher), regardez-la, enregistrez et déposez de nouveau.
workbook-sheet-missing = Le classeur n’a pas de feuille { $sheet } (réglage [intake] sheet) ; il a { $sheets } : renommez la feuille de la paie, ou faites changer le réglage.
workbook-sheets-several = Plusieurs feuilles contiennent quelque chose ({ $sheets }), et il ne faut pas deviner laquelle est la paie : laissez-la seule dans le classeur, ou faites-la nommer par le réglage [intake] sheet.
workbook-row-hidden = La ligne est masquée ou filtrée, ou une partie se trouve sous des cellules fusionnées, et personne n’est payé d’après ce que personne ne voit : effacez le filtre, affichez toutes les lignes et annulez la fusion, puis gardez la ligne ou supprimez-la.
workbook-date = Une date se trouve ici : le tableur en a fait une de ce qui a été saisi. Mettez la colonne au format texte, et saisissez la valeur de nouveau.
workbook-column-hidden = La colonne { $letter } ({ $column }) est masquée, et personne n’est payé d’après ce que personne ne voit : affichez-la (sélectionnez les colonnes des deux côtés, clic droit, Afficher), regardez-la, enregistrez et déposez de nouveau le fichier ; ou supprimez la colonne.
