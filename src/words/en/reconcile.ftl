# reconcile, in English. See src/words/mod.rs.
