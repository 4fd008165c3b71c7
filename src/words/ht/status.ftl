# status, in Kreyòl. See src/words/mod.rs.
