#!/usr/bin/python3
"""Makes the files of this folder with LibreOffice, as a person does: types into cells in a locale, formats,
hides, filters, saves under each file type; and opens files of payoutd's own and saves them again.

Wants LibreOffice Calc and python3-uno (Debian: `apt-get install --no-install-recommends libreoffice-calc
python3-uno`). Run it as `/usr/bin/python3 make.py` in this folder; it starts and ends its own soffice, with a
profile of its own, and writes over the files here. What comes out may differ with the version of LibreOffice:
look at it before it is kept, and write the `.expected` by hand.
"""

import os
import pathlib
import shutil
import subprocess
import tempfile
import time

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.lang import Locale

HERE = pathlib.Path(__file__).resolve().parent
OURS = HERE / "ours"
# Filter options: separator, quote, letters, first line, columns, language, quote all texts, numbers as numbers
# (when opening: look for dates and the like), as shown, formulas.
SEMICOLON, COMMA, TAB = 59, 44, 9
UTF8, WINDOWS_1252, UTF16 = 76, 1, 65535
FRENCH, ENGLISH = 1036, 1033

REGISTRY = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>{}</value></prop></item>
</oor:items>
"""


def value(name, what):
    return PropertyValue(Name=name, Value=what)


class Office:
    """One soffice, in one locale of its user."""

    def __init__(self, locale):
        self.profile = pathlib.Path(tempfile.mkdtemp(prefix="payoutd-office-"))
        (self.profile / "user").mkdir()
        (self.profile / "user/registrymodifications.xcu").write_text(REGISTRY.format(locale))
        pipe = f"payoutd{os.getpid()}{locale[:2]}"
        self.process = subprocess.Popen(
            ["soffice", f"-env:UserInstallation=file://{self.profile}", "--headless", "--norestore", "--nologo",
             f"--accept=pipe,name={pipe};urp;"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        for _ in range(120):
            try:
                context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
                break
            except Exception:
                time.sleep(0.5)
        self.desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        language, country = locale.split("-")
        self.locale = Locale(language, country, "")

    def new(self):
        return self.desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, (value("Hidden", True),))

    def open(self, path, options=None):
        how = [value("Hidden", True)]
        if options:
            how += [value("FilterName", "Text - txt - csv (StarCalc)"), value("FilterOptions", options)]
        return self.desktop.loadComponentFromURL(path.as_uri(), "_blank", 0, tuple(how))

    def format(self, document, code):
        formats = document.NumberFormats
        key = formats.queryKey(code, self.locale, False)
        return key if key != -1 else formats.addNew(code, self.locale)

    def end(self):
        try:
            self.desktop.terminate()
        except Exception:
            pass
        self.process.wait(30)
        shutil.rmtree(self.profile)


def type_in(sheet, rows):
    """Types each cell, as a person would: LibreOffice makes numbers and dates of what looks like them."""
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            if text.startswith("text:"):
                cell = sheet.getCellByPosition(c, r)
                cell.NumberFormat = 100  # "@": the person has formatted it as text first.
                cell.String = text[5:]
            elif text:
                sheet.getCellByPosition(c, r).FormulaLocal = text


def form(office, document, sheet, column, first, last, code):
    cells = sheet.getCellRangeByPosition(column, first, column, last)
    cells.NumberFormat = office.format(document, code)


def save(document, name, options=None, to=HERE):
    filters = {".csv": "Text - txt - csv (StarCalc)", ".xlsx": "Calc MS Excel 2007 XML", ".ods": "calc8",
               ".xls": "MS Excel 97"}
    path = to / name
    how = [value("FilterName", filters[path.suffix])]
    if options:
        how.append(value("FilterOptions", options))
    document.storeToURL(path.as_uri(), tuple(how))


def csv(separator, letters, language="", quote_all=False, as_shown=True):
    return f"{separator},34,{letters},1,,{language},{str(quote_all).lower()},true,{str(as_shown).lower()},false"


FRENCH_ROWS = [
    ["Référence", "Nom et prénom", "Téléphone", "Montant (HTG)", "Motif", "Matricule"],
    ["2026-07-001", "Joseph Évariste", "37007294", "12500", "Salaire de juillet", "text:0012"],
    ["2026-07-002", "Thérèse Noël", "+509 3412-5566", "9800,5", "acompte déduit ; solde", "text:0013"],
    ["2026-07-003", "D’Haïti Rose", "50936124578", "1250", "", "text:0104"],
    ["TOTAL", "", "", "=SUM(D2:D4)", "", ""],
]
ENGLISH_ROWS = [
    ["Reference", "Full name", "Phone", "Net pay", "Note"],
    ["PAY-1", "Marie Joseph", "37007294", "12500", "July, salary"],
    ["PAY-2", "Pierre \"Ti\" Noël", "3412 5566", "9800.5", ""],
    ["TOTAL", "", "", "=SUM(D2:D3)", ""],
]


def french(office):
    book = office.new()
    sheet = book.Sheets.getByIndex(0)
    sheet.Name = "Paie"
    type_in(sheet, FRENCH_ROWS)
    form(office, book, sheet, 3, 1, 4, "# ##0,00")
    save(book, "fr_shown_utf8.csv", csv(SEMICOLON, UTF8))
    save(book, "fr_shown_1252.csv", csv(SEMICOLON, WINDOWS_1252))
    save(book, "fr_shown_utf16.csv", csv(TAB, UTF16))
    save(book, "fr_shown_comma.csv", csv(COMMA, UTF8))
    save(book, "fr_shown_quoted.csv", csv(SEMICOLON, UTF8, quote_all=True))
    save(book, "fr_stored_utf8.csv", csv(SEMICOLON, UTF8, as_shown=False))
    save(book, "fr_stored_1252.csv", csv(SEMICOLON, WINDOWS_1252, as_shown=False))
    save(book, "fr.xlsx")
    save(book, "fr.ods")
    save(book, "fr_old.xls")
    form(office, book, sheet, 3, 1, 4, "# ##0,00 [$HTG]")
    save(book, "fr_currency.csv", csv(SEMICOLON, UTF8))
    save(book, "fr_currency.xlsx")
    form(office, book, sheet, 3, 1, 4, "# ##0")
    save(book, "fr_rounded.csv", csv(SEMICOLON, UTF8))
    # What is shown is rounded; what is stored is not.
    save(book, "fr_rounded.ods")
    form(office, book, sheet, 3, 1, 4, "0,00E+00")
    save(book, "fr_scientific.csv", csv(SEMICOLON, UTF8))
    save(book, "fr_scientific.xlsx")
    book.close(True)


def english(office):
    book = office.new()
    sheet = book.Sheets.getByIndex(0)
    type_in(sheet, ENGLISH_ROWS)
    form(office, book, sheet, 3, 1, 3, "#,##0.00")
    save(book, "en_shown.csv", csv(COMMA, UTF8))
    save(book, "en.ods")
    save(book, "en.xlsx")
    sheet.getCellByPosition(3, 2).Value = 9800
    form(office, book, sheet, 3, 1, 3, "#,##0")
    # Whole amounts with commas and nothing that shows what they are.
    save(book, "en_whole.csv", csv(COMMA, UTF8))
    save(book, "en_whole.xlsx")
    # Typed as a reference, taken for a day.
    sheet.getCellByPosition(0, 1).FormulaLocal = "JUL-1"
    save(book, "en_damaged.csv", csv(COMMA, UTF8))
    save(book, "en_damaged.ods")
    book.close(True)


def damaged(office):
    """What was typed and became something else."""
    book = office.new()
    sheet = book.Sheets.getByIndex(0)
    type_in(sheet, [
        ["Référence", "Téléphone", "Montant"],
        ["1/7", "37007294", "1250"],
        ["JUL-2", "3/4", "1250"],
        ["JUL-3", "37007295", "12/7/26"],
        ["JUL-4", "37007296", "=1/0"],
        ["JUL-5", "=NA()", "1250"],
        ["JUL-6", "37007297", "1250,505"],
        ["JUL-7", "37007298", "-1250"],
        ["JUL-8", "37007299", "50%"],
        ["JUL-9", "37007300", "VRAI"],
        ["JUL-10", "12:30", "1250"],
    ])
    save(book, "fr_damaged.csv", csv(SEMICOLON, UTF8))
    save(book, "fr_damaged.xlsx")
    save(book, "fr_damaged.ods")
    book.close(True)


def zeros(office):
    """References that were numbers to LibreOffice: their zeros are cut off, and do not count."""
    book = office.new()
    sheet = book.Sheets.getByIndex(0)
    type_in(sheet, [
        ["Référence", "Téléphone", "Montant"],
        ["0001202607", "37007294", "1250,5"],
        ["text:0002202607", "037007295", "1250"],
        ["0003202607", "0050937007296", "1250"],
    ])
    save(book, "fr_zeros.csv", csv(SEMICOLON, UTF8))
    save(book, "fr_zeros.xlsx")
    save(book, "fr_zeros.ods")
    book.close(True)


ROWS = [["Référence", "Téléphone", "Montant"]] + [[f"JUL-{n}", f"3700729{n}", f"{1000 + n},25"] for n in range(1, 6)]


def unseen(office):
    """Rows and sheets that nobody sees."""
    def book_of(change, name):
        book = office.new()
        sheet = book.Sheets.getByIndex(0)
        sheet.Name = "Paie"
        type_in(sheet, ROWS)
        change(book, sheet)
        for ending in (".xlsx", ".ods"):
            save(book, name + ending)
        book.close(True)

    def hide(book, sheet):
        sheet.Rows.getByIndex(3).IsVisible = False

    def filtered(book, sheet):
        cells = sheet.getCellRangeByName("A1:C6")
        book.DatabaseRanges.addNewByName("Liste", cells.RangeAddress)
        database = book.DatabaseRanges.getByName("Liste")
        database.AutoFilter = True
        descriptor = database.FilterDescriptor
        field = uno.createUnoStruct("com.sun.star.sheet.TableFilterField")
        field.Field, field.IsNumeric, field.StringValue = 0, False, "JUL-2"
        field.Operator = uno.Enum("com.sun.star.sheet.FilterOperator", "NOT_EQUAL")
        descriptor.setFilterFields((field,))
        descriptor.ContainsHeader = True
        database.refresh()

    def folded(book, sheet):
        rows = sheet.getCellRangeByName("A3:C4")
        sheet.group(rows.RangeAddress, uno.Enum("com.sun.star.table.TableOrientation", "ROWS"))
        sheet.hideDetail(rows.RangeAddress)

    def other_sheet(book, sheet):
        book.Sheets.insertNewByName("Mois passé", 1)
        type_in(book.Sheets.getByIndex(1), ROWS)

    def hidden_sheet(book, sheet):
        other_sheet(book, sheet)
        book.Sheets.getByIndex(1).IsVisible = False

    def empty_sheets(book, sheet):
        book.Sheets.insertNewByName("Feuille2", 1)
        book.Sheets.insertNewByName("Feuille3", 2)

    def autofilter(book, sheet):
        """Arrows in the header, and nothing filtered out."""
        book.DatabaseRanges.addNewByName("Liste", sheet.getCellRangeByName("A1:C6").RangeAddress)
        book.DatabaseRanges.getByName("Liste").AutoFilter = True

    def hidden_column(book, sheet):
        sheet.getCellByPosition(3, 0).String = "Matricule"
        sheet.getCellByPosition(3, 1).String = "0012"
        sheet.Columns.getByIndex(3).IsVisible = False

    def merged_title(book, sheet):
        sheet.Rows.insertByIndex(0, 2)
        sheet.getCellByPosition(0, 0).String = "PAIE DE JUILLET 2026"
        sheet.getCellRangeByName("A1:C1").merge(True)

    for change, name in [(hide, "hidden_row"), (filtered, "filtered_row"), (folded, "folded_rows"),
                         (other_sheet, "two_sheets"), (hidden_sheet, "hidden_sheet"), (empty_sheets, "empty_sheets"),
                         (autofilter, "autofilter"), (hidden_column, "hidden_column"), (merged_title, "title")]:
        book_of(change, name)


def comments(office):
    """A note on a cell, colours, a picture of a formula: what stands around the payroll."""
    book = office.new()
    sheet = book.Sheets.getByIndex(0)
    type_in(sheet, ROWS[:3])
    place = sheet.getCellByPosition(2, 1).CellAddress
    sheet.Annotations.insertNew(place, "vérifié par Marie")
    sheet.getCellRangeByName("A1:C1").CellBackColor = 0xFFCC00
    sheet.getCellByPosition(2, 2).FormulaLocal = "=C2*2"
    # Columns and rows far away that are formatted and hold nothing.
    sheet.getCellRangeByName("A1:Z60").CharHeight = 9
    save(book, "decorated.xlsx")
    save(book, "decorated.ods")
    book.close(True)


def saved_again(office, language, tag):
    """payoutd's own files, opened as LibreOffice offers it, and saved again."""
    for path in sorted(OURS.glob("*.csv")):
        separator = SEMICOLON if "received" in path.stem else COMMA
        is_retry = "retry" in path.stem
        for special in ("false", "true") if is_retry else ("false",):
            book = office.open(path, f"{separator},34,{UTF8},1,,{language},false,{special},false")
            name = f"again_{tag}{'_special' if special == 'true' else ''}_{path.stem}"
            save(book, f"{name}.csv", csv(separator, UTF8))
            if special == "false":
                save(book, f"{name}.ods")
            if special == "false" and is_retry:
                save(book, f"{name}_1252.csv", csv(separator, WINDOWS_1252))
                save(book, f"{name}.xlsx")
            book.close(True)
    # With the wrong separator ticked, all of a row is in one cell or two.
    book = office.open(OURS / "retry_received.csv", f"{COMMA},34,{UTF8},1,,{language},false,false,false")
    save(book, f"again_{tag}_wrong_separator.csv", csv(COMMA, UTF8))
    save(book, f"again_{tag}_wrong_separator.xlsx")
    book.close(True)


def main():
    french_office = Office("fr-FR")
    try:
        french(french_office)
        damaged(french_office)
        zeros(french_office)
        unseen(french_office)
        comments(french_office)
        saved_again(french_office, FRENCH, "fr")
    finally:
        french_office.end()
    english_office = Office("en-US")
    try:
        english(english_office)
        saved_again(english_office, ENGLISH, "en")
    finally:
        english_office.end()


if __name__ == "__main__":
    main()
