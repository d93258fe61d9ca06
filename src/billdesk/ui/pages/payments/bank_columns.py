"""The columns of the bank's lines, and their words."""

from billdesk.core.domain.bank_suggestions import SAFE_CONFIDENCE
from billdesk.core.domain.banking import BankTab, LineState
from billdesk.core.queries.bank import BankLineRow
from billdesk.ui.desk import Desk
from billdesk.ui.text import tr
from billdesk.ui.widgets.rows_model import CellKind, Column

# What "100 %" and the longest word of a state need, in pixels at 100 %.
_SURE_WIDTH = 88
_STATE_WIDTH = 112
# Below this a suggestion is a guess.
_LIKELY = 60


def bank_tab_titles() -> list[tuple[str, str]]:
    """The filters above the lines."""
    return [
        (BankTab.OPEN.value, tr("To do")),
        (BankTab.DONE.value, tr("Done")),
        (BankTab.IGNORED.value, tr("Ignored")),
    ]


def confidence_kind(confidence: int) -> str:
    """The pill of a confidence: safe, likely, a guess."""
    if confidence >= SAFE_CONFIDENCE:
        return "ok"
    return "warn" if confidence >= _LIKELY else "neutral"


def payer_of(row: BankLineRow) -> str:
    """Who the line is about."""
    if row.counterparty:
        return row.counterparty
    return row.iban or (tr("Unknown payer") if row.amount_minor > 0 else tr("Your bank"))


def bank_columns(desk: Desk, tab: BankTab) -> list[Column[BankLineRow]]:
    """Day, payer with their words, what it is with why, amount.

    Lines to do say how sure that is, in figures; the others what has become of them, in words.
    """
    return [
        Column(
            "day",
            tr("Booked"),
            lambda row: desk.formats.date_short(row.booked_on, desk.app.today()),
            width=78,
        ),
        Column(
            "who",
            tr("Payer and text"),
            payer_of,
            CellKind.TWO_LINES,
            width=150,
            stretch=True,
            second=lambda row: row.remittance,
        ),
        Column(
            "what",
            tr("What it is"),
            _what,
            CellKind.TWO_LINES,
            width=206,
            second=_why,
            tone=lambda row: None if row.suggestions or row.outcome else "muted",
        ),
        Column(
            "sure",
            tr("Sure") if tab is BankTab.OPEN else tr("State"),
            _pill_word,
            CellKind.PILL,
            width=_SURE_WIDTH if tab is BankTab.OPEN else _STATE_WIDTH,
            pill=_pill_kind,
        ),
        Column(
            "amount",
            tr("Amount"),
            lambda row: desk.money(row.amount_minor, row.currency),
            CellKind.AMOUNT,
            width=112,
            tone=lambda row: "pill.bad.fg" if row.amount_minor < 0 else None,
        ),
    ]


def _what(row: BankLineRow) -> str:
    if row.state is not LineState.OPEN:
        return row.outcome
    return row.suggestions[0].title if row.suggestions else tr("Nothing in the books fits")


def _why(row: BankLineRow) -> str:
    if row.state is not LineState.OPEN:
        return row.note if row.note != row.outcome else ""
    return row.suggestions[0].reason if row.suggestions else tr("Choose an invoice or an account")


def _pill_word(row: BankLineRow) -> str:
    if row.state is LineState.OPEN:
        return f"{row.confidence} %" if row.suggestions else ""
    return {
        LineState.MATCHED: tr("Matched"),
        LineState.RECOGNISED: tr("Known"),
        LineState.BOOKED: tr("Booked"),
        LineState.IGNORED: tr("Ignored"),
        LineState.DUPLICATE: tr("Repeated"),
    }[row.state]


def _pill_kind(row: BankLineRow) -> str:
    if row.state is LineState.OPEN:
        return confidence_kind(row.confidence)
    done = (LineState.MATCHED, LineState.RECOGNISED, LineState.BOOKED)
    return "ok" if row.state in done else "neutral"
