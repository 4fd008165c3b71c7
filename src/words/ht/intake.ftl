# intake, in Kreyòl. See src/words/mod.rs.

check-no-ledger = poko gen rejis : anyen pa konpare ak lo ki te pase anvan yo
