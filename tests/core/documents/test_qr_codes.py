"""QR codes and the text of an EPC code."""

import pytest

from billdesk.core.documents.qr import epc_payload, qr_matrix
from billdesk.core.domain.snapshot import BankAccount

BANK = BankAccount("", "", "de02 1203 0000 0000 2020 51", "byladem1001")


def test_runs_of_a_symbol_stay_inside_it_and_show_the_finder_pattern() -> None:
    modules, dark = qr_matrix("https://pay.example/abc")
    assert modules >= 21
    assert all(x >= 0 and x + length <= modules and 0 <= y < modules for y, x, length in dark)
    top = [(x, length) for y, x, length in dark if y == 0]
    assert top[0] == (0, 7)
    assert top[-1] == (modules - 7, 7)


def test_epc_code_follows_the_guideline() -> None:
    text = epc_payload(BANK, "Nordlicht Studio GmbH", "EUR", 2368211, "2026-10482")
    assert text is not None
    assert text.split("\n") == [
        "BCD",
        "002",
        "1",
        "SCT",
        "BYLADEM1001",
        "Nordlicht Studio GmbH",
        "DE02120300000000202051",
        "EUR23682.11",
        "",
        "",
        "2026-10482",
    ]


def test_epc_fields_keep_their_limits() -> None:
    text = epc_payload(BANK, "N" * 90, "EUR", 1, "R" * 200)
    assert text is not None
    lines = text.split("\n")
    assert (len(lines[5]), lines[7], len(lines[10])) == (70, "EUR0.01", 140)


@pytest.mark.parametrize(
    ("bank", "currency", "minor"),
    [
        (BANK, "USD", 100),
        (BANK, "EUR", 0),
        (BANK, "EUR", -100),
        (BANK, "EUR", 100_000_000_000),
        (BankAccount(other="Routing 1, account 2"), "EUR", 100),
    ],
)
def test_no_epc_code_where_none_is_allowed(bank: BankAccount, currency: str, minor: int) -> None:
    assert epc_payload(bank, "N", currency, minor, "R") is None
