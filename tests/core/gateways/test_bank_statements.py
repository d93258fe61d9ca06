"""Bank statements as banks write them, and as nobody should."""

from datetime import date
from pathlib import Path

import pytest

from billdesk.core.domain.errors import UserError
from billdesk.core.gateways.bank.facts import StatementFacts, StatementFormat
from billdesk.core.gateways.bank.reading import LARGEST_BYTES, format_of, read_statements

DATA = Path(__file__).parents[2] / "data" / "bank"


def data(name: str) -> bytes:
    return (DATA / name).read_bytes()


def one(name: str) -> StatementFacts:
    (statement,) = read_statements(data(name))
    return statement


def test_german_camt_with_a_batch_and_a_pending_entry() -> None:
    found = one("de_camt053_v02.xml")
    assert (found.format, found.account, found.currency, found.number) == (
        StatementFormat.CAMT053,
        "DE87200500001234567890",
        "EUR",
        "228",
    )
    assert (found.opening_minor, found.opening_on) == (100_000, date(2026, 11, 19))
    assert (found.closing_minor, found.closing_on) == (143_240, date(2026, 11, 20))
    # The batch is one line per payment; what is only announced is left out.
    assert [line.amount_minor for line in found.lines] == [11_900, 10_000, 23_000, -1_660]
    first = found.lines[0]
    assert (first.counterparty_name, first.counterparty_iban) == (
        "Müller & Söhne KG",
        "DE21500500009876543210",
    )
    assert first.remittance == "Rechnung INV-00042 vom 06.11.2026"
    assert (first.end_to_end_id, first.bank_reference) == ("", "2026112011592343000")
    assert found.lines[1].end_to_end_id == "E2E-1"
    assert found.lines[1].value_on == date(2026, 11, 19)
    assert found.lines[3].remittance == "Entgeltabrechnung Kontofuehrung"


def test_swiss_camt_from_an_overdrawn_account() -> None:
    found = one("ch_camt053_v08.xml")
    assert (found.currency, found.opening_minor, found.closing_minor) == ("CHF", -25_050, 124_945)
    (line,) = found.lines
    assert line.counterparty_name == "Pia Rutschmann"
    assert line.structured_reference == "210000000003139471430009017"
    assert line.bank_reference == "ZV20261120/000123/1"


def test_german_mt940_breaks_lines_within_a_number() -> None:
    found = one("de_mt940.sta")
    assert (found.account, found.number) == ("DE87200500001234567890", "228/1")
    first, second, fee = found.lines
    assert first.remittance == "Rechnung INV-00042 vom 06.11.2026"
    assert (first.counterparty_name, first.counterparty_iban) == (
        "MUELLER UND SOEHNE KG",
        "DE21500500009876543210",
    )
    assert (second.end_to_end_id, second.remittance) == ("E2E-2", "INV-00044 DANKE")
    assert fee.amount_minor == -1_660


def test_dutch_mt940_writes_words_between_slashes() -> None:
    first, fee = one("nl_abn_mt940.sta").lines
    assert (first.counterparty_name, first.counterparty_iban, first.remittance) == (
        "E.J. DE VRIES",
        "NL20INGB0001234567",
        "FACTUUR INV-00042",
    )
    assert fee.remittance == "KOSTEN BETALINGSVERKEER NOVEMBER"


def test_a_reversed_credit_is_money_that_leaves() -> None:
    found = one("nl_ing_mt940.sta")
    assert found.account == "NL69INGB0123456789"
    first, reversal = found.lines
    assert first.counterparty_name == "ING BANK NV INZAKE WEB"
    assert (first.end_to_end_id, first.bank_reference) == (
        "EV12341REP1231456T1234",
        "00000000001005",
    )
    assert reversal.amount_minor == -10_000


@pytest.mark.parametrize("name", ["de_camt053_v02.xml", "ch_camt053_v08.xml"])
def test_other_encodings_of_the_same_camt_say_the_same(name: str) -> None:
    text = data(name).decode()
    expected = read_statements(data(name))
    latin = text.replace('encoding="UTF-8"', 'encoding="ISO-8859-1"').encode("latin-1")
    wide = text.replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")
    assert read_statements(latin) == read_statements(wide) == expected
    assert read_statements(b"\xef\xbb\xbf" + data(name)) == expected


