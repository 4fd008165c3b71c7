# workbook, in English. See src/words/mod.rs.
