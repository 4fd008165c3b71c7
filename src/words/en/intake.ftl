# intake, in English. See src/words/mod.rs.

check-no-ledger = there is no ledger yet: nothing is compared with earlier batches
