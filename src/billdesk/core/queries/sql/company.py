"""The company and its settings."""

from datetime import date

from sqlalchemy import Connection, select

from billdesk.core.db.tables import Company, NumberCounter, NumberSeries, User
from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.numbering import NumberPattern, Reset
from billdesk.core.domain.settings import (
    CompanyProfile,
    InvoiceDefaults,
    MailSettings,
    OnlinePayment,
)
from billdesk.core.queries.company import CompanyInfo, SeriesInfo, UserInfo
from billdesk.core.queries.settings import stored_setting

SAMPLE_CUSTOMER = "C-0001"


def read_company(connection: Connection, company_id: int, today: date) -> CompanyInfo:
    """Everything the settings pages show."""
    row = connection.execute(
        select(
            Company.uid,
            Company.name,
            Company.currency,
            Company.is_practice,
            Company.chart,
            Company.locked_through,
        ).where(Company.id == company_id)
    ).one()
    users = connection.execute(
        select(User.id, User.name, User.login, User.role)
        .where(User.company_id == company_id)
        .order_by(User.name, User.id)
    )
    return CompanyInfo(
        id=company_id,
        uid=row.uid,
        name=row.name,
        currency=row.currency,
        scale=exponent(row.currency),
        is_practice=row.is_practice,
        chart=row.chart,
        locked_through=row.locked_through,
        profile=stored_setting(connection, company_id, CompanyProfile),
        invoice_defaults=stored_setting(connection, company_id, InvoiceDefaults),
        online_payment=stored_setting(connection, company_id, OnlinePayment),
        mail=stored_setting(connection, company_id, MailSettings),
        series=_series(connection, company_id, today),
        users=tuple(UserInfo(user.id, user.name, user.login, user.role) for user in users),
    )


def _series(connection: Connection, company_id: int, today: date) -> SeriesInfo:
    row = connection.execute(
        select(
            NumberSeries.id, NumberSeries.pattern, NumberSeries.reset, NumberSeries.at_creation
        ).where(
            NumberSeries.company_id == company_id,
            NumberSeries.kind == DocumentKind.INVOICE.value,
        )
    ).one()
    pattern = NumberPattern(row.pattern, Reset(row.reset))
    last = connection.scalar(
        select(NumberCounter.last_value).where(
            NumberCounter.series_id == row.id,
            NumberCounter.period == pattern.period(today, SAMPLE_CUSTOMER),
        )
    )
    return SeriesInfo(
        pattern=row.pattern,
        reset=Reset(row.reset),
        at_creation=row.at_creation,
        next_number=pattern.format((last or 0) + 1, today, SAMPLE_CUSTOMER),
    )
