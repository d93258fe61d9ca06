"""The sections of Settings, in the order they stand in."""

from dataclasses import dataclass

from billdesk.ui.text import tr


@dataclass(frozen=True)
class Place:
    """A section by name; ``keywords`` are other words the palette finds it by."""

    key: str
    title: str
    icon: str
    keywords: str


def places() -> tuple[Place, ...]:
    """All sections from top to bottom."""
    return (
        Place("company", tr("Company"), "building", tr("name address bank iban logo vat")),
        Place(
            "numbering",
            tr("Numbering"),
            "hash",
            tr("number pattern series quote credit note receipt"),
        ),
        Place("invoices", tr("Invoices"), "documents", tr("terms texts colour paper language")),
        Place("reminders", tr("Reminders"), "clock", tr("dunning overdue late fee steps")),
        Place("taxes", tr("Tax rates"), "percent", tr("vat sales tax")),
        Place(
            "books",
            tr("Books"),
            "book",
            tr("ledger accounts chart skr03 skr04 close period lock cash basis opening balances"),
        ),
        Place(
            "lists",
            tr("Fields and lists"),
            "items",
            tr("custom fields own fields price list cost centre project branch"),
        ),
        Place("stripe", tr("Online payment"), "payments", tr("stripe card key link")),
        Place("mail", tr("Email"), "mail", tr("smtp server password template")),
        Place("database", tr("Database"), "database", tr("postgresql server file folder desks")),
        Place("backup", tr("Backup"), "download", tr("restore copy passphrase encrypt folder")),
        Place("appearance", tr("Appearance"), "palette", tr("theme dark light motion")),
    )
