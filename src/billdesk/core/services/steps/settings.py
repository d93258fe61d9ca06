"""Read and write typed groups of business settings."""

from enum import StrEnum
from typing import TypeVar

from sqlalchemy import select

from billdesk.core.db.tables import Company, Setting
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.canonical import canonical_json, from_json
from billdesk.core.domain.settings import (
    CompanyProfile,
    InvoiceDefaults,
    MailSettings,
    OnlinePayment,
)

T = TypeVar("T")


class SettingName(StrEnum):
    """The stored groups."""

    PROFILE = "profile"
    INVOICES = "invoices"
    ONLINE_PAYMENT = "online_payment"
    MAIL = "mail"


GROUPS: dict[type, SettingName] = {
    CompanyProfile: SettingName.PROFILE,
    InvoiceDefaults: SettingName.INVOICES,
    OnlinePayment: SettingName.ONLINE_PAYMENT,
    MailSettings: SettingName.MAIL,
}


def read_setting(tx: Transaction, kind: type[T]) -> T:
    """The stored group, or its defaults."""
    body = tx.connection.scalar(
        select(Setting.body).where(
            Setting.company_id == tx.company_id, Setting.name == GROUPS[kind].value
        )
    )
    return kind() if body is None else from_json(kind, body)


def write_setting(tx: Transaction, value: object) -> None:
    """Store a group as a whole, with its audit row."""
    name = GROUPS[type(value)].value
    row = tx.session.get(Setting, (tx.company_id, name))
    before = None if row is None else row.body
    body = canonical_json(value)
    if row is None:
        tx.session.add(Setting(company_id=tx.company_id, name=name, body=body))
    elif row.body != body:
        row.body = body
    else:
        return
    tx.session.flush()
    tx.audit("settings.saved", f"setting:{name}", before=before, after=body)


def company_row(tx: Transaction) -> Company:
    """The company of this transaction."""
    return tx.session.get_one(Company, tx.company_id)
