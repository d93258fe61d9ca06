"""Banks' CSV exports: proposals, mappings, encodings, what is refused."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from billdesk.core.domain.bank_csv import BankCsvMapping, BankImport, propose
from billdesk.core.domain.canonical import canonical_json, from_json
from billdesk.core.domain.errors import UserError
from billdesk.core.gateways.bank.facts import LineFacts
from billdesk.core.services.banking.csv_proposal import proposal_for
from billdesk.core.services.banking.csv_statement import read_csv_statement
from billdesk.core.services.banking.csv_table import csv_table
from billdesk.core.services.importing.files import ImportFile

DATA = Path(__file__).parents[2] / "data" / "bank"
NOVEMBER_20 = date(2026, 11, 20)


def proposed(file: ImportFile) -> BankCsvMapping:
    table = csv_table(file)
    return propose(table.header, [row.fields for row in table.rows])


def read(name: str, **said: str) -> tuple[str, tuple[LineFacts, ...]]:
    file = ImportFile.read(DATA / name)
    (statement,) = read_csv_statement(file, replace(proposed(file), **said))
    return statement.account, statement.lines


def test_german_export_in_windows_1252_with_years_of_two_digits() -> None:
    account, (first, fee) = read("de_sparkasse.csv")
    assert account == "DE87200500001234567890"
    assert (first.booked_on, first.amount_minor, first.currency) == (NOVEMBER_20, 111_900, "EUR")
    assert first.counterparty_name == "Müller & Söhne KG"
    assert first.counterparty_iban == "DE21500500009876543210"
    assert first.end_to_end_id == ""
    assert (fee.amount_minor, fee.counterparty_iban) == (-1_660, "")


def test_lines_above_the_header_are_passed_over() -> None:
    _, (first, second) = read("de_preamble.csv", account="DE02120300000000202051", currency="EUR")
    assert (first.counterparty_name, first.remittance) == ("Anna Brandt", "INV-00043")
    assert (second.amount_minor, second.booked_on) == (123_050, date(2026, 11, 18))


def test_swiss_export_has_two_columns_of_amounts_and_a_footer() -> None:
    _, (first, fee) = read("ch_postfinance.csv", account="CH9300762011623852957")
    assert (first.amount_minor, first.currency) == (149_995, "CHF")
    assert fee.amount_minor == -500


def test_british_exports() -> None:
    account, (first, fee) = read("uk_barclays.csv", currency="GBP")
    assert (account, first.remittance) == ("20-00-0012345678", "MUELLER & SONS INV-00042 BGC")
    assert (first.booked_on, fee.amount_minor) == (NOVEMBER_20, -650)
    _, (first, fee) = read("uk_paid_in_out.csv", account="12345678", currency="GBP")
    assert (first.amount_minor, fee.amount_minor) == (10_000, -500)


def test_dutch_export_joins_its_columns_of_text() -> None:
    account, (line,) = read("nl_rabobank.csv")
    assert (account, line.amount_minor) == ("NL38RABO0192584529", 50_001)
    assert line.counterparty_name == "E.J. de Vries"


ING = """"Datum","Naam / Omschrijving","Rekening","Tegenrekening","Code","Af Bij","Bedrag (EUR)","Mutatiesoort","Mededelingen"
"20261120","Huur BV","NL20INGB0001234567","NL38RABO0192584529","BA","Af","1000,00","Online","huur"
"20261120","E.J. de Vries","NL20INGB0001234567","","GT","Bij","500,01","Online","INV-00042"
"""  # noqa: E501
VR = """Buchungstag;Valuta;Name Zahlungsbeteiligter;IBAN;Verwendungszweck;W\u00e4hrung;Umsatz;{head}
20.11.2026;20.11.2026;Vermieter;DE02120300000000202051;Miete;EUR;1.000,00;{out}
20.11.2026;20.11.2026;Anna Brandt;DE87200500001234567890;INV-00043;EUR;500,01;{into}
"""


@pytest.mark.parametrize(
    ("text", "column"),
    [
        (ING, "Af Bij"),
        (VR.format(head="Soll/Haben", out="S", into="H"), "Soll/Haben"),
        (VR.format(head=" ", out="S", into="H"), "Column 8"),
        (VR.format(head="Richtung", out="Debit", into="Credit"), "Richtung"),
        (VR.format(head="Soll/Haben", out="-", into="+"), "Soll/Haben"),
        (VR.format(head="Art", out="DBIT", into="CRDT"), "Art"),
    ],
)
def test_a_column_of_directions_makes_money_out_negative(text: str, column: str) -> None:
    file = ImportFile("x.csv", text.encode())
    mapping = proposed(file)
    assert mapping.direction == column
    account = "" if mapping.account_column else "DE12"
    (statement,) = read_csv_statement(file, replace(mapping, account=account))
    assert [line.amount_minor for line in statement.lines] == [-100_000, 50_001]


def test_signed_amounts_need_no_column_of_directions() -> None:
    text = VR.format(head="Soll/Haben", out="S", into="H").replace("1.000,00", "-1.000,00")
    assert proposed(ImportFile("x.csv", text.encode())).direction == ""


@pytest.mark.parametrize(
    ("out", "into", "why"),
    [
        ("?", "H", "“\\?” is neither money in nor money out"),
        ("", "H", "neither"),
        ("H", "H", "neg"),
    ],
)
def test_a_direction_that_is_not_clear_is_refused(out: str, into: str, why: str) -> None:
    text = VR.format(head="Soll/Haben", out=out, into=into)
    text = text.replace("1.000,00", "-1.000,00") if why == "neg" else text
    file = ImportFile("x.csv", text.encode())
    mapping = replace(proposed(file), account="DE12", direction="Soll/Haben")
    with pytest.raises(UserError, match=f"line 2, column Soll/Haben: .*{why}"):
        read_csv_statement(file, mapping)


def test_what_is_only_announced_is_left_out() -> None:
    data = (DATA / "de_sparkasse.csv").read_bytes()
    file = ImportFile("x.csv", data.replace(b"Umsatz gebucht", b"Umsatz vorgemerkt", 1))
    (statement,) = read_csv_statement(file, proposed(file))
    assert [line.amount_minor for line in statement.lines] == [-1_660]


HEAD = "Datum;Betrag;Text;Konto;W\u00e4hrung\n"
MAPPING = BankCsvMapping(
    booked_on="Datum",
    amount="Betrag",
    remittance=("Text",),
    account_column="Konto",
    currency_column="W\u00e4hrung",
    locale="de",
    date_format="DD.MM.YYYY",
)


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ("20.11.2026;1.000,00;a;X1", "line 2: 4 fields, but the header has 5"),
        ("2026-11-20;1,00;a;X1;EUR", "line 2, column Datum"),
        ("31.11.2026;1,00;a;X1;EUR", "a day that does not exist"),
        ("20.11.2026;1.00.0,0;a;X1;EUR", "line 2, column Betrag"),
        ("20.11.2026;1,005;a;X1;EUR", "more decimals than EUR has"),
        ("20.11.2026;NaN;a;X1;EUR", "not a number"),
        ("20.11.2026;;a;X1;EUR", "not a number"),
        ("20.11.2026;1,00;a;;EUR", "the account is missing"),
        ("20.11.2026;1,00;a;X1;Euro", "is not a currency"),
        ('20.11.2026;1,00;"a;X1;EUR', "never closed"),
        ("", "no booked line"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(rows: str, why: str) -> None:
    file = ImportFile("bank.csv", (HEAD + rows).encode())
    with pytest.raises(UserError, match=why) as refused:
        read_csv_statement(file, MAPPING)
    assert refused.value.field == "file"


def test_other_columns_than_the_mapping_needs_are_refused() -> None:
    with pytest.raises(UserError, match="no line that names its columns"):
        read_csv_statement(ImportFile("x.csv", b"a;b\n1;2\n"), MAPPING)
    with pytest.raises(UserError, match="no line that names its columns"):
        csv_table(ImportFile("x.txt", b"Dear Sir or Madam\n\nplease find\n"))


def test_both_or_neither_way_of_an_amount_is_refused() -> None:
    mapping = replace(MAPPING, amount="", paid_in="In", paid_out="Out")
    for cells in ("1,00;2,00", ";"):
        data = f"Datum;In;Out;Text;Konto;W\u00e4hrung\n20.11.2026;{cells};a;X1;EUR\n"
        with pytest.raises(UserError, match="money came in or went out, not both"):
            read_csv_statement(ImportFile("x.csv", data.encode()), mapping)


def test_a_file_about_two_accounts_is_two_statements() -> None:
    data = f"{HEAD}20.11.2026;1,00;a;X1;EUR\n20.11.2026;2,00;b;X2;EUR\n"
    found = read_csv_statement(ImportFile("x.csv", data.encode()), MAPPING)
    assert [one.account for one in found] == ["X1", "X2"]


def test_the_mapping_with_most_columns_fits_best() -> None:
    bare = BankCsvMapping(name="bare", booked_on="Datum", amount="Betrag")
    full = replace(MAPPING, name="full")
    saved = BankImport().keeping(full).keeping(bare)
    assert saved.fitting(["Datum", "Betrag", "Text", "Konto", "Währung"]) == full
    assert saved.fitting(["Datum", "Betrag"]) == bare
    assert saved.fitting(["Datum"]) is None
    assert from_json(BankImport, canonical_json(saved)) == saved
    assert saved.keeping(replace(full, locale="en")).mappings[0].locale == "en"


UNKNOWN = """Auszug Nr. 7;;;;
Kunde;Muster GmbH

