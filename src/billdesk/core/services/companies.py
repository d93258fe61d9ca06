"""Set up a company: its chart of accounts, number series, tax rates and settings."""

import secrets
from dataclasses import dataclass

from sqlalchemy import insert, select

from billdesk.core.db.tables import Company, Install, NumberSeries, TaxRate
from billdesk.core.db.types import new_uid
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.charts import Chart
from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.events import CompanyChanged
from billdesk.core.domain.numbering import Reset
from billdesk.core.domain.settings import CompanyProfile, InvoiceDefaults
from billdesk.core.domain.texts import clean_line
from billdesk.core.services.company_details import check_name, check_profile
from billdesk.core.services.steps.accounts import accounts_of_rate, add_chart
from billdesk.core.services.steps.numbers import CUSTOMER_SERIES
from billdesk.core.services.steps.owner import add_owner
from billdesk.core.services.steps.settings import write_setting
from billdesk.core.services.tax_rates import TaxRateInput, check_tax_rate

FIRST_SERIES = (
    (DocumentKind.INVOICE.value, "INV-{seq:05}"),
    (DocumentKind.QUOTE.value, "Q-{seq:05}"),
    (DocumentKind.DEPOSIT_INVOICE.value, "DEP-{seq:05}"),
    (DocumentKind.FINAL_INVOICE.value, "FIN-{seq:05}"),
    (DocumentKind.CREDIT_NOTE.value, "CN-{seq:05}"),
    (DocumentKind.RECEIPT.value, "REC-{seq:05}"),
    (DocumentKind.STATEMENT.value, "ST-{seq:05}"),
    (DocumentKind.DELIVERY_NOTE.value, "DN-{seq:05}"),
    (DocumentKind.REMINDER.value, "REM-{seq:05}"),
    (CUSTOMER_SERIES, "C-{seq:04}"),
)


@dataclass(frozen=True, slots=True)
class NewCompany:
    """What set-up asks for."""

    name: str
    currency: str
    profile: CompanyProfile = CompanyProfile()
    defaults: InvoiceDefaults = InvoiceDefaults()
    tax_rates: tuple[TaxRateInput, ...] = ()
    owner_name: str = ""
    is_practice: bool = False
    chart: Chart = Chart.GENERIC


class CompanyService:
    """Use cases about companies as a whole; needs no company yet."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    @use_case
    def create(self, new: NewCompany) -> int:
        """Create the company and everything it starts with; returns its id.

        Raises ``UserError`` without a name or for an unknown currency.
        """
        name = check_name(new.name)
        profile = check_profile(new.profile)
        owner_name = clean_line(new.owner_name, "owner_name", 200)
        exponent(new.currency)
        rates = [check_tax_rate(rate) for rate in new.tax_rates]
        with self._uow.write() as tx:
            self._ensure_install(tx)
            company = Company(
                uid=new_uid(),
                name=name,
                currency=new.currency,
                is_practice=new.is_practice,
                chart=new.chart.value,
                created_at=tx.now,
            )
            tx.session.add(company)
            tx.session.flush()
            tx.company_id = company.id
            add_owner(tx, owner_name)
            add_chart(tx, new.chart)
            for kind, pattern in FIRST_SERIES:
                tx.session.add(
                    NumberSeries(
                        company_id=company.id,
                        kind=kind,
                        pattern=pattern,
                        reset=Reset.NEVER.value,
                    )
                )
            for rate in rates:
                account_id, revenue_account_id = accounts_of_rate(tx, new.chart, rate.tax())
                tx.session.add(
                    TaxRate(
                        company_id=company.id,
                        account_id=account_id,
                        revenue_account_id=revenue_account_id,
                        created_at=tx.now,
                        **rate.columns(),
                    )
                )
            tx.session.flush()
            write_setting(tx, profile)
            write_setting(tx, new.defaults)
            tx.audit(
                "company.created",
                f"company:{company.uid}",
                after={"name": name, "currency": new.currency, "chart": new.chart.value},
            )
            tx.tell(CompanyChanged(company.id))
            return company.id

    @staticmethod
    def _ensure_install(tx: Transaction) -> None:
        if tx.connection.scalar(select(Install.id)) is None:
            tx.connection.execute(
                insert(Install).values(
                    id=1, uid=new_uid(), reference_key=secrets.token_hex(32), created_at=tx.now
                )
            )
