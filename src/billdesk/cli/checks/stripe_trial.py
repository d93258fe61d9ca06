"""``doctor --stripe-try``: what Stripe's papers leave open, asked of Stripe with a test key.

A link is made and switched off; nothing else changes at Stripe, and nothing in the books. Each
point BillDesk could not verify is a finding: settled, or how somebody can settle it. BillDesk
holds either way (tests/core/sync/test_unverified_points.py).
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from billdesk.bootstrap import (
    Paths,
    companies,
    open_application,
    open_books,
)
from billdesk.cli.checks.companies import opening
from billdesk.cli.checks.finding import Finding, bad, ok, warn
from billdesk.core.domain.errors import BillDeskError
from billdesk.core.domain.stripe_access import PermissionFinding, PermissionState
from billdesk.core.gateways.secrets import SecretStore
from billdesk.core.gateways.stripe.errors import (
    StripePermissionMissing,
    StripeRefused,
)
from billdesk.core.gateways.stripe.links import payment_link_params
from billdesk.core.gateways.stripe.permissions import ROWS
from billdesk.core.gateways.stripe.port import StripeGateway
from billdesk.core.services.stripe.connection import StripeConnector

TRIAL = "stripe-try"
_AMOUNT_MINOR = 500
# In Stripe's smallest unit of the euro; less than any minimum.
_TOO_SMALL = 1
# What only a payment made by hand, or Stripe itself, can tell.
_BY_HAND = (
    (
        "limit-flips-active",
        "whether a paid link goes inactive and says so: pay a link of a test invoice with 4242 "
        "4242 4242 4242, then look whether the Dashboard shows it inactive",
    ),
    (
        "open-pages",
        "whether a pay page left open can be paid after its link was switched off: leave one "
        "open, switch the link off in the Dashboard, and try to pay",
    ),
    (
        "count-lowered",
        "whether a failed bank debit frees its link again: pay with the IBAN AT861904300235473202 "
        "and look at the link's count when it has failed",
    ),
    (
        "reads-counted",
        "whether looks count toward 10,000 reads a month: Stripe shows it to nobody; BillDesk "
        "stays below in any case",
    ),
)


def try_stripe(paths: Paths, secrets: SecretStore) -> Iterator[Finding]:
    """Try with the key of each company that is connected in test mode."""
    books = open_books(paths, secrets=secrets, repairs=False)
    try:
        for entry in companies(books):
            company = open_application(books, entry.id).queries.company()
            online = company.online_payment
            if not online.account:
                continue
            if online.livemode:
                yield warn(TRIAL, f"{entry.name}: live, so nothing is tried", company=entry.name)
                continue
            try:
                connector = StripeConnector(secrets, opening(paths), lambda: "")
                gateway = connector.open(company.uid, livemode=False, account=online.account)
                yield from StripeTrial(gateway).run()
            except BillDeskError as error:
                yield bad(TRIAL, f"{entry.name}: {error}", company=entry.name)
    finally:
        books.close()


@dataclass(frozen=True, slots=True)
class StripeTrial:
    """One trial. Raises ``StripeFailure`` where Stripe cannot be asked."""

    gateway: StripeGateway

    def run(self) -> Iterator[Finding]:
        """The findings, point by point. Raises ``ValueError`` for a live key."""
        if self.gateway.livemode:
            raise ValueError("a trial is made with a test key only")
        findings = {one.slug: one for one in self.gateway.probe()}
        yield from self._permissions(findings)
        began = self.gateway.server_time()
        yield from self._link(findings, began)
        yield self._smallest_amount()
        for point, sentence in _BY_HAND:
            yield warn(TRIAL, f"open: {sentence}", point=point, settled=False)

    def _permissions(self, findings: dict[str, PermissionFinding]) -> Iterator[Finding]:
        for row in ROWS:
            found = findings[row.slug]
            facts = {"slug": row.slug, "state": found.state.value, "named": found.named}
            name = f"{row.name}: {row.level}"
            if found.state is PermissionState.GRANTED:
                yield ok(TRIAL, f"the key has “{name}”", **facts)
            elif found.state is PermissionState.UNCLEAR:
                yield warn(TRIAL, f"“{name}” is unclear; Stripe says: {found.words}", **facts)
            else:
                called = found.named or "no name"
                same = found.named == row.slug
                known = "as BillDesk expects" if same else f"where BillDesk expects {row.slug}"
                yield warn(
                    TRIAL,
                    f"the key lacks “{name}”; Stripe calls it {called}, {known}",
                    point="slugs",
                    settled=True,
                    **facts,
                )

    def _link(self, findings: dict[str, PermissionFinding], began: datetime) -> Iterator[Finding]:
        states = [findings[slug].state for slug in ("rak_product_write", "rak_plan_write")]
        has_catalogue = all(state is PermissionState.GRANTED for state in states)
        key = f"bd1:trial:{uuid.uuid4()}"
        point = "price-data"
        try:
            made = self.gateway.create_payment_link(_params(), key)
        except (StripePermissionMissing, StripeRefused) as error:
            yield bad(TRIAL, f"no link could be made: {error}", point=point, settled=True)
            return
        try:
            if has_catalogue:
                yield ok(
                    TRIAL,
                    "a link was made; whether it needs “Products” and “Prices” shows with a key "
                    "that lacks them",
                    point=point,
                    settled=False,
                )
            else:
                yield ok(
                    TRIAL,
                    "a link was made without “Products: Write” and “Prices: Write”",
                    point=point,
                    settled=True,
                )
            again = self.gateway.create_payment_link(_params(), key)
            same = again.id == made.id
            yield (ok if same else bad)(
                TRIAL,
                "the same order sent twice makes one link"
                if same
                else "the same order sent twice made two links",
                point="idempotency",
                settled=True,
            )
            if not same:
                self.gateway.deactivate_payment_link(again.id)
        finally:
            off = self.gateway.deactivate_payment_link(made.id)
        yield (bad if off.active else ok)(
            TRIAL,
            "the link is on although it was switched off" if off.active else "it was switched off",
            point="deactivation",
            settled=True,
            link=made.id,
        )
        yield self._told_by_event(made.id, began)

    def _told_by_event(self, link_id: str, began: datetime) -> Finding:
        try:
            page = self.gateway.list_events(
                created_gte=began - timedelta(minutes=1), types=("payment_link.updated",)
            )
        except StripePermissionMissing as error:
            return warn(TRIAL, f"events cannot be read: {error}", point="link-event", settled=False)
        told = any(event.object_id == link_id for event in page.events)
        return ok(
            TRIAL,
            "switching off is told by payment_link.updated at once"
            if told
            else "switching off is not told by payment_link.updated, or later",
            point="link-event",
            settled=told,
        )

    def _smallest_amount(self) -> Finding:
        params = _params()
        params["line_items"][0]["price_data"]["unit_amount"] = _TOO_SMALL
        point = "smallest-amount"
        try:
            made = self.gateway.create_payment_link(params, f"bd1:trial:{uuid.uuid4()}")
        except StripeRefused as error:
            return ok(
                TRIAL,
                f"too small an amount is refused with the link ({error.code})",
                point=point,
                settled=True,
                code=error.code,
            )
        except StripePermissionMissing:
            return warn(TRIAL, "links cannot be made with this key", point=point, settled=False)
        self.gateway.deactivate_payment_link(made.id)
        return ok(
            TRIAL,
            "too small an amount is refused only when somebody pays",
            point=point,
            settled=True,
            code=None,
        )


def _params() -> dict[str, Any]:
    return payment_link_params(
        title="BillDesk trial",
        amount_minor=_AMOUNT_MINOR,
        currency="EUR",
        description="Made by billdesk doctor, and switched off again",
        metadata={"billdesk_trial": "1"},
        inactive_message="This was a trial.",
        confirmation_message="This was a trial.",
        instant_only=True,
        has_link=False,
    )
