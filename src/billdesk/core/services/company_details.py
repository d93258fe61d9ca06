"""What a company may say about itself on its documents."""

from dataclasses import replace

from billdesk.core.domain.errors import UserError
from billdesk.core.domain.settings import CompanyProfile
from billdesk.core.domain.texts import clean_line, clean_lines_of
from billdesk.core.gateways.mail.addresses import check_address
from billdesk.core.services.bank_details import check_bank
from billdesk.core.services.customers import check_vat_id
from billdesk.core.services.steps.addresses import clean_address

# Characters: the name as its column holds, the rest as documents have room for.
LONGEST_NAME = 200
LONGEST = {
    "claim": 300,
    "email": 320,
    "phone": 60,
    "website": 300,
    "vat_id": 30,
    "tax_number": 60,
    "register_entry": 300,
    "management": 500,
}
LONGEST_OF_BANK = {"holder": 200, "bank_name": 200, "iban": 60, "bic": 20, "other": 300}


def check_name(name: str) -> str:
    """The name as it can be stored. Raises ``UserError``."""
    name = clean_line(name, "name", LONGEST_NAME)
    if not name:
        raise UserError("Give your company a name.", field="name")
    return name


def check_profile(profile: CompanyProfile) -> CompanyProfile:
    """The details as they can be stored. Raises ``UserError`` with its field."""
    profile = clean_lines_of(profile, LONGEST)
    if profile.email:
        check_address(profile.email, "email")
    check_vat_id(profile.vat_id)
    bank = check_bank(clean_lines_of(profile.bank, LONGEST_OF_BANK))
    return replace(profile, address=clean_address(profile.address), bank=bank)
