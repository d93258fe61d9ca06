"""What set-up asks for, and the company that comes of it."""

from dataclasses import dataclass, replace

from billdesk.core.domain.addresses import Address
from billdesk.core.domain.settings import CompanyProfile, InvoiceDefaults
from billdesk.core.domain.snapshot import Paper
from billdesk.core.domain.tax_wording import UsualTax
from billdesk.core.services.companies import NewCompany
from billdesk.core.services.tax_rates import TaxRateInput


@dataclass(frozen=True)
class CompanyAnswers:
    """The first question."""

    name: str
    address: Address
    email: str
    vat_id: str
    tax_number: str
    currency: str
    language: str
    paper: Paper
    fold_marks: bool


def new_company(answers: CompanyAnswers, taxes: tuple[UsualTax, ...]) -> NewCompany:
    """The company as the core sets it up; ``taxes`` has the usual rate first."""
    defaults = InvoiceDefaults(language=answers.language)
    template = replace(defaults.template, paper=answers.paper, fold_marks=answers.fold_marks)
    return NewCompany(
        name=answers.name,
        currency=answers.currency,
        profile=CompanyProfile(
            address=answers.address,
            email=answers.email,
            vat_id=answers.vat_id,
            tax_number=answers.tax_number,
        ),
        defaults=replace(defaults, template=template),
        tax_rates=tuple(
            TaxRateInput(
                name=tax.name,
                percent=tax.percent,
                category=tax.category,
                reason=tax.reason,
                reason_code=tax.reason_code,
                reasons=tax.reasons,
                is_default=position == 0,
            )
            for position, tax in enumerate(taxes)
        ),
    )
