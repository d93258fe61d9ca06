"""How a bank's CSV export is read: which column says what, and a first proposal from its header."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace

from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.search import search_key

# Words in a column of states that say a movement has not been booked.
NOT_BOOKED = ("vorgemerkt", "pending", "ausstehend", "reserved", "declined", "failed", "reverted")
# What a column of directions says of money that came in or went out (search keys).
MONEY_IN = frozenset(
    ("bij", "h", "haben", "c", "cr", "credit", "crdt", "in", "gutschrift", "k", "kredit", "+")
)
MONEY_OUT = frozenset(
    ("af", "s", "soll", "d", "dr", "debit", "debet", "dbit", "out", "lastschrift", "belastung", "-")
)


@dataclass(frozen=True, slots=True)
class BankCsvMapping:
    """The columns of one bank's export, by their names in its header.

    The amount is one signed column, one beside a column of directions (``MONEY_IN``,
    ``MONEY_OUT``), or one for money in and one for money out. ``account`` and ``currency`` hold for
    the whole file where it has no column for them. ``locale`` and ``date_format`` say how amounts
    and dates are written.
    """

    name: str = ""
    booked_on: str = ""
    value_on: str = ""
    amount: str = ""
    paid_in: str = ""
    paid_out: str = ""
    direction: str = ""
    currency_column: str = ""
    account_column: str = ""
    counterparty: str = ""
    iban: str = ""
    remittance: tuple[str, ...] = ()
    end_to_end: str = ""
    bank_reference: str = ""
    state: str = ""
    account: str = ""
    currency: str = ""
    locale: str = ""
    date_format: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column it needs."""
        single = [getattr(self, name) for name in _COLUMNS]
        return tuple(column for column in (*single, *self.remittance) if column)

    def renamed(self, header: Sequence[str], guess: "BankCsvMapping") -> "BankCsvMapping":
        """This mapping with the columns of ``guess`` where ``header`` has its own no more.

        Without the account: whose file it is has to be said again.
        """
        chosen = {
            name: getattr(self if getattr(self, name) in ("", *header) else guess, name)
            for name in _COLUMNS
        }
        kept = tuple(column for column in self.remittance if column in header)
        return replace(self, **chosen, remittance=kept or guess.remittance, account="")

    def missing(self) -> str:
        """The first thing to choose before a file can be read; empty when it is complete."""
        if not self.booked_on:
            return "booked_on"
        if not self.amount and not (self.paid_in and self.paid_out):
            return "amount"
        if not self.account and not self.account_column:
            return "account"
        if not self.currency and not self.currency_column:
            return "currency"
        return ""


@dataclass(frozen=True, slots=True)
class BankImport:
    """The saved mappings (a group of settings), the one used last first."""

    mappings: tuple[BankCsvMapping, ...] = field(default=())

    def nearest(self, header: Sequence[str]) -> BankCsvMapping | None:
        """The saved mapping ``header`` has at least two thirds of the columns of, but not all.

        A bank that renames a column changes no more than that.
        """
        parts = [
            (len(set(one.columns) & set(header)) / len(one.columns), one)
            for one in self.mappings
            if one.columns
        ]
        part, nearest = max(parts, key=lambda found: found[0], default=(0.0, None))
        return nearest if 2 / 3 <= part < 1 else None

    def fitting(self, header: Sequence[str]) -> BankCsvMapping | None:
        """The saved mapping all of whose columns ``header`` has; the most particular one."""
        fits = [one for one in self.mappings if set(one.columns) <= set(header)]
        return max(fits, key=lambda one: len(one.columns), default=None)

    def keeping(self, mapping: BankCsvMapping) -> "BankImport":
        """With ``mapping`` first, in place of another of its name."""
        others = (one for one in self.mappings if one.name != mapping.name)
        return BankImport((mapping, *others))