Wann;Wieviel;Von wem;Zweck;Nr
23.11.2026;100,00;Nordlicht AS;INV-00001;A1
24.11.2026;-4,50;Bank;Entgelt;A2
"""


def test_a_file_of_names_no_bank_is_known_for_is_taken_by_its_shape() -> None:
    file = ImportFile("x.csv", UNKNOWN.encode())
    table = csv_table(file)
    assert table.header == ("Wann", "Wieviel", "Von wem", "Zweck", "Nr")
    assert [row.line for row in table.rows] == [5, 6]
    mapping = proposed(file)
    # The column of days is told by its cells; money is never guessed.
    assert (mapping.booked_on, mapping.date_format, mapping.amount) == ("Wann", "DD.MM.YYYY", "")
    said = replace(mapping, amount="Wieviel", locale="de", account="DE12", currency="EUR")
    (statement,) = read_csv_statement(file, said)
    assert [line.amount_minor for line in statement.lines] == [10_000, -450]


def test_a_file_without_names_of_columns_loses_no_line() -> None:
    rows = UNKNOWN.splitlines()[4:]
    file = ImportFile("x.csv", "\n".join(rows).encode())
    table = csv_table(file)
    assert (table.header[:2], table.rows[0].line) == (("Column 1", "Column 2"), 1)
    said = replace(
        proposed(file), amount="Column 2", locale="de", account="DE12", currency="EUR", name="A"
    )
    for given in (file, ImportFile("y.csv", file.data)):
        assert proposal_for(given, BankImport().keeping(said)) is None
        (statement,) = read_csv_statement(given, said)
        assert [line.amount_minor for line in statement.lines] == [10_000, -450]
    with pytest.raises(UserError, match="no line that names its columns"):
        csv_table(ImportFile("z.csv", UNKNOWN.encode()), said)


def test_a_mapping_that_no_longer_fits_is_asked_about_with_what_did_not_fit() -> None:
    saved = BankImport().keeping(replace(MAPPING, name="Sparkasse", account="X9"))
    other = ImportFile("new.csv", f"{HEAD}2026-11-20;1,00;a;X1;EUR\n".encode())
    asked = proposal_for(other, saved)
    assert asked is not None
    assert asked.mapping == saved.mappings[0]
    assert asked.problem == (
        "new.csv, line 2, column Datum: “2026-11-20” is not a date written DD.MM.YYYY."
    )
    head = HEAD.replace("Betrag", "Umsatz")
    asked = proposal_for(ImportFile("new.csv", f"{head}20.11.2026;1;a;X1;EUR\n".encode()), saved)
    assert asked is not None
    assert (asked.mapping.name, asked.mapping.amount) == ("Sparkasse", "Umsatz")
    # Whose file it is must be said again: another bank may have nearly the same columns.
    assert asked.mapping.account == ""
    assert asked.problem == (
        "The columns kept for “Sparkasse” do not fit: new.csv has no column “Betrag”."
    )


def test_an_export_without_a_movement_is_told_not_asked_about() -> None:
    with pytest.raises(UserError, match="no booked line"):
        proposal_for(ImportFile("x.csv", HEAD.encode()), BankImport().keeping(MAPPING))
