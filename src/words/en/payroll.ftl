# payroll, in English. See src/words/mod.rs.

# The file as a whole.

file-empty = The file is empty: was it saved or copied to its end?
file-unreadable = The file could not be read to its end ({ $error }): copy it again and drop it anew.
file-is-old-workbook = This is an old Excel workbook. Save the sheet as "CSV UTF-8" and drop that.
file-has-password = This is a workbook with a password. In Excel, remove it (File, Info, Protect Workbook, Encrypt with Password: empty the field), save, and drop it again.
file-is-compound = This is neither a CSV file nor a workbook that can be read: a workbook with a password, an old Excel workbook or a document of another program. Open it in Excel, remove its password if it has one, save it as a workbook (.xlsx) or as "CSV UTF-8" and drop that.
file-is-html = This is a page of HTML, whatever its name ends with: portals export such files as .xls. Open it in Excel, save it as a workbook (.xlsx) or as "CSV UTF-8" and drop that.
file-is-xml = This is an XML file, as Excel's "XML Spreadsheet 2003" is. Open it in Excel, save it as a workbook (.xlsx) or as "CSV UTF-8" and drop that.
file-is-pdf = This is a PDF. Save the sheet as "CSV UTF-8" and drop that.
file-is-compressed = This is a compressed file. Save the sheet as "CSV UTF-8" and drop that.
file-holds-nul = The file holds bytes that no text has (NUL): it is damaged, in UTF-16 without its mark, or no CSV file. Save the sheet as "CSV UTF-8" and drop that.
line-holds-nul = The file holds bytes that no text has (NUL): it is damaged or no CSV file. Save the sheet as "CSV UTF-8" and drop that.
encoding-mixed = The letters of the file are not written in one way: some are UTF-8, and here is byte { $byte }, which is not, so names with accents would be wrong. Two files may have been put together. Save the sheet as "CSV UTF-8" and drop that.
byte-without-letter = The file is neither UTF-8 nor Windows-1252: byte { $byte } in this line is no letter of either. Save the sheet as "CSV UTF-8" and drop that.
letters-mac-roman = The letters of the file are not those of Windows: they seem to be MacRoman's, as Excel for Mac writes them, and names would be wrong, as here. In Excel, open your own workbook (not this file), save it as "CSV UTF-8" and drop that, or drop the workbook (.xlsx) itself.
letters-cp850 = The letters of the file are not those of Windows: they seem to be CP850's, as "CSV (MS-DOS)" has them, and names would be wrong, as here. In Excel, open your own workbook (not this file), save it as "CSV UTF-8" and drop that, or drop the workbook (.xlsx) itself.
letters-of-old = The letters of the file are not those of Windows: they seem to be MacRoman's or CP850's (an old Mac or MS-DOS program), and names would be wrong, as here. In Excel, open your own workbook (not this file), save it as "CSV UTF-8" and drop that, or drop the workbook (.xlsx) itself.
utf-16-damaged = The file is in UTF-16 and is damaged in this line. Save the sheet as "CSV UTF-8" and drop that.
too-many-lines = The file has more than { $most } lines: split it into several files.
line-too-long = This line is longer than { $most } KiB, so this is hardly a payroll: save the sheet as CSV once more.
no-rows = The file has a header and no rows: was it saved or copied to its end?
no-rows-but-zero = Every row has an amount of zero and is left out ([intake] zero), so that there is nobody to pay: is this the right column, and were its formulas worked out before it was saved?
half-file = The last line has no line end, so this may be half a file: copy the file anew, or, if it is whole, open it and end the last line with the Enter key.
half-file-reference = The last line has no line end, and its last cell is a reference that may be cut: copy the file anew, or, if it is whole, open it and end the last line with the Enter key.
half-file-amount = The last line has no line end, and its last cell is an amount that may be cut: copy the file anew, or, if it is whole, open it and end the last line with the Enter key, or add a line such as # total: 123456.50.
batch-amount-too-large = The rows come to { $amount } HTG, above the { $limit } HTG that one file may order (max_batch_amount): split the file, or have the limit raised.

# Lines that check the file.

