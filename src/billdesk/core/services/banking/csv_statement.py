"""From the rows of a bank's CSV export to the facts of a statement, by a mapping."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import TypeVar

from billdesk.core.domain.bank_csv import (
    MONEY_IN,
    MONEY_OUT,
    NOT_BOOKED,
    BankCsvMapping,
    check_mapping,
)
from billdesk.core.domain.currencies import EXPONENTS
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.search import search_key
from billdesk.core.gateways.bank.facts import LineFacts, StatementFacts, StatementFormat
from billdesk.core.gateways.bank.values import (
    LONGEST_NAME,
    account_of,
    given,
    minor_of,
    text_of,
)
from billdesk.core.services.banking.csv_table import csv_table
from billdesk.core.services.importing.files import ImportFile
from billdesk.core.services.importing.values import ValueProblem, ValueReader

T = TypeVar("T")
# Signs banks write beside the number.
_BESIDE = re.compile(r"^[£€$¥\s]+|[£€$¥\s]+$|\s*[A-Z]{3}$")


class ColumnProblem(UserError):
    """A cell that cannot be read the way the mapping says; another mapping may read it."""


def read_csv_statement(file: ImportFile, mapping: BankCsvMapping) -> tuple[StatementFacts, ...]:
    """The statement in ``file``, one for each account it is about.

    Raises ``ColumnProblem`` naming the line and column that cannot be read so, ``UserError``
    when the file is no whole table; nothing is guessed.
    """
    reader = _RowReader(file.name, check_mapping(mapping))
    lines: dict[tuple[str, str], list[LineFacts]] = defaultdict(list)
    table = csv_table(file, mapping)
    for row in table.rows:
        cells = dict(zip(table.header, row.fields, strict=True))
        if reader.is_booked(cells):
            line = reader.line(row.line, cells)
            lines[reader.account(row.line, cells), line.currency].append(line)
    if not lines:
        raise UserError(f"{file.name} holds no booked line.", field="file")
    return tuple(
        StatementFacts(StatementFormat.CSV, account, currency, "", tuple(of_account))
        for (account, currency), of_account in lines.items()
    )


class _RowReader:
    def __init__(self, file: str, mapping: BankCsvMapping) -> None:
        self._file = file
        self._mapping = mapping
        self._values = ValueReader(mapping.locale, mapping.date_format)

    def is_booked(self, cells: Mapping[str, str]) -> bool:
        """Whether the row is more than announced."""
        state = search_key(self._text(cells, self._mapping.state))
        return not any(word in state for word in NOT_BOOKED)

    def account(self, line: int, cells: Mapping[str, str]) -> str:
        column = self._mapping.account_column
        account = account_of(self._text(cells, column) if column else self._mapping.account)
        if not account:
            raise self._problem(line, column, "the account is missing.")
        return account

    def line(self, line: int, cells: Mapping[str, str]) -> LineFacts:
        mapping = self._mapping
        booked_on = self._value(line, cells, mapping.booked_on, self._values.day)
        value_on = booked_on
        if self._text(cells, mapping.value_on):
            value_on = self._value(line, cells, mapping.value_on, self._values.day)
        column = mapping.currency_column
        currency = (self._text(cells, column) if column else mapping.currency).upper()
        if currency not in EXPONENTS:
            raise self._problem(line, column, f"“{currency[:10]}” is not a currency.")
        remittance = (self._text(cells, one) for one in mapping.remittance)
        return LineFacts(
            booked_on,
            value_on,
            self._minor(line, cells, currency),
            currency,
            counterparty_name=text_of(self._text(cells, mapping.counterparty), LONGEST_NAME),
            counterparty_iban=account_of(self._text(cells, mapping.iban)),
            remittance=text_of(" ".join(remittance)),
            end_to_end_id=given(self._text(cells, mapping.end_to_end)),
            bank_reference=given(self._text(cells, mapping.bank_reference)),
        )

    def _minor(self, line: int, cells: Mapping[str, str], currency: str) -> int:
        mapping = self._mapping
        if mapping.amount:
            amount = self._amount(line, cells, mapping.amount, currency)
            return self._directed(line, cells, amount) if mapping.direction else amount
        came, went = (
            self._amount(line, cells, column, currency) if self._text(cells, column) else 0
            for column in (mapping.paid_in, mapping.paid_out)
        )
        if bool(came) == bool(went):
            raise self._problem(line, mapping.paid_in, "money came in or went out, not both.")
        # Some banks write what went out with a minus, some without.
        return came or -abs(went)

    def _directed(self, line: int, cells: Mapping[str, str], amount: int) -> int:
        column = self._mapping.direction
        word = search_key(self._text(cells, column))
        if word in MONEY_OUT:
            return -abs(amount)
        if word not in MONEY_IN:
            raise self._problem(line, column, f"“{word[:20]}” is neither money in nor money out.")
        if amount < 0:
            raise self._problem(line, column, "the amount is negative, but money came in.")
        return amount

    def _amount(self, line: int, cells: Mapping[str, str], column: str, currency: str) -> int:
        number = self._value(
            line, cells, column, lambda text: self._values.number(_BESIDE.sub("", text))
        )
        try:
            return minor_of(number, currency)
        except UserError as error:
            raise self._problem(line, column, str(error)) from None

    def _value(
        self, line: int, cells: Mapping[str, str], column: str, read: Callable[[str], T]
    ) -> T:
        try:
            return read(self._text(cells, column))
        except ValueProblem as problem:
            raise self._problem(line, column, str(problem)) from None

    @staticmethod
    def _text(cells: Mapping[str, str], column: str) -> str:
        return cells.get(column, "").strip() if column else ""

    def _problem(self, line: int, column: str, reason: str) -> ColumnProblem:
        place = f"{self._file}, line {line}" + (f", column {column}" if column else "")
        return ColumnProblem(f"{place}: {reason}", field="file")
