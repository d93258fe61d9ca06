"""Morning Studio, the practice company: a made-up design studio in Hamburg.

Names, addresses and numbers are invented; the VAT id and the IBAN are ones that documentation
everywhere uses because they only look valid.
"""

from decimal import Decimal

from billdesk.core.domain.addresses import Address
from billdesk.core.domain.settings import CompanyProfile, InvoiceDefaults
from billdesk.core.domain.snapshot import BankAccount, Template
from billdesk.core.domain.tax import TaxCategory
from billdesk.core.services.companies import NewCompany
from billdesk.core.services.tax_rates import TaxRateInput

NAME = "Morning Studio"
FULL_RATE = "VAT 19 %"
REDUCED_RATE = "VAT 7 %"
REVERSE_CHARGE = "Reverse charge"
EXPORT = "Outside the EU"

_TAX_RATES = (
    TaxRateInput(FULL_RATE, Decimal(19), is_default=True),
    TaxRateInput(REDUCED_RATE, Decimal(7)),
    TaxRateInput(
        REVERSE_CHARGE,
        Decimal(0),
        TaxCategory.REVERSE_CHARGE,
        reason="Reverse charge: the customer owes the VAT.",
        reason_code="VATEX-EU-AE",
    ),
    TaxRateInput(
        EXPORT,
        Decimal(0),
        TaxCategory.EXPORT,
        reason="Service to a customer outside the EU, not taxable in Germany.",
        reason_code="VATEX-EU-G",
    ),
)

MORNING_STUDIO = NewCompany(
    name=NAME,
    currency="EUR",
    profile=CompanyProfile(
        address=Address("Kaistraße 14", "", "20457", "Hamburg", "", "DE"),
        claim="Design, print and the web",
        email="hello@morning-studio.example",
        phone="+49 40 5550 1420",
        website="morning-studio.example",
        vat_id="DE123456788",
        tax_number="27/123/45678",
        register_entry="Amtsgericht Hamburg, HRB 000000",
        management="Lena Albers",
        bank=BankAccount(
            holder=NAME, bank_name="Practice Bank", iban="DE02120300000000202051", bic="BYLADEM1001"
        ),
    ),
    defaults=InvoiceDefaults(
        terms_days=14,
        introduction="Thank you for working with us. We bill the following:",
        terms="Please transfer the amount with the invoice number as reference.",
        template=Template(accent="#B45309"),
    ),
    tax_rates=_TAX_RATES,
    owner_name="Lena Albers",
    is_practice=True,
)
