# payroll, in Kreyòl. See src/words/mod.rs.

# Fichye a an antye.

file-empty = Fichye a vid: èske yo te anrejistre l oswa kopye l jiska lafen?
file-unreadable = Nou pa t ka li fichye a jiska lafen ({ $error }): kopye l ankò epi depoze l yon lòt fwa.
file-is-old-workbook = Sa a se yon ansyen klasè Excel. Anrejistre fèy la nan fòma « CSV UTF-8 » epi depoze fichye sa a.
file-has-password = Sa a se yon klasè ki gen modpas. Nan Excel, retire l (Fichye, Enfòmasyon, Pwoteje klasè a, Chifre ak modpas: vide chan an), anrejistre l epi depoze l ankò.
file-is-compound = Sa pa ni yon CSV ni yon klasè nou ka li: se yon klasè ki gen modpas, yon ansyen klasè Excel oswa dokiman yon lòt pwogram. Louvri l nan Excel, retire modpas la si l genyen, anrejistre l kòm klasè (.xlsx) oswa nan fòma « CSV UTF-8 » epi depoze fichye sa a.
file-is-html = Sa a se yon paj HTML, kèlkeswa jan non l fini: gen pòtay ki ekspòte fichye konsa an .xls. Louvri l nan Excel, anrejistre l kòm klasè (.xlsx) oswa nan fòma « CSV UTF-8 » epi depoze fichye sa a.
file-is-xml = Sa a se yon fichye XML, tankou « XML Spreadsheet 2003 » Excel la. Louvri l nan Excel, anrejistre l kòm klasè (.xlsx) oswa nan fòma « CSV UTF-8 » epi depoze fichye sa a.
file-is-pdf = Sa a se yon PDF. Anrejistre fèy la nan fòma « CSV UTF-8 » epi depoze fichye sa a.
file-is-compressed = Sa a se yon fichye konprese. Anrejistre fèy la nan fòma « CSV UTF-8 » epi depoze fichye sa a.
file-holds-nul = Fichye a gen oktè pa gen tèks ki genyen yo (NUL): li domaje, li an UTF-16 san mak li, oswa se pa yon CSV. Anrejistre fèy la nan fòma « CSV UTF-8 » epi depoze fichye sa a.
line-holds-nul = Fichye a gen oktè pa gen tèks ki genyen yo (NUL): li domaje oswa se pa yon CSV. Anrejistre fèy la nan fòma « CSV UTF-8 » epi depoze fichye sa a.
encoding-mixed = Lèt ki nan fichye a pa ekri menm jan toupatou: gen ki an UTF-8, epi men oktè { $byte } ki pa UTF-8; non ki gen aksan ta soti mal. Petèt yo te mete de fichye ansanm. Anrejistre fèy la nan fòma « CSV UTF-8 » epi depoze fichye sa a.
byte-without-letter = Fichye a pa ni UTF-8 ni Windows-1252: oktè { $byte } nan liy sa a pa yon lèt nan okenn nan yo. Anrejistre fèy la nan fòma « CSV UTF-8 » epi depoze fichye sa a.
letters-mac-roman = Lèt ki nan fichye a pa lèt Windows: yo sanble lèt MacRoman, jan Excel pou Mac ekri yo, epi non yo ta soti mal, tankou la a. Nan Excel, louvri pwòp klasè pa w (pa fichye sa a), anrejistre l nan fòma « CSV UTF-8 » epi depoze l, oswa depoze klasè a menm (.xlsx).
letters-cp850 = Lèt ki nan fichye a pa lèt Windows: yo sanble lèt CP850, jan « CSV (MS-DOS) » ekri yo, epi non yo ta soti mal, tankou la a. Nan Excel, louvri pwòp klasè pa w (pa fichye sa a), anrejistre l nan fòma « CSV UTF-8 » epi depoze l, oswa depoze klasè a menm (.xlsx).
letters-of-old = Lèt ki nan fichye a pa lèt Windows: yo sanble lèt MacRoman oswa CP850 (yon ansyen Mac oswa yon pwogram MS-DOS), epi non yo ta soti mal, tankou la a. Nan Excel, louvri pwòp klasè pa w (pa fichye sa a), anrejistre l nan fòma « CSV UTF-8 » epi depoze l, oswa depoze klasè a menm (.xlsx).
utf-16-damaged = Fichye a an UTF-16 epi li domaje nan liy sa a. Anrejistre fèy la nan fòma « CSV UTF-8 » epi depoze fichye sa a.
too-many-lines = Fichye a gen plis pase { $most } liy: separe l an plizyè fichye.
line-too-long = Liy sa a depase { $most } Kio, kidonk sa pa sanble yon fèy pewòl: anrejistre fèy la an CSV yon lòt fwa.
no-rows = Fichye a gen yon antèt men li pa gen okenn liy peman: èske yo te anrejistre l oswa kopye l jiska lafen?
no-rows-but-zero = Tout liy yo gen yon montan zewo epi yo rete deyò ([intake] zero), kidonk pa gen moun pou peye: èske se bon kolòn nan, e èske fòmil li yo te fin kalkile anvan yo anrejistre fichye a?
half-file = Dènye liy lan pa gen fen liy: petèt gen yon pati nan fichye a ki manke; kopye fichye a ankò oswa, si l konplè, louvri l epi fini dènye liy lan ak touch Antre.
half-file-reference = Dènye liy lan pa gen fen liy, epi dènye kaz li se yon referans ki ka koupe; kopye fichye a ankò oswa, si l konplè, louvri l epi fini dènye liy lan ak touch Antre.
half-file-amount = Dènye liy lan pa gen fen liy, epi dènye kaz li se yon montan ki ka koupe; kopye fichye a ankò oswa, si l konplè, louvri l epi fini dènye liy lan ak touch Antre, oswa ajoute yon liy tankou # total: 123456.50.
batch-amount-too-large = Liy yo fè { $amount } HTG, plis pase { $limit } HTG yon sèl fichye ka mande (max_batch_amount): separe fichye a oswa fè yo monte limit la.

