"""What an error says about the mail server as a service, whatever was sent."""

from billdesk.core.domain.errors import BillDeskError
from billdesk.core.domain.outside_services.policy import Call, Outcome
from billdesk.core.gateways.mail.port import MailRefused

# Settings that every mail needs: with one of them wrong, none leaves.
_OF_THE_SERVER = ("host", "port", "security", "user", "password", "from_address")


def mail_outcome(error: BillDeskError) -> Call:
    """The end of handing over a mail that raised ``error``."""
    if isinstance(error, MailRefused) and error.field not in _OF_THE_SERVER:
        # It works, and does not want this message or this recipient.
        return Call(Outcome.REFUSED)
    return Call(Outcome.UNREACHABLE, str(error))
