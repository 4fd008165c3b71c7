# orders, in Kreyòl. See src/words/mod.rs.
