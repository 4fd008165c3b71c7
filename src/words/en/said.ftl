# What payoutd says and keeps as codes (payout/message): the sentences that older ledgers have only in English.
# The others are in the topic "told".

said-cancelled-not-found = { $reference } is cancelled: MonCash does not find it, and { $who } says that it was not paid
said-other-status = status { $status } inside HTTP { $http }
said-error-beside = an error beside it: { $error }

said-mark-missing = the file high-water is missing from the state folder, so nothing shows that this ledger (event { $event }) is the newest
said-mark-unreadable = the file high-water in the state folder cannot be read
said-restored = a copy was put in place with 'payoutd restore'
said-ends-early = the ledger ends at event { $event } (opening { $opening }), but event { $written } (opening { $opened }) was written once: an older copy seems to lie in its place
said-batch-forgotten = batch { $batch } was admitted once, but this ledger gave out no number after { $last }: an older copy seems to lie in its place
said-other-event = event { $event } is not the one that was written once: another ledger seems to lie in its place
said-by-person = { $who } says so: { $reason }
said-again = { $now }; before that: { $before }
