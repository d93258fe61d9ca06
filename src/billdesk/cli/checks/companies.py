"""Checks of what the books say about each company."""

import os
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select

from billdesk.bootstrap import (
    STRIPE_URL_VARIABLE,
    Books,
    Paths,
    companies,
    open_application,
    open_books,
    system_now,
)
from billdesk.cli.checks.finding import Finding, ok, warn
from billdesk.cli.checks.health import check_health
from billdesk.cli.checks.machine import check_clock
from billdesk.cli.checks.outside import StripeCheck, check_access, check_mail
from billdesk.core.db.failures import explaining
from billdesk.core.db.tables import AuditLog
from billdesk.core.gateways.secrets import SecretStore
from billdesk.core.gateways.stripe.guard import CallGuard
from billdesk.core.gateways.stripe.port import StripeGateway
from billdesk.core.services.stripe.connection import OpenGateway

COMPANIES = "companies"


def check_companies(paths: Paths, secrets: SecretStore, *, network: bool) -> Iterator[Finding]:
    """Companies, the clock against their newest entry, Stripe and mail of each.

    The books must be of this version. Stripe is asked only where a key for it is at hand.
    """
    books = open_books(paths, secrets=secrets, repairs=False)
    try:
        found = companies(books)
        names = [entry.name for entry in found]
        if found:
            yield ok(COMPANIES, ", ".join(names), names=names)
        else:
            yield warn(COMPANIES, "none yet; open BillDesk and set one up", names=names)
        yield check_clock(books.now(), _newest_entry_at(books))
        stripe = StripeCheck(secrets, opening(paths), system_now)
        for entry in found:
            queries = open_application(books, entry.id).queries
            company = queries.company()
            yield from stripe.run(entry.name, company.uid, company.online_payment)
            if company.online_payment.enabled:
                yield check_access(entry.name, queries.stripe_access())
            yield check_mail(entry.name, company.mail, network=network)
            yield check_health(entry.name, queries.health())
    finally:
        books.close()


def _newest_entry_at(books: Books) -> datetime | None:
    with explaining(books.engine), books.engine.connect() as connection:
        newest: datetime | None = connection.scalar(select(func.max(AuditLog.at)))
    return newest


def opening(paths: Paths) -> OpenGateway:
    """How the desk's gateways are opened, none of them watched."""

    def opened(key: str, guard: CallGuard | None) -> StripeGateway:
        from billdesk.core.gateways.stripe.sdk import SdkStripeGateway

        url = os.environ.get(STRIPE_URL_VARIABLE) or None
        return SdkStripeGateway(key, base_url=url, folder=paths.folder)

    return opened
