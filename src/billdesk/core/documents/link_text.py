"""What a pay page says of a document, in the document's language."""

from dataclasses import dataclass

from billdesk.core.documents.formatting import formatter
from billdesk.core.documents.wording import word_for_tax
from billdesk.core.domain.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class LinkText:
    """The item and the line below it, what a link says that is off, and the thanks."""

    title: str
    description: str
    inactive: str
    thanks: str


@dataclass(frozen=True, slots=True)
class _Words:
    part: str
    inactive: str
    thanks: str


_WORDS = {
    "en": _Words(
        "{title}, part payment",
        "{title} is paid or was replaced. Questions? {contact}",
        "Thank you! {company} has been told of your payment.",
    ),
    "de": _Words(
        "{title}, Teilzahlung",
        "{title} ist bezahlt oder wurde ersetzt. Fragen? {contact}",
        "Vielen Dank! {company} erfährt von Ihrer Zahlung.",
    ),
    "fr": _Words(
        "{title}, paiement partiel",
        "{title} : document réglé ou remplacé. Des questions ? {contact}",
        "Merci ! {company} est informé de votre paiement.",
    ),
}


def compose_link_text(snapshot: Snapshot, amount_minor: int, *, is_part: bool) -> LinkText:
    """The words for a link that asks for ``amount_minor`` of the document's currency.

    The tax is named where the whole document is asked for: what of it is in a part, nobody can say
    before it is paid.
    """
    fmt = formatter(snapshot.language, snapshot.seller.address.country)
    words = _WORDS[fmt.locale.language]
    seller = snapshot.seller
    document = f"{fmt.labels.kinds.titles[snapshot.kind]} {snapshot.number}"
    reached = [seller.name, seller.email or seller.phone or seller.website]
    description = seller.name
    if snapshot.tax_minor > 0 and amount_minor == snapshot.total_minor:
        word = word_for_tax(fmt.labels, seller.address.country)
        tax = fmt.amount(snapshot.tax_minor, snapshot.scale)
        description = fmt.labels.including.format(what=f"{seller.name},", tax=f"{word} {tax}")
    return LinkText(
        title=words.part.format(title=document) if is_part else document,
        description=description,
        inactive=words.inactive.format(title=document, contact=", ".join(filter(None, reached))),
        thanks=words.thanks.format(company=seller.name),
    )