# Liy ki kontwole fichye a.

control-total-unclear = Montan ki vin apre « # total: » a pa klè: ekri # total: 123456.50
control-rows-unclear = Sa ki vin apre « # rows: » a pa yon chif: ekri # rows: 250
control-unknown = Liy sa a sanble la pou kontwole fichye a, men nou pa konnen l: ekri # total: 123456.50, # rows: 250, # period: 2026-07 oswa # pay on: 2026-07-30, oswa retire l.
control-contradicts = Liy sa a kontredi liy { $line }: korije youn nan yo.
control-line-place = Gen yon liy ki kòmanse ak # nan mitan liy peman yo: plas li se anvan antèt la oswa apre dènye liy lan. Deplase l oswa retire l.
rows-differ = Liy sa a di { $said } liy epi fichye a gen { $rows }: gen liy ki manke oswa ki anplis; kopye fichye a ankò oswa korije liy sa a.
total-differs = Liy sa a di { $said } HTG epi liy yo fè { $total } HTG: gen yon liy ki manke, ki double oswa ki chanje; kopye fichye a ankò oswa korije liy sa a.
total-nameless = Liy sa a gen yon montan epi anyen ankò: si se total fèy la, ekri TOTAL nan premye kaz li; si gen yon moun pou yo peye, ekri referans lan ak nimewo a.
total-with-receiver = Liy sa a rele total epi li gen yon nimewo bous: si se total fèy la, vide nimewo a; si gen yon moun pou yo peye, bay liy lan yon referans pa l.
total-between-rows = Gen yon liy total nan mitan liy peman yo: se sèlman dènye liy lan ki ka yon total. Retire sou-total yo.
row-other-currency = Liy sa a an « { $text } » (kolòn « { $column } »), epi se goud sèlman ki peye: yon dola, ameriken oswa ayisyen, pa janm yon goud. Ekri montan an an goud, oswa peye moun sa a yon lòt jan; lòt liy yo nan rejected/, nan yon fichye apa.
row-other-way = Liy sa a pou peye ak « { $text } » (kolòn « { $column } »), pa ak MonCash. Retire l nan fèy la; lòt liy yo nan rejected/, nan yon fichye apa.
row-bank = Liy sa a pou peye nan yon bank (kolòn « { $column } »), pa ak MonCash, paske lòt selil nan kolòn nan vid. Retire l nan fèy la; lòt liy yo nan rejected/, nan yon fichye apa.
row-not-to-pay = Liy sa a di « { $text } » (kolòn « { $column } »): li pa pou peye. Retire l nan fèy la; lòt liy yo nan rejected/, nan yon fichye apa.
row-mark-empty = Selil nan kolòn « { $column } » vid, epi lòt liy di lòt bagay pase { $usual }: ranpli l.
row-mark-unknown = Yo pa konprann sa ki nan kolòn « { $column } »: ekri { $usual }, oswa retire liy lan nan fèy la.
row-mark-many = Twòp selil nan kolòn « { $column } » vid oswa yo pa konprann yo: ranpli kolòn nan.
row-usual-gourdes = HTG
row-usual-moncash = MonCash
row-usual-to-pay = « pou peye »
signature-line = Liy sa a pa gen ni nimewo bous, ni montan, ni referans: si se yon siyati oswa yon nòt, mete yon liy TOTAL anlè l (mo TOTAL la, ak sòm nan nan kolòn montan yo) oswa efase l; si gen yon moun pou yo peye, ranpli liy lan.
filled-between = Apati la a, { $lines } liy pa gen ni bous, ni non, ni montan, epi liy { $row }, pi ba, se yon liy peman: efase liy sa yo, oswa ranpli yo si gen yon moun ki manke ladan yo.