_COLUMNS = (
    "booked_on", "value_on", "amount", "paid_in", "paid_out", "direction", "currency_column",
    "account_column", "counterparty", "iban", "end_to_end", "bank_reference", "state",
)  # fmt: skip

# What banks call their columns (search keys; German, Dutch, Swiss, British and general exports).
_KNOWN: dict[str, tuple[str, ...]] = {
    "booked_on": (
        "buchungstag", "buchungsdatum", "buchung", "datum", "date", "booking date", "boekdatum",
        "transaction date", "completed date", "date de comptabilisation", "data",
    ),
    "value_on": (
        "valutadatum", "wertstellung", "valuta", "value date", "rentedatum", "date de valeur",
    ),
    "amount": ("betrag", "betrag (€)", "betrag (eur)", "amount", "bedrag", "umsatz", "montant"),
    "paid_in": ("paid in", "credit", "credit amount", "money in", "gutschrift", "haben", "bij"),
    "paid_out": ("paid out", "debit", "debit amount", "money out", "lastschrift", "soll", "af"),
    "direction": (
        "af bij", "af/bij", "soll/haben", "s/h", "debit/credit", "credit/debit", "debet/credit",
        "credit debit indicator", "direction",
    ),
    "currency_column": ("wahrung", "waehrung", "currency", "munt", "devise"),
    "account_column": (
        "auftragskonto", "iban auftragskonto", "iban/bban", "account", "rekening", "konto",
    ),
    "counterparty": (
        "beguenstigter/zahlungspflichtiger", "name zahlungsbeteiligter", "zahlungspflichtige*r",
        "auftraggeber/empfanger", "naam tegenpartij", "counter party", "name", "payee", "naam",
        "naam / omschrijving", "name / description",
    ),
    "iban": (
        "kontonummer/iban", "iban zahlungsbeteiligter", "iban", "tegenrekening iban/bban",
        "tegenrekening", "counter account", "counterparty",
    ),
    "end_to_end": ("kundenreferenz (end-to-end)", "end-to-end-referenz", "kundenreferenz"),
    "bank_reference": ("transactiereferentie", "transaction id", "volgnr", "bank reference"),
    "state": ("info", "status", "state"),
    "remittance": (
        "verwendungszweck", "avisierungstext", "description", "transaction description", "memo",
        "reference", "omschrijving", "omschrijving-1", "omschrijving-2", "buchungstext", "details",
        "mededelingen", "notifications",
    ),
}  # fmt: skip
# "Gutschrift in CHF", "Amount (GBP)": the currency stands in the name.
_CURRENCY_IN_NAME = re.compile(r"(?:\bin\s+|\()([A-Z]{3})\)?$")
_DATE_FORMS = (
    (re.compile(r"\d{4}-\d{2}-\d{2}"), ""),
    (re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}"), "DD.MM.YYYY"),
    (re.compile(r"\d{1,2}\.\d{1,2}\.\d{2}"), "DD.MM.YY"),
    (re.compile(r"\d{1,2}/\d{1,2}/\d{4}"), "DD/MM/YYYY"),
    (re.compile(r"\d{1,2}-\d{1,2}-\d{4}"), "DD-MM-YYYY"),
    (re.compile(r"\d{8}"), "YYYYMMDD"),
)
# Eight digits alone may be the number of an account.
_DAY_FORMS = _DATE_FORMS[:-1]
_DECIMAL_COMMA = re.compile(r"\d,\d{1,2}$")
_APOSTROPHE = re.compile(r"\d['’]\d{3}")


def known_columns(header: Sequence[str]) -> int:
    """How many of the cells are names that banks give to columns."""
    keys = {_key(cell) for cell in header}
    return sum(1 for words in _KNOWN.values() if keys & set(words))


def holds_day(cells: Sequence[str]) -> bool:
    """Whether one of the cells is a date: a line with one is a movement, no names of columns."""
    return any(shape.fullmatch(cell.strip()) for cell in cells for shape, _ in _DAY_FORMS)


