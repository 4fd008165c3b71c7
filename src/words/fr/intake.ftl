# intake, in French. See src/words/mod.rs.

check-no-ledger = il n’y a pas encore de registre : rien n’est comparé avec les lots précédents