# Antèt la.

header-missing = Pa gen liy ki bay non kolòn yo: fichye a bezwen yon antèt, tankou referans;telefòn;montan.
header-quotes = Gen yon gimè (") nan antèt la ki pa fèmen, oswa gen tèks apre yon gimè ki fèmen: korije sa.
above-header-wallet = Liy sa a anlè antèt la (liy { $header }) epi li gen yon nimewo bous: si gen yon moun pou yo peye ladan l, mete l anba antèt la; sinon, ekri nimewo a ansanm ak yon mo nan menm kaz la, tankou « Tel. 37007294 », oswa vide kaz la.
above-header-amount = Liy sa a anlè antèt la (liy { $header }) epi, nan kolòn montan yo, li gen yon bagay ki ka yon montan: si gen yon moun pou yo peye ladan l, mete l anba antèt la; sinon, mete kaz sa a nan yon lòt kolòn, oswa vide l.
too-many-columns = Antèt la gen plis pase { $most } kolòn anplis sa payoutd konnen yo: retire sa yon pewòl pa bezwen yo.
column-name = Non kolòn { $column } gen karaktè moun pa wè oswa li depase { $longest } karaktè: ba l yon lòt non.
report-file = Sa se yon rapò payoutd, ki di kiyès ki peye; pèsonn pa peye dapre li. Pou peye ankò moun ki pa peye vre yo, depoze fichye pou repran peman ki bò kote rapò a (NON.LO.retry.csv); pou yon nouvo pewòl, pati ak pwòp fichye pa w.
column-twice = Kolòn { $first } ak kolòn { $second } gen menm non: kite youn sèlman oswa chanje non youn.
column-ambiguous = Kolòn « { $first } » ak « { $second } » ta ka toude kolòn « { $column } » la: chanje non sa ki pa li a, oswa ekri bon an nan konfigirasyon an ([columns] { $column }).
column-set-missing = Konfigirasyon an pran « { $column } » nan kolòn « { $name } » ([columns] { $column }), men fichye a pa gen kolòn sa a: yo pa pran okenn lòt nan plas li. Chèche yon fot nan antèt la, oswa ekri nan konfigirasyon an jan kolòn nan rele isit la.
cell-empty = anyen
cell-text = « { $text } »
column-asks-amount = Ki kolòn ki pou peye? Liy { $line } gen { $one } anba « { $first } » ak { $two } anba « { $second } ». Chanje non kolòn ki gen sa chak moun dwe resevwa a, rele l « Net pou peye MonCash », sove fichye a epi depoze l ankò.
column-asks-adjustment = Èske « { $first } » se anvan oswa apre « { $second } »? Liy { $line } gen { $one } anba « { $first } » ak { $two } anba « { $second } ». Chanje non kolòn ki gen sa chak moun dwe resevwa a, lè tout bagay fin retire epi ajoute, rele l « Net pou peye MonCash » (mete l si li pa la), sove fichye a epi depoze l ankò.
column-asks-wallet = Ki nimewo ki pou peye? Liy { $line } gen { $one } anba « { $first } » ak { $two } anba « { $second } ». Chanje non kolòn ki gen nimewo MonCash yo, rele l « Nimewo MonCash », sove fichye a epi depoze l ankò.
column-asks-two-wallets = Ki nimewo ki pou peye? Liy { $line } gen { $one } anba « { $first } » ak { $two } anba « { $second } », epi tou de non yo di se kont MonCash. Chanje non kolòn ki pa pou peye a, rele l « Kontak », sove fichye a epi depoze l ankò.
column-asks-hidden = Liy { $line } gen { $one } anba « { $first } » ak { $two } nan kolòn « { $second } » ki kache a: kilès ki pou peye? Efase kolòn ki kache a, oswa montre l (chwazi kolòn ki sou de bò l yo, klik adwat, Afficher) epi chanje non sa ki pou peye a; sove fichye a epi depoze l ankò.
column-missing = Antèt la pa bay { $columns }: youn nan 20 premye liy yo dwe gen yon referans, yon telefòn ak yon montan; lòt non regle nan konfigirasyon an, [columns].
column-missing-not-that = Antèt la pa bay { $columns }. Nou pa pran « { $other } » pou sa: yon kont ka yon kont labank, epi yon matrikil se menm bagay chak mwa. Rele kolòn yo referans, telefòn ak montan, oswa regle yo nan konfigirasyon an, [columns].
built-column-missing = Konfigirasyon an fè referans yo ak yon kolòn « { $column } » ([columns] reference), epi fichye a pa gen kolòn sa a: ajoute l, oswa mete yon kolòn referans nan fichye a.
built-from-place = Nou pa janm fè yon referans ak plas yon liy oswa non yon fichye, epi fichye a pa gen kolòn « { $column } »: yon fèy yo triye, oswa anrejistre sou yon lòt non, t ap peye tout moun yon dezyèm fwa. Fè yo ak kolòn ki pa chanje, tankou {"{"}matricule{"}"}-{"{"}periode{"}"}.

# Yon liy.

line-quotes = Gen yon gimè (") nan liy sa a ki pa fèmen, oswa gen tèks apre yon gimè ki fèmen: ekri "" pou yon gimè andedan yon kaz, epi fèmen chak kaz.
cells-missing = Liy lan gen { $has } kaz epi antèt la gen { $wants }: gen yon kaz ki manke; kite l vid men kenbe plas li.
cells-missing-where = Liy lan gen { $has } kaz epi antèt la gen { $wants }, epi anyen pa di kiyès ki manke: montan an ka montan kolòn ki vin apre a. Anrejistre fèy la kòm klasè (.xlsx) epi depoze l, oswa ekri yon bagay nan dènye kolòn chak liy.
cells-extra = Liy lan gen { $has } kaz epi antèt la gen { $wants }: mete nan gimè yon tèks ki gen separatè a ladan, epi tou yon montan ki gen vigil desimal.
column-unnamed = Kolòn { $column } pa gen non nan antèt la men li gen yon bagay la a: ba l yon non oswa vide l.
cell-too-long = Tèks la gen plis pase { $longest } karaktè: koupe l pi kout.
control-character = Kaz la gen yon karaktè moun pa ka wè: { $character } ({ $code }), se karaktè nimewo { $place } li. Efase tèks la epi tape l ankò; pa kole l.
hidden-tab = yon tabilasyon
hidden-line-end = yon chanjman liy
hidden-hyphen = yon tirè envizib
hidden-space = yon espas san lajè
hidden-byte-order = yon mak lòd oktè
hidden-joiner = yon lyen san lajè
hidden-direction = yon mak sans lekti
hidden-control = yon karaktè kontwòl
spreadsheet-error = Tablè a pa t ka kalkile kaz sa a: korije fòmil la oswa ekri valè a menm.
column-too-narrow = Kolòn nan te twò etwat lè yo te ekspòte fèy la, epi ### pran plas sa ki te ladan. Nan Excel, laji kolòn nan (de klik sou bò dwat li) epi ekspòte l ankò.
scientific-notation = Nimewo sa a ekri ak yon ekspozan epi gen chif li ki ka pèdi: mete kolòn nan nan fòma tèks (pa nonb) epi ekri nimewo a ankò.

# Referans yo.

reference-missing = Referans lan vid: chak liy bezwen pa l.
reference-part-missing = Kaz « { $column } » vid, epi se ladan referans lan soti: ranpli l.
reference-too-long = Referans lan gen plis pase 40 karaktè: chanje l, tankou 2026-07-EMP0012.
reference-characters = Referans lan ka gen sèlman A-Z a-z 0-9 . _ : / - ladan: chanje l, tankou 2026-07-EMP0012.
reference-ends = Referans lan dwe kòmanse epi fini ak yon lèt oswa yon chif: chanje l, tankou 2026-07-EMP0012.
reference-twice = Referans sa a deja nan liy { $line } (gwo lèt ak zewo devan pa konte): bay chak liy pa l, oswa retire liy lan si yo te antre l de fwa.
retry-of-invalid = retry_of dwe referans peman y ap peye ankò a, oswa li dwe vid.
retry-of-itself = retry_of bay referans liy lan li menm: yon peman y ap refè bezwen yon nouvo referans, tankou ansyen an ak .r2 dèyè l.

# Nimewo yo.

receiver-missing = Nimewo a vid: ekri uit chif bous la, tankou 37007294.
receiver-cut-after-509 = Sa kòmanse ak kòd peyi a, 509, epi li gen 8 chif sèlman: gen chif ki manke; ekri 509 epi uit chif.
receiver-zero = Pa gen nimewo bous ki kòmanse ak 0: ekri uit chif li yo, tankou 37007294.
receiver-commas = Fòma nonb kolòn nan separe milye yo ak vigil, epi okenn nimewo telefòn pa ekri konsa. Nan Excel, mete kolòn nan nan fòma Tèks oswa fòma 0 (Fòma kaz) epi anrejistre l ankò.
receiver-no-number = Sa pa yon nimewo bous: ekri uit chif, tankou 37007294, oswa 509 epi uit chif.
receiver-short = Sa pa yon nimewo bous (li gen { $digits } chif): ekri uit chif, tankou 37007294. Yon tablè retire zewo yo lè kolòn nan pa nan fòma tèks.
receiver-invalid = Sa pa yon nimewo bous (li gen { $digits } chif): ekri uit chif, tankou 37007294, oswa 509 epi uit chif.
reference-date = Tablè a fè referans lan tounen yon dat: mete kolòn nan nan fòma tèks epi ekri referans lan ankò, jan l te ye nan fichye a anvan.
reference-part-date = Tablè a fè kaz ki nan kolòn { $column } lan tounen yon dat, epi se ak li referans lan fèt: li parèt yon lòt jan sou yon lòt machin, e sa ta bay yon lòt referans. Mete kolòn nan nan fòma tèks epi ekri l ankò, tankou 2026-07.
receiver-date = Tablè a fè nimewo a tounen yon dat: mete kolòn nan nan fòma tèks epi ekri nimewo a ankò, tankou 37007294.

# Montan yo.

amount-missing = Montan an vid: ekri youn, tankou 1250.00, oswa retire liy lan.
amount-beyond = Montan an pi gwo pase tout sa yo ka peye.
amount-above = Montan an depase { $most } HTG, pi gwo montan yon peman ka ye (max_amount).
amount-below = Montan an pi piti pase { $least } HTG, pi piti montan yon peman ka ye (min_amount).
amount-not-positive = Montan an pa pi gwo pase zewo: ekri sa ki pou peye a, oswa retire liy lan.
amount-too-precise = Montan an gen plis pase de chif apre vigil la: awondi l nan santim, tankou 1250.75.
amount-cut-by-comma = Montan { $amount } ak { $behind } ki dèyè l la ka yon sèl montan ki gen vigil desimal, ki koupe an de paske se vigil ki separe kaz yo: ekri { $amount }.{ $behind }, oswa, si se pa yon sèl montan, ekri { $amount }.00.
amount-cut-thousands = Montan { $amount } ak { $behind } ki dèyè l la ka yon sèl montan ki koupe an de paske se vigil ki separe kaz yo: ekri { $whole } si se yon sèl, sinon ekri { $amount }.00.
amount-two-ways-comma = Yo ka li montan sa a de jan: ekri { $amount } si vigil la separe milye yo. Pa gen lòt montan nan fichye a ki montre sa yo vle di.
amount-two-ways-point = Yo ka li montan sa a de jan: ekri { $amount } si pwen an separe milye yo, sinon awondi l ak de chif apre pwen an. Pa gen lòt montan nan fichye a ki montre sa yo vle di.
amount-style-comma = Montan sa a gen yon vigil anvan santim yo epi liy { $line } montre yon pwen: ekri tout montan fichye a menm jan.
amount-style-point = Montan sa a gen yon pwen anvan santim yo epi liy { $line } montre yon vigil: ekri tout montan fichye a menm jan.
amount-unproved = Fichye a chanje pandan nou t ap li l, epi montan l yo pa sèten ankò: nou pa peye pèsonn ladan l. Depoze l ankò lè l konplè.
amount-not-plain = Sa pa yon montan: ekri chif ak yon vigil oswa yon pwen anvan santim yo, tankou 1250.00.
amount-grouping = Nou pa ka li sa kòm yon sèl montan (milye yo separe twa pa twa, ak yon sèl siy): ekri chif ak yon vigil oswa yon pwen anvan santim yo, tankou 1250.00.
amount-currency = Se goud sèlman nou peye, epi se HTG, G oswa Gdes sèlman ki ka kanpe bò kote yon montan. Gade si montan yo an goud (yon dola ayisyen se senk goud), epi mete kolòn nan nan fòma nonb ak de chif apre vigil la oswa ekri chif ak yon vigil oswa yon pwen anvan santim yo, tankou 1250.00.
amount-percent = Sa se yon pousantaj, se pa yon montan: mete kolòn nan nan fòma nonb ak de chif apre vigil la epi gade montan yo, oswa ekri chif ak yon vigil oswa yon pwen anvan santim yo, tankou 1250.00.
amount-brackets = Parantèz vle di yon montan negatif, epi se montan ki pi gwo pase zewo sèlman nou peye: ekri chif ak yon vigil oswa yon pwen anvan santim yo, tankou 1250.00.
amount-sign = Montan an pa dwe gen siy: ekri chif ak yon vigil oswa yon pwen anvan santim yo, tankou 1250.00.
amount-date = Tablè a fè montan an tounen yon dat: mete kolòn nan nan fòma nonb ak de chif apre vigil la epi ekri montan an ankò.
amount-lost-sign = Gen yon siy ki pèdi ant chif sa yo lè yo te anrejistre fèy la: anrejistre l nan fòma « CSV UTF-8 », oswa mete kolòn nan san separatè milye.

# Sa nou netwaye: yo di l sou yon fichye nou li.

cleaned-separator = premye liy lan (sep=) di sa ki separe kaz yo, epi nou swiv li
cleaned-invisible = { $cells ->
    [one] nou retire karaktè moun pa wè nan yon kaz, liy { $line }
   *[other] nou retire karaktè moun pa wè nan { $cells } kaz, premye a nan liy { $line }
}
cleaned-no-break = { $cells ->
    [one] nou pa konte espas ki pa kase nan yon kaz, liy { $line }
   *[other] nou pa konte espas ki pa kase nan { $cells } kaz, premye a nan liy { $line }
}
cleaned-dash = { $cells ->
    [one] nou li yon tirè long oswa tirè ki pa kase kòm yon tirè senp nan yon nimewo telefòn, liy { $line }
   *[other] nou li tirè long oswa tirè ki pa kase kòm tirè senp nan { $cells } nimewo telefòn, premye a nan liy { $line }
}
cleaned-text-formula = { $cells ->
    [one] nou retire ="…" alantou yon kaz, liy { $line }
   *[other] nou retire ="…" alantou { $cells } kaz, premye a nan liy { $line }
}
cleaned-apostrophe = { $cells ->
    [one] nou retire yon apostwòf nan kòmansman yon kaz, liy { $line }
   *[other] nou retire yon apostwòf nan kòmansman { $cells } kaz, premye a nan liy { $line }
}
cleaned-last-cells = { $lines ->
    [one] dènye kaz yo manke nan yon liy, liy { $line }, epi nou li yo kòm kaz vid
   *[other] dènye kaz yo manke nan { $lines } liy, premye a se liy { $line }, epi nou li yo kòm kaz vid
}
