# report, in French. See src/words/mod.rs.
