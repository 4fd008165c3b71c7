# workbook, in English. See src/words/mod.rs.

workbook-file-too-large = The workbook is larger than { $mebibytes } MiB: save the sheet alone as "CSV UTF-8" and drop that.
workbook-unpacks-too-large = The workbook unpacks to more than any payroll has, so nothing of it was read: copy the payroll's cells into a new workbook, or save the sheet as "CSV UTF-8", and drop that.
workbook-too-many-cells = The workbook has more than { $cells } cells, more than is read from an OpenDocument file: save the sheet as "CSV UTF-8" and drop that.
workbook-too-many-rows = The sheet has more than { $rows } rows: split it into several files.
workbook-too-many-columns = The row reaches beyond column { $columns }, so this is hardly a payroll: remove what stands far to the right.
workbook-row-too-long = The row holds more than { $kibibytes } KiB of text, so this is hardly a payroll: remove the long texts.
workbook-unreadable = The workbook cannot be read ({ $reason }): open it, take any password off, save it anew (or the sheet as "CSV UTF-8") and drop that.
workbook-no-workbook = it is an archive, but no workbook
workbook-broken = its insides are damaged
workbook-cut = its sheet ends in the middle
workbook-part-twice = it holds two parts of one name, and can be read in two ways
workbook-contradicts = it can be read in two ways at row { $row }
workbook-row-order = its rows are out of order at row { $row }
workbook-cell-order = its cells are out of order in row { $row }
workbook-row-number = a number in it is none: { $number }
workbook-table-in-cell = a table lies within a cell
workbook-empty = No sheet of the workbook holds anything: was it saved?
workbook-sheet-empty = The sheet { $sheet } is empty: was the right workbook dropped?
workbook-sheet-hidden = The sheet { $sheet } is hidden, and nobody is paid from what nobody sees: show it (right click on the tabs, Unhide), look at it, save and drop it again.
workbook-sheet-missing = The workbook has no sheet { $sheet } (the setting [intake] sheet); it has { $sheets }: rename the payroll's sheet, or have the setting changed.
workbook-sheets-several = Several sheets hold something ({ $sheets }), and which one is the payroll must not be guessed: keep it alone in the workbook, or have the setting [intake] sheet name it.
workbook-row-hidden = The row is hidden or filtered out, or part of it lies under merged cells, and nobody is paid from what nobody sees: clear the filter, show all rows and undo the merging, then keep the row or delete it.
workbook-date = A date stands here: the spreadsheet has made one out of what was typed. Format the column as text, and type the value anew.
workbook-column-hidden = Column { $letter } ({ $column }) is hidden, and nobody is paid from what nobody sees: show it (select the columns on both sides of it, right click, Unhide), look at it, save and drop the file again; or delete the column.
