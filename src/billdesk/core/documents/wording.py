"""Puts a snapshot into words: which texts an invoice shows, in which order and wording."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from billdesk.core.documents.content import (
    SEPARATOR,
    BankContent,
    HeadContent,
    InvoiceContent,
    LineContent,
    PaidStamp,
    Pair,
)
from billdesk.core.documents.formatting import MINUS, Formatter, formatter
from billdesk.core.documents.kind_tables import special_sums, special_table
from billdesk.core.documents.kind_wording import (
    acceptance_of,
    asks_for_money,
    band_of,
    payable_minor,
    reference_pairs,
)
from billdesk.core.documents.labels import Labels
from billdesk.core.documents.qr import epc_payload
from billdesk.core.documents.sums import adjustment_label, notes, sums
from billdesk.core.documents.text import clean, clean_line
from billdesk.core.domain.custom_fields import YES, FieldType
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.snapshot import Snapshot, SnapshotField, SnapshotLine
from billdesk.core.domain.tax import Tax
from billdesk.core.domain.totals import PriceMode

# What the consumption tax is called on documents of sellers there; everywhere else it is VAT.
_GST_COUNTRIES = frozenset({"AU", "NZ", "SG", "IN"})
_SALES_TAX_COUNTRIES = frozenset({"US", "CA"})
_IBAN_GROUP = 4


def put_into_words(snapshot: Snapshot, paid: PaidStamp | None, draft: bool) -> InvoiceContent:
    """Put a snapshot into words. A draft shows the word for draft where its number will be."""
    seller = snapshot.seller
    fmt = formatter(snapshot.language, seller.address.country)
    labels = fmt.labels
    title = labels.kinds.titles[snapshot.kind]
    number = labels.draft if draft else clean_line(snapshot.number)
    firm = clean_line(seller.name)
    tax_word = word_for_tax(labels, seller.address.country)
    head, lines = special_table(snapshot, fmt) or _goods_table(snapshot, fmt, tax_word)
    return InvoiceContent(
        fmt=fmt,
        draft=draft,
        firm=firm,
        claim=clean_line(seller.claim),
        title=title,
        number=number,
        sender=SEPARATOR.join(_lines((seller.name, *seller.address.lines()))),
        recipient=clean_line(snapshot.buyer.name),
        address=_buyer_address(snapshot, fmt),
        buyer_id=_filled(labels.vat_id, snapshot.buyer.vat_id),
        meta=_meta(snapshot, fmt),
        band=band_of(snapshot, fmt, paid, draft),
        subject=clean_line(snapshot.subject),
        introduction=clean(snapshot.introduction),
        head=head,
        lines=lines,
        totals=None
        if snapshot.kind == DocumentKind.DELIVERY_NOTE
        else special_sums(snapshot, fmt) or sums(snapshot, fmt, paid),
        bank=_bank(snapshot, labels, number) if asks_for_money(snapshot, paid) else None,
        acceptance=acceptance_of(snapshot, labels),
        legal=(*notes(snapshot, fmt, paid), *_legal(snapshot)),
        footer=_footer(snapshot, fmt),
        tax_ids=_tax_ids(snapshot, labels),
        running=f"{title} {number}{SEPARATOR}{fmt.day(snapshot.issued_on)}",
    )


def word_for_tax(labels: Labels, country: str) -> str:
    """What a seller's country calls the tax on sales."""
    if country in _GST_COUNTRIES:
        return "GST"
    return labels.sales_tax if country in _SALES_TAX_COUNTRIES else labels.vat


def _filled(template: str, value: str) -> str:
    return template.format(id=clean_line(value)) if value.strip() else ""


