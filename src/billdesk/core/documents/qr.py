"""QR codes as rows of dark runs, and what a banking app reads from one."""

from decimal import Decimal
from functools import lru_cache
from typing import Any

import zxingcpp

from billdesk.core.domain.snapshot import BankAccount

# EPC069-12: SEPA credit transfers are in euro and have an amount from 0.01 to 999,999,999.99.
_EPC_MAX_MINOR = 99_999_999_999
_EPC_NAME = 70
_EPC_REMITTANCE = 140

# (row, first column, length) of dark modules, and the number of modules along a side.
Matrix = tuple[int, tuple[tuple[int, int, int], ...]]


@lru_cache(maxsize=64)
def qr_matrix(content: str) -> Matrix:
    """The symbol for ``content`` at error correction level M, without quiet zone."""
    symbol = zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    # Its type stub leaves out that the image is a buffer of bytes, 0 for a dark module.
    image: Any = symbol.to_image(scale=1, add_quiet_zones=False)
    rows: Any = memoryview(image).tolist()
    dark: list[tuple[int, int, int]] = []
    for y, row in enumerate(rows):
        start = None
        for x, value in enumerate([*row, 255]):
            if value == 0 and start is None:
                start = x
            elif value != 0 and start is not None:
                dark.append((y, start, x - start))
                start = None
    return len(rows), tuple(dark)


def epc_payload(
    bank: BankAccount, holder: str, currency: str, due_minor: int, reference: str
) -> str | None:
    """The text of an EPC069-12 code ("GiroCode"), version 002, UTF-8.

    ``None`` where the rules know no such code: without IBAN, in another currency than euro, or
    with an amount outside 0.01 to 999,999,999.99. ``due_minor`` counts cents.
    """
    iban = "".join(bank.iban.split()).upper()
    if currency != "EUR" or not iban or not 1 <= due_minor <= _EPC_MAX_MINOR:
        return None
    amount = Decimal(due_minor).scaleb(-2)
    lines = (
        "BCD",
        "002",
        "1",
        "SCT",
        "".join(bank.bic.split()).upper(),
        holder[:_EPC_NAME],
        iban,
        f"EUR{amount:.2f}",
        "",
        "",
        reference[:_EPC_REMITTANCE],
    )
    return "\n".join(lines)