def propose(header: Sequence[str], rows: Sequence[Sequence[str]]) -> BankCsvMapping:
    """A mapping read off the header and the first rows, for the owner to look at.

    What cannot be told stays empty; nothing is imported by a proposal alone.
    """
    by_key = {_key(column): column for column in reversed(header) if column}

    def named(role: str) -> str:
        return next((by_key[word] for word in _KNOWN[role] if word in by_key), "")

    chosen = {role: named(role) for role in _COLUMNS}
    chosen["booked_on"] = chosen["booked_on"] or _first_of_days(header, rows)
    if chosen["amount"] or not (chosen["paid_in"] and chosen["paid_out"]):
        chosen["paid_in"] = chosen["paid_out"] = ""
    remittance = tuple(by_key[word] for word in _KNOWN["remittance"] if word in by_key)
    chosen["direction"] = _direction(header, rows, chosen["amount"], chosen["direction"])
    mapping = replace(BankCsvMapping(), remittance=remittance, **chosen)
    amounts = _cells(header, rows, mapping.amount or mapping.paid_in, mapping.paid_out)
    days = _cells(header, rows, mapping.booked_on)
    currency = _CURRENCY_IN_NAME.search(mapping.amount or mapping.paid_in)
    return replace(
        mapping,
        locale=_locale(amounts),
        date_format=next(
            (form for shape, form in _DATE_FORMS if days and all(map(shape.fullmatch, days))), ""
        ),
        currency=currency.group(1) if currency and not mapping.currency_column else "",
    )


def check_mapping(mapping: BankCsvMapping) -> BankCsvMapping:
    """``mapping`` when a file can be read by it. Raises ``UserError`` about what is missing."""
    sentences = {
        "booked_on": "Choose the column with the booking date.",
        "amount": "Choose the column with the amount, or one for money in and one for money out.",
        "account": "Enter the account (IBAN) the file is about.",
        "currency": "Enter the currency of the account.",
    }
    missing = mapping.missing()
    if missing:
        raise UserError(sentences[missing], field=missing)
    if mapping.currency:
        exponent(mapping.currency)
    for one in fields(mapping):
        value = getattr(mapping, one.name)
        if any(len(text) > 200 for text in (value if isinstance(value, tuple) else (value,))):
            raise UserError("A column's name is longer than 200 characters.", field=one.name)
    return mapping


def _key(column: str) -> str:
    return re.sub(r" in [a-z]{3}$| \([a-z]{3}\)$", "", search_key(column))


def _cells(header: Sequence[str], rows: Sequence[Sequence[str]], *columns: str) -> list[str]:
    places = [header.index(column) for column in columns if column]
    cells = (row[place].strip() for row in rows for place in places if place < len(row))
    return [cell for cell in cells if cell]


def _first_of_days(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    for column in header:
        cells = _cells(header, rows, column)
        if cells and all(holds_day([cell]) for cell in cells):
            return column
    return ""


def _direction(
    header: Sequence[str], rows: Sequence[Sequence[str]], amount: str, named: str
) -> str:
    """The column that says which way unsigned amounts went; told by its cells, whatever its name.

    An amount with a minus sign says it by itself.
    """
    if not amount or any("-" in one or "\u2212" in one for one in _cells(header, rows, amount)):
        return ""
    for column in filter(None, (named, *header)):
        words = {search_key(cell) for cell in _cells(header, rows, column)}
        # Signs alone may stand for “nothing” in a column of another name.
        if words and words <= MONEY_IN | MONEY_OUT and (column == named or words - {"+", "-"}):
            return column
    return named


def _locale(amounts: Sequence[str]) -> str:
    if any(_APOSTROPHE.search(one) for one in amounts):
        return "de_CH"
    return "de" if any(_DECIMAL_COMMA.search(one) for one in amounts) else "en"
