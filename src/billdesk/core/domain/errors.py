"""What can go wrong, by what the person in front of the window can do about it."""


class BillDeskError(Exception):
    """Base of every error BillDesk raises on purpose; ``str()`` is a sentence for people."""


class UserError(BillDeskError):
    """The request cannot be done as asked; the sentence says what to change.

    ``field`` names the input it is about (dotted, e.g. ``lines.2.quantity``), or ``None``.
    """

    def __init__(self, sentence: str, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.field = field


class NotFound(UserError):
    """The row does not exist in this company (or belongs to another)."""


class StaleVersion(UserError):
    """Somebody else saved the row since it was read (optimistic lock)."""


class NotAllowed(UserError):
    """The document's state or the user's role forbids this step."""


class TemporaryError(BillDeskError):
    """Nothing is wrong with the request; trying again later may work."""


class InvariantBroken(BillDeskError):
    """The books would become inconsistent; the transaction is rolled back. Always a bug."""
