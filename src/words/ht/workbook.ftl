# workbook, in Kreyòl. See src/words/mod.rs.

workbook-file-too-large = Klasè a depase { $mebibytes } Mio: anrejistre fèy la pou kont li kòm « CSV UTF-8 » epi depoze fichye sa a.
workbook-unpacks-too-large = Lè l dekonprese, klasè a pi gwo pase nenpòt pewòl; anyen ladan l pa li: kopye kaz pewòl la nan yon nouvo klasè, oswa anrejistre fèy la kòm « CSV UTF-8 », epi depoze fichye sa a.
workbook-too-many-cells = Klasè a gen plis pase { $cells } kaz, plis pase sa yo li nan yon fichye OpenDocument: anrejistre fèy la kòm « CSV UTF-8 » epi depoze fichye sa a.
workbook-too-many-rows = Fèy la gen plis pase { $rows } liy: separe l an plizyè fichye.
workbook-too-many-columns = Liy lan ale pi lwen pase kolòn { $columns }; sa pa sanble yon pewòl: retire sa ki byen lwen adwat.
workbook-row-too-long = Liy lan gen plis pase { $kibibytes } Kio tèks; sa pa sanble yon pewòl: retire tèks ki long yo.
workbook-unreadable = Klasè a pa ka li ({ $reason }): louvri l, retire modpas la si gen youn, anrejistre l ankò (oswa fèy la kòm « CSV UTF-8 ») epi depoze fichye sa a.
workbook-no-workbook = se yon achiv, men se pa yon klasè
workbook-broken = anndan l gate
workbook-cut = fèy li kanpe nan mitan
workbook-part-twice = li gen de pati ki gen menm non, e yo ka li l de jan
workbook-contradicts = li ka li nan de fason nan liy { $row }
workbook-row-order = liy li yo pa nan lòd nan liy { $row }
workbook-cell-order = kaz li yo pa nan lòd nan liy { $row }
workbook-row-number = gen yon nimewo ladan l ki pa yon nimewo: { $number }
workbook-table-in-cell = gen yon tablo anndan yon kaz
workbook-empty = Pa gen okenn fèy nan klasè a ki gen yon bagay ladan l: èske yo te anrejistre l?
workbook-sheet-empty = Fèy { $sheet } a vid: èske se bon klasè a yo depoze?
workbook-sheet-hidden = Fèy { $sheet } a kache, e pèsonn pa peye dapre sa pèsonn pa wè: fè l parèt (klike adwat sou onglè yo, Afiche), gade l, anrejistre l epi depoze l ankò.
workbook-sheet-missing = Klasè a pa gen fèy { $sheet } (reglaj [intake] sheet); li gen { $sheets }: chanje non fèy pewòl la, oswa fè chanje reglaj la.
workbook-sheets-several = Gen plizyè fèy ki gen bagay ladan yo ({ $sheets }), e yo pa dwe devine kilès ki pewòl la: kite l pou kont li nan klasè a, oswa fè reglaj [intake] sheet la nonmen l.
workbook-row-hidden = Liy lan kache oswa yon filt retire l, oswa yon pati ladan l anba kaz ki kole ansanm, e pèsonn pa touche dapre sa pèsonn pa wè: efase filt la, fè tout liy parèt epi dekole kaz yo, apre sa kite liy lan oswa efase l.
workbook-date = Se yon dat ki la: se tablè a ki fè yon dat ak sa yo te tape a. Mete kolòn nan nan fòma tèks, epi tape valè a ankò.
workbook-column-hidden = Kolòn { $letter } ({ $column }) kache, e pèsonn pa touche dapre sa pèsonn pa wè: fè l parèt (chwazi kolòn ki sou de bò l yo, klike adwat, Afiche), gade l, anrejistre epi depoze fichye a ankò; oswa efase kolòn nan.
