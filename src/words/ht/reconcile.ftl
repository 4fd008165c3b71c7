# Rapwochman ak prèv balans lan. Kreyòl.

reconcile-alarm = ALÈT: MonCash peye { $count } peman (HTG { $amount }) rejis la di ki pa peye. Anyen pa chanje. Pa peye alamen.
reconcile-alarm-balance = ALÈT: { $alarm }
reconcile-differs = Gen diferans: { $parts }. Pa peye alamen.
reconcile-nothing = Pa gen okenn peman pou konpare.
reconcile-agrees = MonCash ak rejis la dakò sou tout peman yo: { $count } liy, HTG { $amount }.
reconcile-agrees-but = { $agree } { $remark }
part-here = { $count } peman ki peye isit la, MonCash pa konnen yo
part-there = { $count } peman MonCash peye, ki poko regle isit la
part-unanswered = { $count } peman san repons sèten
part-statement = relve a diferan sou { $count } liy

reconcile-of = Rapwochman: { $of }
reconcile-statement = Relve a gen { $lines } liy; li diferan ak rejis la sou { $differs } liy.
reconcile-balance = Balans
reconcile-alarms = MonCash peye, epi rejis la di ki pa peye:
reconcile-alarms-more = ak { $count } lòt: liy ki gen vèdik paid_there_not_here

scope-batch = lo { $batch }
scope-batch-period = lo { $batch }, premye voye soti { $from } rive { $to }
scope-period = tout peman ki te voye premye fwa soti { $from } rive { $to }
scope-all = tout peman nan rejis sa a, soti { $from } rive { $to }
balance-now = Balans lan kounye a: HTG { $amount } (dènye fwa payoutd li l: { $before })
balance-now-first = Balans lan kounye a: HTG { $amount } (payoutd pa t janm li l anvan)
balance-unread = Nou pa t ka li balans lan: { $why }
trouble-account = MonCash refize kont lan: { $words }
trouble-too-many = MonCash resevwa twòp apèl; eseye ankò nan yon minit
trouble-token = MonCash refize jeton aksè a; 'payoutd doctor' ap chèche poukisa
trouble-unknown = pa gen repons nou ka li ({ $why })

do-pay-nobody = Pa peye pèsonn ankò, ni pèsonn alamen, anvan sa klè.
do-look-up = Chèche yo chak nan pòtay MonCash la, ak 'payoutd explain REFERANS'.
do-hold-against = Konpare peryòd ki make a ak relve kont lan nan pòtay MonCash la: petèt yon lòt moun ap sèvi ak kont lan.
do-ask-support = paid_here_not_there: mande sèvis MonCash la sou nimewo tranzaksyon an, ak 'payoutd explain REFERANS' kòm prèv.
do-run-again = unknown: relanse 'payoutd reconcile' pita; payoutd ap regle peman ki pa sèten yo li menm.
do-file-this = Anyen. Klase paj sa a ak CSV ki bò kote l la.

advice-settles-itself = payoutd ap mande MonCash toujou epi l ap regle sa li menm; pa peye alamen
advice-resolve = gade l ak 'payoutd explain', epi 'payoutd resolve'; pa peye alamen
advice-do-not-release = MonCash peye sa rejis la di ki pa peye: pa lage l; chèche konnen kiyès ki peye; pa peye alamen
advice-somebody-else = yon lòt moun peye ak referans sa a: kenbe l ak 'payoutd hold' epi chèche konnen kiyès; pa peye alamen
advice-not-again = MonCash peye sa rejis la di ki pa peye: pa peye moun sa a ankò; gade nan pòtay MonCash la
advice-look = chèche l nan pòtay MonCash la; pa chanje anyen anvan; pa peye alamen
advice-in-doubt = pa sèten: yon sèl repons pa pwouve anyen; payoutd ap kontinye mande; pa peye alamen
advice-portal = gade nan pòtay MonCash la, epi 'payoutd resolve'; pa peye alamen
advice-later = MonCash pa bay yon repons nou ka li: relanse rapwochman an pita
advice-taken-over = referans lan te antre ankò pita
advice-stranger = liy { $line } nan relve a pa koresponn ak okenn peman nan peryòd sa a: 'payoutd explain { $name }', epi pòtay la

proof-opening = Premye lekti:  HTG { $amount } nan dat { $at }
proof-paid = Peye:          HTG { $amount } ({ $rows } peman)
proof-fees = Frè:           HTG { $amount } ({ $fee })
proof-came-in = Lajan antre:   HTG { $amount }
proof-closing = Dènye lekti:   HTG { $amount } nan dat { $at }
proof-none = Pa gen de lekti balans lan pou konpare: anyen pa pwouve. payoutd li balans lan pandan l ap peye, epi yon fwa apre.
proof-top-up = HTG { $amount } antre ant { $from } ak { $to }: konpare l ak depo ou yo.
proof-unexplained = SAN ESPLIKASYON: HTG { $amount } soti nan kont lan ant { $from } ak { $to }. Peman nan entèval sa a: { $names }
proof-no-payouts = okenn
proof-doubt = Manke HTG { $amount } ant { $from } ak { $to }; se ka peman ki pa sèten yo (HTG { $may }). Sa pa pwouve toutotan yo pa regle.
proof-pending = Petèt poko nan dènye lekti a: { $count } peman, HTG { $amount } ak frè yo. Pwochen lekti a ap pwouve yo.
proof-explained = Chak santim esplike, sou { $count } entèval ant lekti yo.
proof-alarm-one = HTG { $amount } soti nan kont lan ant { $from } ak { $to } san anyen pa esplike sa. Pa peye alamen.
proof-alarm-many = lajan soti nan kont lan san anyen pa esplike sa, nan { $count } entèval ant lekti yo (omwen HTG { $amount }). Pa peye alamen.
proof-fee-learned = MonCash pran { $fee }, epi [balance] di { $set }: korije fee_percent ak fee_fixed, sinon minimòm nan pa respekte.
proof-fee-suggested = Yon frè { $fee } ta esplike sa, epi [balance] di { $set }: gade nan kontra ou. Nou wè sa yon sèl fwa.
proof-in-doubt = Balans lan pa pwouve toutotan gen peman ki pa sèten.
proof-more-names = ak { $count } lòt
fee-nothing = anyen
fee-percent = { $percent } % chak montan
fee-fixed = HTG { $fixed } chak transfè
fee-both = { $percent } % chak montan ak HTG { $fixed } chak transfè
stretch-top-up = lajan antre: sa dwe yon depo ou fè; si se pa sa, chèche yon peman ak montan sa a ki pa t pran anyen
stretch-in-flight = gen peman ki tonbe sou de bò yon lekti: gade pi gwo entèval li ladan an
stretch-doubt = peman ki pa sèten yo ka fè diferans lan: regle yo, epi relanse rapwochman an
stretch-unexplained = gen plis lajan ki soti pase sa ki esplike: konpare ak relve kont lan nan pòtay MonCash la; pa peye alamen

alarm-how = Fichye sa a se alèt la. Lè yon moun fin verifye: payoutd reconcile --acknowledge { $file } --reason "…", oswa retire fichye a nan dosye sa a. Jis lè sa a STATUS.txt ak jounal la ap kontinye di l.
alarm-acknowledged = { $who } wè l { $at }: { $reason }
scope-daily = peman ki te voye premye fwa soti { $from } rive { $to } (poukont li, [reconcile] daily)
scope-monthly = peman ki te voye premye fwa soti { $from } rive { $to } (poukont li, [reconcile] monthly)
