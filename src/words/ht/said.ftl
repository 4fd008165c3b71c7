# Sa payoutd di epi li kenbe kòm kòd (payout/message): fraz ansyen rejis yo genyen an angle sèlman. Lòt yo nan
# sijè « told » la.

said-cancelled-not-found = { $reference } anile: MonCash pa jwenn li, epi { $who } di li pa t peye
said-other-status = estati { $status } nan yon HTTP { $http }
said-error-beside = yon erè bò kote l: { $error }

said-mark-missing = fichye high-water la pa nan dosye eta a: anyen pa montre rejis sa a (evènman { $event }) se pi nouvo a
said-mark-unreadable = nou pa ka li fichye high-water ki nan dosye eta a
said-restored = yo te mete yon kopi nan plas li ak « payoutd restore »
said-ends-early = rejis la fini nan evènman { $event } (ouvèti { $opening }), men evènman { $written } (ouvèti { $opened }) te deja ekri: sanble yon kopi ki pi ansyen nan plas li
said-batch-forgotten = lo { $batch } te deja admèt, men rejis sa a pa bay okenn nimewo apre { $last }: sanble yon kopi ki pi ansyen nan plas li
said-other-event = evènman { $event } se pa sa ki te ekri a: sanble yon lòt rejis nan plas li
said-by-person = { $who } di sa: { $reason }
said-again = { $now }; anvan sa: { $before }