def test_mt940_in_windows_1252_keeps_its_umlauts() -> None:
    text = data("de_mt940.sta").decode().replace("MUELLER", "MÜLLER")
    for encoding in ("utf-8", "cp1252"):
        (found,) = read_statements(text.replace("\n", "\r\n").encode(encoding))
        assert found.lines[0].counterparty_name == "MÜLLER UND SOEHNE KG"


BOMB = b"""<?xml version="1.0"?><!DOCTYPE Document [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">&c;</Document>"""
PEEK = b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">&x;</Document>"""
EMPTY_CAMT = (
    b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt/></Document>'
)


def camt(old: str, new: str, *, count: int = -1) -> bytes:
    text = data("de_camt053_v02.xml").decode()
    assert old in text
    return text.replace(old, new, count).encode()


def sta(old: str, new: str) -> bytes:
    text = data("de_mt940.sta").decode()
    assert old in text
    return text.replace(old, new).encode()


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (b"", "the file is empty"),
        (b" \r\n", "the file is empty"),
        (b"x" * (LARGEST_BYTES + 1), "larger than 32 MB"),
        (b"PK\x03\x04rest", "ZIP, PDF or Excel"),
        (b"%PDF-1.7", "ZIP, PDF or Excel"),
        (b"\x00\x01\x02", "not a text file"),
        (b"a;b;c", "neither camt.053 nor MT940"),
        (BOMB, "defines XML entities"),
        (PEEK, "defines XML entities"),
        (b"<html></html>", "not a camt.053"),
        (EMPTY_CAMT, "holds no statement"),
        (data("de_camt053_v02.xml")[:-900], "damaged or cut off"),
        (camt("camt.053.001.02", "camt.054.001.02"), "it is a camt.054"),
        (camt('encoding="UTF-8"', 'encoding="x-none"'), "encoding"),
        (camt("<IBAN>DE87200500001234567890</IBAN>", "<IBAN/>"), "which account"),
        (camt("119.00", "118.00"), "do not lead from the opening to the closing"),
        (camt("119.00", "119.001"), "more decimals than EUR has"),
        (camt("119.00", "1e2"), "not an amount"),
        (camt("119.00", "NaN"), "not an amount"),
        (camt("119.00", "9" * 18), "larger than the books can hold"),
        (camt('"EUR">119.00', '"USD">119.00'), "stands on an account in EUR"),
        (camt("<Ccy>EUR</Ccy>", "<Ccy>XXX</Ccy>"), "not a currency"),
        (camt("<Dt>2026-11-20</Dt>", "<Dt>2026-02-30</Dt>"), "not a date"),
        (camt("<CdtDbtInd>DBIT</CdtDbtInd>", "<CdtDbtInd>?</CdtDbtInd>"), "credit or a debit"),
        (data("de_mt940.sta")[:300], "may be cut off"),
        (sta("CR119,00NTRFNONREF", "CR119,00"), "cannot be understood"),
        (sta(":61:2611201120CR119,00", ":61:2613451120CR119,00"), "damaged or cut off"),
        (sta("CR119,00", "CR118,00"), "do not lead from the opening"),
        (sta(":62F:C261120EUR", ":62F:C261120USD"), "two currencies"),
        (sta(":25:20050000/1234567890\n", ""), "account or balances are missing"),
    ],
)
def test_what_is_no_whole_statement_is_refused_in_words(file: bytes, why: str) -> None:
    with pytest.raises(UserError, match=why) as refused:
        read_statements(file)
    assert refused.value.field == "file"


def test_a_file_named_in_a_statement_is_not_opened(tmp_path: Path) -> None:
    named = tmp_path / "x"
    named.write_bytes(data("de_mt940.sta"))
    with pytest.raises(UserError):
        read_statements(str(named).encode())


@pytest.mark.parametrize(
    "name", ["de_sparkasse.csv", "uk_barclays.csv", "ch_postfinance.csv", "nl_rabobank.csv"]
)
def test_csv_is_known_by_its_content(name: str) -> None:
    assert format_of(data(name)) is StatementFormat.CSV


def test_hidden_and_control_characters_do_not_reach_the_books() -> None:
    (found,) = read_statements(sta("INV-00044 DANKE", "INV-00044\u202e\x07 DANKE"))
    assert found.lines[1].remittance == "INV-00044 DANKE"
