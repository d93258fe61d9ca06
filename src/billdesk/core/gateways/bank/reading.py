"""Tell the format of a statement by its content, never by its name."""

from billdesk.core.gateways.bank.camt import read_camt
from billdesk.core.gateways.bank.decoding import decode
from billdesk.core.gateways.bank.facts import StatementFacts, StatementFormat
from billdesk.core.gateways.bank.mt940 import read_mt940
from billdesk.core.gateways.bank.values import refuse

LARGEST_BYTES = 32 * 1024 * 1024
# Enough to see what a file is.
_HEAD = 4_096


def format_of(data: bytes) -> StatementFormat:
    """What ``data`` looks like. Raises ``UserError`` for an empty file and for no text."""
    if not data.strip():
        raise refuse("the file is empty.")
    if len(data) > LARGEST_BYTES:
        raise refuse(f"it is larger than {LARGEST_BYTES // 1024 // 1024} MB.")
    if data.startswith((b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0")):
        raise refuse("it is a ZIP, PDF or Excel file. Choose a camt.053, MT940 or CSV file.")
    if data[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") or data.startswith(
        (b"\xff\xfe<\0", b"\xfe\xff\0<")
    ):
        return StatementFormat.CAMT053
    text, _ = decode(data)
    head = text[:_HEAD].replace("\r", "\n")
    if head.lstrip().startswith((":20:", "{1:")) or "\n:20:" in head:
        return StatementFormat.MT940
    return StatementFormat.CSV


def read_statements(data: bytes) -> tuple[StatementFacts, ...]:
    """The statements of a CAMT.053 or MT940 file, their balances checked.

    Raises ``UserError`` when the file is damaged, incomplete or of another kind.
    """
    kind = format_of(data)
    if kind is StatementFormat.CSV:
        raise refuse("it is neither camt.053 nor MT940.")
    statements = read_camt(data) if kind is StatementFormat.CAMT053 else read_mt940(data)
    for one in statements:
        if one.gap_minor:
            raise refuse(
                "its entries do not lead from the opening to the closing balance, so some are "
                "missing. Fetch it again."
            )
    return statements
