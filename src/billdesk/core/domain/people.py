"""Whom documents of a customer go to, and where its goods go."""

from dataclasses import dataclass

from billdesk.core.domain.addresses import Address
from billdesk.core.domain.documents import DocumentKind


@dataclass(frozen=True, slots=True)
class Contact:
    """A person at a customer; ``receives`` are the kinds of documents mailed to them.

    ``id`` is that of a stored one, ``None`` for a new one.
    """

    name: str
    role: str = ""
    email: str = ""
    phone: str = ""
    receives: tuple[DocumentKind, ...] = ()
    is_default: bool = False
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where goods for a customer go (BG-13); ``id`` as of a contact."""

    name: str = ""
    address: Address = Address()
    is_default: bool = False
    id: int | None = None