control-total-unclear = The amount after "# total:" is not plain: write it as # total: 123456.50
control-rows-unclear = What follows "# rows:" is not a number: write it as # rows: 250
control-unknown = This line looks like one to check the file by, but is not known: write # total: 123456.50, # rows: 250, # period: 2026-07 or # pay on: 2026-07-30, or remove it.
control-contradicts = This line contradicts line { $line }: correct one of them.
control-line-place = A line that begins with # stands between rows: such lines belong before the header or after the last row. Move it, or remove it.
rows-differ = This line says { $said } rows and the file has { $rows }: rows are missing or too many; copy the file anew, or correct this line.
total-differs = This line says { $said } HTG and the rows come to { $total } HTG: a row is missing, doubled or changed; copy the file anew, or correct this line.
total-nameless = This row has an amount and nothing else: if it is the total of the sheet, write TOTAL into its first cell; if somebody is to be paid, write the reference and the receiver.
total-with-receiver = This row is called a total and names a wallet: if it is the total of the sheet, empty the receiver; if somebody is to be paid, give the row a reference of its own.
total-between-rows = A row that adds others up stands between rows: only the last row may be a total. Remove subtotals.
row-other-currency = This row is in "{ $text }" (column "{ $column }"), and only gourdes are paid: a dollar, American or Haitian, is never a gourde. Write the amount in gourdes, or pay this person in another way; the other rows lie in rejected/ as a file of their own.
row-other-way = This row is to be paid by "{ $text }" (column "{ $column }"), not by MonCash. Take it out of the sheet; the other rows lie in rejected/ as a file of their own.
row-bank = This row is to be paid by a bank (column "{ $column }"), not by MonCash, as others of the column are empty. Take it out of the sheet; the other rows lie in rejected/ as a file of their own.
row-not-to-pay = This row says "{ $text }" (column "{ $column }"): it is not to be paid. Take it out of the sheet; the other rows lie in rejected/ as a file of their own.
row-mark-empty = The cell in column "{ $column }" is empty, and other rows say something else than { $usual }: fill it in.
row-mark-unknown = What stands in column "{ $column }" is not understood: write { $usual }, or take the row out of the sheet.
row-mark-many = Too many cells of the column "{ $column }" are empty or not understood: fill the column in.
row-usual-gourdes = HTG
row-usual-moncash = MonCash
row-usual-to-pay = "to pay"
signature-line = This line has no wallet's number, no amount and no reference: if it is a signature or a note, write a TOTAL row above it (the word TOTAL, and the sum in the column of amounts) or delete it; if somebody is to be paid, fill in the row.
filled-between = From here on { $lines ->
    [one] 1 line has
   *[other] { $lines } lines have
 } no wallet, no name and no amount, and line { $row } below is a row: delete such lines, or fill them in if somebody is missing.

# The header.

