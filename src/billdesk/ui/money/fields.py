"""The fields that dialogs about money share, and what they call money and debts."""

from collections.abc import Iterable

from PySide6.QtWidgets import QComboBox

from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.queries.money import OpenReceivable, UnusedMoney
from billdesk.ui.desk import Desk
from billdesk.ui.payment_words import method_word
from billdesk.ui.text import tr
from billdesk.ui.widgets.date_edit import DateEdit
from billdesk.ui.widgets.entry import MoneyEdit

MANUAL = (PaymentMethod.BANK, PaymentMethod.CASH, PaymentMethod.CHEQUE, PaymentMethod.OTHER)


def method_box() -> QComboBox:
    """The ways money arrives that somebody has to tell BillDesk about."""
    box = QComboBox()
    for method in MANUAL:
        box.addItem(method_word(method), method)
    return box


def chosen_method(box: QComboBox) -> PaymentMethod:
    """What was chosen; Qt hands back a plain string."""
    return PaymentMethod(box.currentData())


def money_edit(desk: Desk, currency: str, minor: int | None = None) -> MoneyEdit:
    """An amount of one currency, never negative."""
    edit = MoneyEdit(desk.formats, currency, exponent(currency), minimum_minor=0)
    edit.set_minor(minor)
    return edit


def day_edit(desk: Desk) -> DateEdit:
    """A day, today at first."""
    edit = DateEdit(desk.formats, desk.app.today)
    edit.set_value(desk.app.today())
    return edit


def amount_title(currency: str) -> str:
    """The label of an amount."""
    return tr("Amount in {currency}").format(currency=currency)


def debt_title(desk: Desk, debt: OpenReceivable) -> str:
    """An open document with what is open on it."""
    return tr("{number}, {amount} open").format(
        number=debt.number, amount=desk.money(debt.open_minor, debt.currency)
    )


def money_title(desk: Desk, money: UnusedMoney) -> str:
    """A payment or credit note with what of it is left."""
    left = desk.money(money.left_minor, money.currency)
    if money.credit_note_id is not None:
        return tr("{number}, {amount} left").format(number=money.label, amount=left)
    day = desk.formats.date(money.on)
    return tr("Payment of {day}, {amount} left").format(day=day, amount=left)


def usable(money: Iterable[UnusedMoney]) -> list[UnusedMoney]:
    """What can settle something: it has a home and there is some of it."""
    return [one for one in money if one.left_minor > 0 and one.customer_id is not None]


def owed(debts: Iterable[OpenReceivable]) -> list[OpenReceivable]:
    """What can be settled."""
    return [one for one in debts if one.open_minor > 0]
