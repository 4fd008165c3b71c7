# payroll, in Kreyòl. See src/words/mod.rs.