header-missing = No line names the columns: the file needs a header such as reference,receiver,amount.
header-quotes = A quote (") in the header is not closed, or text follows a closing one: correct it.
above-header-wallet = This line stands above the header (line { $header }) and holds a wallet's number: if somebody is to be paid by it, move it below the header; if not, write the number into one cell with a word, such as "Tel. 37007294", or empty the cell.
above-header-amount = This line stands above the header (line { $header }) and holds what may be an amount in the column of amounts: if somebody is to be paid by it, move it below the header; if not, move this cell into another column, or empty it.
too-many-columns = The header has more than { $most } columns besides those that payoutd knows: remove those that no payroll needs.
column-name = Column { $column } has a name with hidden characters or of more than { $longest } characters: rename it.
report-file = This is a report of payoutd, which says who was paid; nobody is paid from it. To pay again those who were certainly not paid, drop the retry file that lies beside the report (NAME.BATCH.retry.csv); for a new payroll, start from your own file.
column-twice = Columns { $first } and { $second } have the same name: keep one of them, or rename one.
column-ambiguous = The columns "{ $first }" and "{ $second }" could both be the { $column }: rename the one that is not meant, or write the one that is meant into the configuration ([columns] { $column }).
column-set-missing = The configuration takes the { $column } from the column "{ $name }" ([columns] { $column }), and the file has no such column: no other one is taken for it. Look for a spelling mistake in the header, or write into the configuration what the column is called here.
cell-empty = nothing
cell-text = "{ $text }"
column-asks-amount = Which column is to be paid? Line { $line } has { $one } under "{ $first }" and { $two } under "{ $second }". Rename the column that holds what each person is to receive "Amount to pay MonCash", save the file, and drop it again.
column-asks-adjustment = Is "{ $first }" before or after "{ $second }"? Line { $line } has { $one } under "{ $first }" and { $two } under "{ $second }". Rename the column that holds what each person is to receive, all taken off and added, "Amount to pay MonCash" (add it where it is missing), save the file, and drop it again.
column-asks-wallet = Which number is to be paid? Line { $line } has { $one } under "{ $first }" and { $two } under "{ $second }". Rename the column that holds the MonCash numbers "MonCash number", save the file, and drop it again.
column-asks-two-wallets = Which number is to be paid? Line { $line } has { $one } under "{ $first }" and { $two } under "{ $second }", and both names say that they are wallets. Rename the column that is not to be paid "Contact", save the file, and drop it again.
column-asks-hidden = Line { $line } has { $one } under "{ $first }" and { $two } in the column "{ $second }", which is hidden: which is to be paid? Delete the hidden column, or show it (select the columns on both sides of it, right click, Unhide) and rename the one that is to be paid; save the file, and drop it again.
column-missing = The header does not name { $columns }: one of the first 20 lines must name a reference, a receiver (phone) and an amount; other names can be set in the configuration, [columns].
column-missing-not-that = The header does not name { $columns }. "{ $other }" is not taken for it: an account may be a bank's, and an employee's number is the same every month. Name the columns reference, receiver (phone) and amount, or set them in the configuration, [columns].
built-column-missing = The configuration builds references from a column "{ $column }" ([columns] reference), and the file has no such column: add it, or give the file a column of references.
built-from-place = References are never built from the place of a row or the name of a file, and the file has no column "{ $column }": a sheet that is sorted, or saved under another name, would pay everybody a second time. Build them from columns that stay, such as {"{"}matricule{"}"}-{"{"}periode{"}"}.

# A row.

line-quotes = A quote (") in this line is not closed, or text follows a closing one: write "" for a quote within a quoted cell, and close each cell.
cells-missing = The line has { $has } cells and the header has { $wants }: a cell is missing; leave it empty but keep its place.
cells-missing-where = The line has { $has } cells and the header has { $wants }, and it cannot be told which are missing: the amount may be that of the next column. Save the sheet as a workbook (.xlsx) and drop that, or write something into the last column of every row.
cells-extra = The line has { $has } cells and the header has { $wants }: put a text that holds the delimiter between quotes, and an amount with a decimal comma too.
column-unnamed = Column { $column } has no name in the header but holds something here: name it, or empty it.
cell-too-long = The text has more than { $longest } characters: shorten it.
control-character = The cell holds an invisible character: { $character } ({ $code }), as its character { $place }. Delete the text and type it anew; do not paste it.
hidden-tab = a tab
hidden-line-end = a line break
hidden-hyphen = a soft hyphen
hidden-space = a zero-width space
hidden-byte-order = a byte-order mark
hidden-joiner = a zero-width joiner
hidden-direction = a mark of the reading direction
hidden-control = a control character
spreadsheet-error = The spreadsheet could not work out this cell: correct the formula or write the value itself.
column-too-narrow = The column was too narrow when the sheet was exported, so that ### took the place of what it held. In Excel, make the column wider (double click on its right edge) and export again.
scientific-notation = This number is in exponent notation, and digits of it may be lost: format the column as text (not as a number) and write the number anew.

# References.

reference-missing = The reference is empty: every row needs one of its own.
reference-part-missing = The cell "{ $column }" is empty, and the reference is built from it: fill it.
reference-too-long = The reference is longer than 40 characters: change it, such as to 2026-07-EMP0012.
reference-characters = The reference may hold only A-Z a-z 0-9 . _ : / -: change it, such as to 2026-07-EMP0012.
reference-ends = The reference must begin and end with a letter or a digit: change it, such as to 2026-07-EMP0012.
reference-twice = This reference stands in line { $line } already (case and leading zeros do not count): give each row its own, or remove the row if it was entered twice.
retry-of-invalid = retry_of must be the reference of the payout that is paid again, or empty.
retry-of-itself = retry_of names the row's own reference: a payout that is paid again needs a new reference, such as the old one with .r2 behind it.

# Receivers.

receiver-missing = The receiver is empty: write the wallet's eight digits, such as 37007294.
receiver-cut-after-509 = This begins with the country code 509 and has only 8 digits, so some are missing: write 509 and eight digits.
receiver-zero = No wallet's number begins with 0: write its eight digits, such as 37007294.
receiver-commas = The column's number format parts thousands by commas, as no phone number is written. In Excel, set the column's format to Text or to 0 (Format Cells) and save again.
receiver-no-number = This is not a wallet's number: write eight digits, such as 37007294, or 509 and eight digits.
receiver-short = This is not a wallet's number (it has { $digits } digits): write eight digits, such as 37007294. A spreadsheet cuts zeros off where the column is not formatted as text.
receiver-invalid = This is not a wallet's number (it has { $digits } digits): write eight digits, such as 37007294, or 509 and eight digits.
reference-date = The spreadsheet has made a date of the reference: format the column as text and write the reference anew, as it was in the file before.
reference-part-date = The spreadsheet has made a date of the cell in column { $column }, which the reference is built from: it looks different on another machine, and would be another reference. Format the column as text and write it anew, such as 2026-07.
receiver-date = The spreadsheet has made a date of the number: format the column as text and write the number anew, such as 37007294.

# Amounts.

amount-missing = The amount is empty: write one, such as 1250.00, or remove the row.
amount-beyond = The amount is larger than any that can be paid.
amount-above = The amount is above { $most } HTG, the most one payout may be (max_amount).
amount-below = The amount is below { $least } HTG, the least one payout may be (min_amount).
amount-not-positive = The amount is not greater than zero: write what is to be paid, or remove the row.
amount-too-precise = The amount has more than two decimals: round it to the centime, such as 1250.75.
amount-cut-by-comma = The amount { $amount } and the { $behind } behind it may be one amount with a decimal comma, cut in two because commas part the cells: write { $amount }.{ $behind }, or, if they are not one amount, { $amount }.00.
amount-cut-thousands = The amount { $amount } and the { $behind } behind it may be one amount, cut in two because commas part the cells: write { $whole } if it is one, or { $amount }.00 if it is not.
amount-two-ways-comma = The amount can be read in two ways: write { $amount } if the comma parts thousands. No other amount of the file shows which is meant.
amount-two-ways-point = The amount can be read in two ways: write { $amount } if the point parts thousands, else round it to two decimals. No other amount of the file shows which is meant.
amount-style-comma = This amount has a comma before its centimes and line { $line } shows a point: write all amounts of the file in one way.
amount-style-point = This amount has a point before its centimes and line { $line } shows a comma: write all amounts of the file in one way.
amount-unproved = The file was changed while it was read, and its amounts can no longer be told: nobody is paid from it. Drop it again once it is complete.
amount-not-plain = This is not an amount: write digits with a point or a comma before the centimes, such as 1250.00.
amount-grouping = This cannot be read as one amount (thousands are parted three by three, by one sign): write digits with a point or a comma before the centimes, such as 1250.00.
amount-currency = Only gourdes are paid, and nothing but HTG, G or Gdes may stand beside an amount. See that the amounts are in gourdes (a Haitian dollar is five of them), and format the column as a number with two decimals or write digits with a point or a comma before the centimes, such as 1250.00.
amount-percent = This is a percentage, not an amount: format the column as a number with two decimals and look at the amounts, or write digits with a point or a comma before the centimes, such as 1250.00.
amount-brackets = Brackets mean a negative amount, and only amounts above zero are paid: write digits with a point or a comma before the centimes, such as 1250.00.
amount-sign = The amount must have no sign: write digits with a point or a comma before the centimes, such as 1250.00.
amount-date = The spreadsheet has made a date of the amount: format the column as a number with two decimals and write the amount anew.
amount-lost-sign = A sign between these digits was lost when the sheet was saved: save it as "CSV UTF-8", or format the column without thousands separators.

# What was cleaned: said of a file that was read.

cleaned-separator = the first line (sep=) says what parts the cells, and was obeyed
cleaned-invisible = { $cells ->
    [one] invisible characters taken out of one cell, in line { $line }
   *[other] invisible characters taken out of { $cells } cells, first in line { $line }
}
cleaned-no-break = { $cells ->
    [one] no-break spaces passed over in one cell, in line { $line }
   *[other] no-break spaces passed over in { $cells } cells, first in line { $line }
}
cleaned-dash = { $cells ->
    [one] a long or no-break dash read as a plain one in one phone number, in line { $line }
   *[other] long or no-break dashes read as plain ones in { $cells } phone numbers, first in line { $line }
}
cleaned-text-formula = { $cells ->
    [one] ="…" taken off one cell, in line { $line }
   *[other] ="…" taken off { $cells } cells, first in line { $line }
}
cleaned-apostrophe = { $cells ->
    [one] a leading apostrophe taken off one cell, in line { $line }
   *[other] a leading apostrophe taken off { $cells } cells, first in line { $line }
}
cleaned-last-cells = { $lines ->
    [one] the last cells are missing in one line, line { $line }, and were read as empty
   *[other] the last cells are missing in { $lines } lines, first in line { $line }, and were read as empty
}
