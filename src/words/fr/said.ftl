# Ce que payoutd dit et garde sous forme de codes (payout/message) : les phrases que les anciens registres n’ont
# qu’en anglais. Les autres sont dans le sujet « told ».

said-cancelled-not-found = { $reference } est annulé : MonCash ne le trouve pas, et { $who } dit qu’il n’a pas été payé
said-other-status = statut { $status } dans un HTTP { $http }
said-error-beside = une erreur à côté : { $error }

said-mark-missing = le fichier high-water manque dans le dossier d’état : rien ne montre que ce registre (événement { $event }) est le plus récent
said-mark-unreadable = le fichier high-water du dossier d’état ne peut pas être lu
said-restored = une copie a été mise en place avec « payoutd restore »
said-ends-early = le registre finit à l’événement { $event } (ouverture { $opening }), mais l’événement { $written } (ouverture { $opened }) a déjà été écrit : une copie plus ancienne semble être à sa place
said-batch-forgotten = le lot { $batch } a déjà été admis, mais ce registre n’a donné aucun numéro après { $last } : une copie plus ancienne semble être à sa place
said-other-event = l’événement { $event } n’est pas celui qui a été écrit : un autre registre semble être à sa place
said-by-person = { $who } le dit : { $reason }
said-again = { $now } ; avant cela : { $before }