def _lines(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(cleaned for cleaned in map(clean_line, texts) if cleaned)


def _buyer_address(snapshot: Snapshot, fmt: Formatter) -> tuple[str, ...]:
    buyer = snapshot.buyer
    country = buyer.address.country
    # The country of destination in capitals as the last line, only when the post crosses a border.
    abroad = country != snapshot.seller.address.country
    last = fmt.country(country).upper() if country and abroad else ""
    return _lines((buyer.contact, *buyer.address.lines(), last))


def _meta(snapshot: Snapshot, fmt: Formatter) -> tuple[Pair, ...]:
    labels = fmt.labels
    seller = snapshot.seller
    pairs = [(labels.kinds.date_of(snapshot.kind), fmt.day(snapshot.issued_on))]
    pairs += reference_pairs(snapshot, fmt)
    first, last = snapshot.service_from, snapshot.service_to
    if first and last and first != last:
        pairs.append((labels.service_period, fmt.period(first, last)))
    elif day := first or last:
        pairs.append((labels.service_date, fmt.day(day)))
    pairs.append((labels.customer_number, clean_line(snapshot.buyer.customer_number)))
    pairs.append((labels.your_order, clean_line(snapshot.order_reference)))
    if seller.vat_id.strip():
        pairs.append((labels.our_vat_id, clean_line(seller.vat_id)))
    else:
        pairs.append((labels.our_tax_number, clean_line(seller.tax_number)))
    pairs.append((labels.deliver_to, _delivery(snapshot, fmt)))
    pairs += [(clean_line(one.label), _custom(one, fmt)) for one in snapshot.custom]
    return tuple(pair for pair in pairs if pair[1])


def _delivery(snapshot: Snapshot, fmt: Formatter) -> str:
    """Where goods go (BG-13), on one line; empty where they go to the buyer."""
    delivery = snapshot.delivery
    if delivery is None:
        return ""
    country = delivery.address.country
    abroad = country != snapshot.seller.address.country
    last = fmt.country(country) if country and abroad else ""
    return ", ".join(_lines((delivery.name, *delivery.address.lines(), last)))


def _custom(field: SnapshotField, fmt: Formatter) -> str:
    """The value of a field of the company's own, as the document's language writes it."""
    match field.field_type:
        case FieldType.NUMBER:
            return fmt.number(Decimal(field.value))
        case FieldType.DATE:
            return fmt.day(date.fromisoformat(field.value))
        case FieldType.YES_NO:
            return fmt.labels.yes if field.value == YES else fmt.labels.no
        case _:
            return clean_line(field.value)


def _has_tax(snapshot: Snapshot) -> bool:
    """Whether the document mentions tax at all."""
    return bool(snapshot.taxes) or any(line.taxes for line in snapshot.lines)


def _goods_table(
    snapshot: Snapshot, fmt: Formatter, tax_word: str
) -> tuple[HeadContent, tuple[LineContent, ...]]:
    lines = (
        _line(position, line, snapshot, fmt)
        for position, line in enumerate(snapshot.lines, start=1)
    )
    return _head(snapshot, fmt.labels, tax_word), tuple(lines)


def _head(snapshot: Snapshot, labels: Labels, tax_word: str) -> HeadContent:
    unit_price, amount = labels.unit_price, labels.amount
    if snapshot.price_mode is PriceMode.GROSS and _has_tax(snapshot):
        amount = labels.including.format(what=amount, tax=tax_word)
        unit_price = labels.including.format(what=unit_price, tax=tax_word)
    return HeadContent(
        labels.position,
        labels.description,
        labels.quantity,
        unit_price,
        tax_word if _has_tax(snapshot) else "",
        amount,
    )


def _line(position: int, line: SnapshotLine, snapshot: Snapshot, fmt: Formatter) -> LineContent:
    detail = [clean(line.description).strip()]
    for adjustment, effect in zip(line.adjustments, line.adjustments_minor, strict=True):
        amount = fmt.amount(effect, snapshot.scale)
        detail.append(f"{adjustment_label(adjustment, fmt)}: {amount}")
    return LineContent(
        position=str(position),
        name=clean_line(line.name),
        detail="\n".join(part for part in detail if part),
        quantity=fmt.number(line.quantity),
        unit=clean_line(line.unit),
        unit_price=fmt.number(line.unit_price, snapshot.scale),
        tax=_percents(line.taxes, fmt),
        amount=fmt.amount(line.amount_minor, snapshot.scale),
        amount_minor=line.amount_minor,
    )


def _percents(taxes: tuple[Tax, ...], fmt: Formatter) -> str:
    """``21% − 15%``: what is added, then what the customer keeps back."""
    added = " + ".join(fmt.percent(tax.percent) for tax in taxes if not tax.is_withheld)
    kept = "".join(f" {MINUS} {fmt.percent(tax.percent)}" for tax in taxes if tax.is_withheld)
    return (added + kept).strip()


def _bank(snapshot: Snapshot, labels: Labels, number: str) -> BankContent | None:
    bank = snapshot.seller.bank
    if not bank.iban.strip() and not bank.other.strip():
        return None
    holder = clean_line(bank.holder or snapshot.seller.name)
    reference = number
    if snapshot.reminder is not None:
        # The invoice first: that is what is paid.
        reference = f"{clean_line(snapshot.reminder.number)} {number}"
    iban = "".join(bank.iban.split()).upper()
    grouped = " ".join(iban[i : i + _IBAN_GROUP] for i in range(0, len(iban), _IBAN_GROUP))
    pairs = (
        (labels.account_holder, holder),
        ("IBAN", clean_line(grouped)),
        ("BIC", clean_line(bank.bic)),
        (labels.bank, clean_line(bank.bank_name)),
        (labels.account, clean_line(bank.other)),
        (labels.reference, reference),
    )
    return BankContent(
        labels.bank_transfer,
        tuple(pair for pair in pairs if pair[1]),
        epc_payload(bank, holder, snapshot.currency, payable_minor(snapshot), reference),
    )


def _legal(snapshot: Snapshot) -> tuple[str, ...]:
    """Terms, legal texts, and why no tax is charged (BT-120) where the texts do not say so."""
    texts = [clean(text).strip() for text in (snapshot.terms, *snapshot.legal_texts)]
    for row in snapshot.taxes:
        reason = clean(row.tax.reason).strip()
        if not any(reason in text for text in texts):
            texts.append(reason)
    return tuple(text for text in texts if text)


def _footer(
    snapshot: Snapshot, fmt: Formatter
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    seller = snapshot.seller
    address = seller.address
    *street, locality = address.lines() or ("",)
    country = fmt.country(address.country) if address.country else ""
    place = ", ".join(part for part in (locality, country) if part)
    return (
        _lines((seller.name, *street, place)),
        _lines((seller.email, seller.phone, seller.website)),
        _lines((seller.register_entry, seller.management)),
    )


def _tax_ids(snapshot: Snapshot, labels: Labels) -> tuple[str, ...]:
    seller = snapshot.seller
    return _lines(
        (_filled(labels.tax_number, seller.tax_number), _filled(labels.vat_id, seller.vat_id))
    )
