"""The company and its settings."""

from datetime import date

from sqlalchemy import Connection, and_, or_, select

from billdesk.core.db.tables import Company, NumberCounter, NumberSeries, Posting, User
from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.numbering import NumberPattern, Reset
from billdesk.core.domain.settings import (
    CompanyProfile,
    InvoiceDefaults,
    MailSettings,
    OnlinePayment,
    ReminderSettings,
    TaxSettings,
)
from billdesk.core.queries.company import CompanyInfo, SeriesInfo, UserInfo
from billdesk.core.queries.settings import stored_settings
from billdesk.core.queries.sql.opening import opening_day

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
    groups = stored_settings(connection, company_id)
    posted = select(Posting.entry_id).where(Posting.company_id == company_id).limit(1)
    return CompanyInfo(
        id=company_id,
        uid=row.uid,
        name=row.name,
        currency=row.currency,
        scale=exponent(row.currency),
        is_practice=row.is_practice,
        chart=row.chart,
        locked_through=row.locked_through,
        opening_on=opening_day(connection, company_id),
        has_entries=connection.scalar(posted) is not None,
        profile=groups[CompanyProfile],
        invoice_defaults=groups[InvoiceDefaults],
        online_payment=groups[OnlinePayment],
        mail=groups[MailSettings],
        taxes=groups[TaxSettings],
        reminders=groups[ReminderSettings],
        all_series=_series(connection, company_id, today),
        users=tuple(UserInfo(user.id, user.name, user.login, user.role) for user in users),
    )


def _series(connection: Connection, company_id: int, today: date) -> tuple[SeriesInfo, ...]:
    """The series of all kinds of documents, in the order of the kinds."""
    rows = {
        row.kind: row
        for row in connection.execute(
            select(
                NumberSeries.id,
                NumberSeries.kind,
                NumberSeries.pattern,
                NumberSeries.reset,
                NumberSeries.at_creation,
            ).where(NumberSeries.company_id == company_id)
        )
    }
    found = [(kind, rows[kind]) for kind in DocumentKind if kind in rows]
    patterns = {row.id: NumberPattern(row.pattern, Reset(row.reset)) for _kind, row in found}
    counters = connection.execute(
        select(NumberCounter.series_id, NumberCounter.last_value).where(
            or_(
                *(
                    and_(
                        NumberCounter.series_id == series_id,
                        NumberCounter.period == pattern.period(today, SAMPLE_CUSTOMER),
                    )
                    for series_id, pattern in patterns.items()
                )
            )
        )
    )
    last = {row.series_id: row.last_value for row in counters}
    return tuple(
        SeriesInfo(
            kind=kind,
            pattern=row.pattern,
            reset=Reset(row.reset),
            at_creation=row.at_creation,
            next_number=patterns[row.id].format(last.get(row.id, 0) + 1, today, SAMPLE_CUSTOMER),
        )
        for kind, row in found
    )
