"""Building the message: text, HTML beside it, files attached."""

import copy
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage

from billdesk.core.gateways.mail.addresses import check_address

# Everything as 7-bit text, so that a server without 8BITMIME has nothing to break.
_POLICY = policy.SMTP.clone(cte_type="7bit")
# What a name may take of a header line, which ends at 998 characters (RFC 5322, 2.1.1).
_LONGEST_NAME = 200
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+>")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A person or company with an address; ``name`` may be empty."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in the message. ``filename`` may hold any letters but no path."""

    filename: str
    content: bytes
    mime_type: str = "application/pdf"


def build_message(
    *,
    sender: Mailbox,
    to: Sequence[Mailbox],
    subject: str,
    text: str,
    message_id: str,
    sent_at: datetime,
    html: str | None = None,
    attachments: Sequence[Attachment] = (),
    reply_to: str = "",
) -> EmailMessage:
    """A message ready for ``MailGateway.send``.

    ``message_id`` (``<unique@domain>``) is the caller's, who has stored it before the message
    leaves; ``sent_at`` is aware and becomes Date. No name and no subject can add a header or end
    them (``one_line``); a name longer than 200 characters is cut. Raises ``UserError`` for a bad
    address, ``ValueError`` for a message id or a time that cannot be written.
    """
    if not _MESSAGE_ID.fullmatch(message_id):
        raise ValueError("a message id looks like <unique@domain>")
    if sent_at.tzinfo is None:
        raise ValueError("an instant without a time zone")
    if not to:
        raise ValueError("a message needs a recipient")
    mailboxes = [_address(sender, "from_address"), *(_address(one, "to") for one in to)]
    answers = _address(Mailbox("", reply_to), "reply_to") if reply_to else None
    everyone = [*mailboxes, answers] if answers else mailboxes
    message = EmailMessage(
        policy=_POLICY.clone(utf8=not all(one.addr_spec.isascii() for one in everyone))
    )
    message["From"] = mailboxes[0]
    message["To"] = mailboxes[1:]
    if answers is not None:
        message["Reply-To"] = answers
    message["Subject"] = one_line(subject)
    message["Date"] = sent_at
    message["Message-ID"] = message_id
    message.set_content(text)
    if html is not None:
        message.add_alternative(html, subtype="html")
    for attachment in attachments:
        maintype, _, subtype = attachment.mime_type.partition("/")
        message.add_attachment(
            attachment.content,
            maintype=maintype,
            subtype=subtype,
            filename=one_line(attachment.filename).replace("/", "-").replace("\\", "-"),
        )
    return message


def draft_eml(message: EmailMessage) -> bytes:
    """The message as a file that mail programs open for editing (``X-Unsent``).

    Without Message-ID and Date: the program that really sends it writes its own.
    """
    draft = copy.deepcopy(message)
    del draft["Message-ID"]
    del draft["Date"]
    draft["X-Unsent"] = "1"
    return draft.as_bytes()


def one_line(text: str) -> str:
    """``text`` with control characters and runs of space turned into single spaces.

    Neither holds an encoded word (RFC 2047): the standard library decodes one in whatever it is
    given, and line breaks hidden in it would begin headers of their own.
    """
    visible = "".join(c if c.isprintable() else " " for c in text).replace("=?", "= ?")
    return " ".join(visible.split())


def _address(mailbox: Mailbox, field: str) -> Address:
    local, _, domain = check_address(mailbox.address, field).rpartition("@")
    return Address(
        display_name=one_line(mailbox.name)[:_LONGEST_NAME], username=local, domain=domain
    )
