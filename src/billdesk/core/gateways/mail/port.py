"""What BillDesk asks of a mail server, and the three ways it can go wrong.

They differ in what may be done next, so the outbox decides by class alone.
"""

from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol

from billdesk.core.domain.errors import BillDeskError, TemporaryError, UserError


class MailRefused(UserError):
    """Final: the server will not take this message or this login; nothing was sent.

    ``reply`` is the server's own answer (code and words), empty where it gave none.
    """

    def __init__(self, sentence: str, *, reply: str = "", field: str | None = None) -> None:
        super().__init__(sentence, field=field)
        self.reply = reply


class MailTemporary(TemporaryError):
    """Nothing was sent; the same message may be tried again later."""

    def __init__(self, sentence: str, *, reply: str = "") -> None:
        super().__init__(sentence)
        self.reply = reply


class MailOutcomeUnknown(BillDeskError):
    """The connection broke while the message was being handed over; it may have been sent.

    Never resent by itself: SMTP has no way to ask.
    """


@dataclass(frozen=True, slots=True)
class Accepted:
    """The server took the message over; ``reply`` is its answer, often with its queue id."""

    reply: str


class MailGateway(Protocol):
    """A way to hand a message to a mail server. Blocks; belongs on a worker thread."""

    def send(self, message: EmailMessage) -> Accepted:
        """Hand over to every recipient of To and Cc, or to none of them.

        Raises ``MailRefused``, ``MailTemporary`` or ``MailOutcomeUnknown``.
        """
