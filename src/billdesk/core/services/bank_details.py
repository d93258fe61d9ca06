"""Bank details that can be paid to."""

from dataclasses import replace

from billdesk.core.domain.errors import UserError
from billdesk.core.domain.snapshot import BankAccount


def check_bank(bank: BankAccount) -> BankAccount:
    """The account with IBAN and BIC in compact form. Raises ``UserError`` for a wrong one."""
    from schwifty import BIC, IBAN
    from schwifty.exceptions import SchwiftyException

    iban = bic = ""
    if bank.iban.strip():
        try:
            iban = str(IBAN(bank.iban.strip()))
        except SchwiftyException:
            raise UserError(
                "This IBAN is not valid: check it for a typing mistake.", field="iban"
            ) from None
    if bank.bic.strip():
        try:
            bic = str(BIC(bank.bic.strip()))
        except SchwiftyException:
            raise UserError("This BIC is not valid.", field="bic") from None
    return replace(bank, iban=iban, bic=bic)
