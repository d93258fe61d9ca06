"""Know a movement again when another statement brings it a second time."""

from collections import Counter
from collections.abc import Sequence

from billdesk.core.domain.canonical import canonical_json, sha256_hex
from billdesk.core.gateways.bank.facts import LineFacts, StatementFacts


def fingerprints(statements: Sequence[StatementFacts]) -> list[list[str]]:
    """One for each line of each statement.

    Two lines of a file that say the very same are two movements (somebody paid twice), so the
    second counts as the second: another file with both gives the same two fingerprints.
    """
    seen: Counter[str] = Counter()
    found: list[list[str]] = []
    for statement in statements:
        prints: list[str] = []
        for line in statement.lines:
            said = _said(statement, line)
            seen[said] += 1
            prints.append(sha256_hex(f"{said}#{seen[said]}"))
        found.append(prints)
    return found


def again(fingerprint: str, file_sha256: str) -> str:
    """The fingerprint of a repetition: its own, so that the first keeps its place."""
    return sha256_hex(f"{fingerprint} again in {file_sha256}")


def _said(statement: StatementFacts, line: LineFacts) -> str:
    return canonical_json(
        [
            statement.account,
            line.booked_on,
            line.amount_minor,
            line.currency,
            line.counterparty_name,
            line.counterparty_iban,
            line.remittance,
            line.structured_reference,
            line.end_to_end_id,
            line.bank_reference,
        ]
    )
