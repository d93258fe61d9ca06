"""What use cases of documents answer."""

from dataclasses import dataclass

from billdesk.core.db.tables import Document


@dataclass(frozen=True, slots=True)
class Saved:
    """A stored draft and the version to give with the next save."""

    document_id: int
    version: int


@dataclass(frozen=True, slots=True)
class Issued:
    """What was issued; ``total_minor`` in minor units of ``currency``."""

    document_id: int
    number: str
    total_minor: int
    currency: str

    @classmethod
    def of(cls, document: Document) -> "Issued":
        """The answer about an issued document."""
        return cls(document.id, document.number or "", document.total_minor, document.currency)
