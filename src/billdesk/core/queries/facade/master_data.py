"""Customers, items and what drafts are filled from."""

from datetime import date
from decimal import Decimal

from billdesk.core.queries.attachments import AttachmentRow
from billdesk.core.queries.cards import CardRow
from billdesk.core.queries.cost_centres import CostCentreRow
from billdesk.core.queries.custom_fields import CustomFieldRow
from billdesk.core.queries.customers import CustomerRow
from billdesk.core.queries.facade.reading import CompanyReading
from billdesk.core.queries.items import ItemRow
from billdesk.core.queries.paging import PAGE, Key, Page
from billdesk.core.queries.prices import LineOffer, PriceListRow
from billdesk.core.queries.sql import (
    cost_centres,
    custom_fields,
    customers,
    items,
    prices,
    tax_rates,
)
from billdesk.core.queries.sql.attachments import read_customer_attachments
from billdesk.core.queries.sql.cards import read_cards
from billdesk.core.queries.tax_rates import TaxRateRow


class MasterDataQueries(CompanyReading):
    """Reads master data."""

    def customers(
        self,
        search: str = "",
        after: Key | None = None,
        limit: int = PAGE,
        *,
        deleted: bool = False,
    ) -> Page[CustomerRow]:
        """One page of the customers by name; ``deleted`` shows the deleted ones instead."""
        with self._uow.read() as connection:
            return customers.customer_page(
                connection, self._company_id, self._today, search, after, limit, deleted=deleted
            )

    def customer(self, customer_id: int) -> CustomerRow:
        """One customer, deleted or not. Raises ``NotFound``."""
        with self._uow.read() as connection:
            return customers.read_customer(connection, self._company_id, self._today, customer_id)

    def saved_cards(self, customer_id: int) -> tuple[CardRow, ...]:
        """The cards a customer left to be charged again, newest first."""
        with self._uow.read() as connection:
            return read_cards(connection, self._company_id, [customer_id])

    def customer_attachments(self, customer_id: int) -> tuple[AttachmentRow, ...]:
        """The files kept at a customer."""
        with self._uow.read() as connection:
            return read_customer_attachments(connection, self._company_id, customer_id)

    def find_customers(self, text: str, limit: int = 8) -> tuple[CustomerRow, ...]:
        """The likeliest customers for a picker; without text the ones invoiced lately."""
        with self._uow.read() as connection:
            return customers.find_customers(connection, self._company_id, self._today, text, limit)

    def items(
        self,
        search: str = "",
        after: Key | None = None,
        limit: int = PAGE,
        *,
        deleted: bool = False,
    ) -> Page[ItemRow]:
        """One page of the items by name; ``deleted`` shows the deleted ones instead."""
        with self._uow.read() as connection:
            return items.item_page(
                connection, self._company_id, search, after, limit, deleted=deleted
            )

    def item(self, item_id: int) -> ItemRow:
        """One item, deleted or not. Raises ``NotFound``."""
        with self._uow.read() as connection:
            return items.read_item(connection, self._company_id, item_id)

    def find_items(self, text: str, limit: int = 8) -> tuple[ItemRow, ...]:
        """The likeliest items for a picker."""
        with self._uow.read() as connection:
            return items.find_items(connection, self._company_id, text, limit)

    def price_lists(self, *, deleted: bool = False) -> tuple[PriceListRow, ...]:
        """The price lists by name; or the deleted ones."""
        with self._uow.read() as connection:
            return prices.read_price_lists(connection, self._company_id, deleted=deleted)

    def line_offer(
        self,
        item_id: int | None,
        customer_id: int | None,
        quantity: Decimal,
        currency: str,
        *,
        on: date | None = None,
        language: str = "",
    ) -> LineOffer:
        """Price, taxes and unit for a line; ``on`` is the document's day, today without one.

        Raises ``NotFound`` for an unknown item or customer.
        """
        with self._uow.read() as connection:
            return prices.line_offer(
                connection,
                self._company_id,
                item_id=item_id,
                customer_id=customer_id,
                quantity=quantity,
                currency=currency,
                on=on or self._today,
                language=language,
            )

    def tax_rates(self, *, deleted: bool = False) -> tuple[TaxRateRow, ...]:
        """The tax rates on offer, the default first; or the deleted ones."""
        with self._uow.read() as connection:
            return tax_rates.read_tax_rates(connection, self._company_id, deleted=deleted)

    def custom_fields(self, *, deleted: bool = False) -> tuple[CustomFieldRow, ...]:
        """The company's own fields of all kinds in their order; or the deleted ones."""
        with self._uow.read() as connection:
            return custom_fields.read_custom_fields(connection, self._company_id, deleted=deleted)

    def cost_centres(self, *, deleted: bool = False) -> tuple[CostCentreRow, ...]:
        """The cost centres on offer by code; or the deleted ones."""
        with self._uow.read() as connection:
            return cost_centres.read_cost_centres(connection, self._company_id, deleted=deleted)
