"""A company with one of everything that requests can be about."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bank_file import bank_line
from books import Shop, line

from billdesk.core.domain.accounts import AccountKind
from billdesk.core.domain.banking import Ignored
from billdesk.core.domain.custom_fields import CustomField, Entity, FieldType
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.domain.recurrence import Schedule, Unit
from billdesk.core.domain.settlement import DeductionKind
from billdesk.core.services.accounts import AccountInput
from billdesk.core.services.attachments import AttachmentInput
from billdesk.core.services.cost_centres import CostCentreInput
from billdesk.core.services.items import ItemInput
from billdesk.core.services.payments import DeductionInput, PaymentInput, RefundInput
from billdesk.core.services.recurring import RecurringInput
from billdesk.core.services.steps.credit import CreditInput

TODAY = date(2026, 11, 24)
# Through this day the books are closed.
CLOSED = date(2026, 6, 30)


@dataclass(frozen=True)
class Ids:
    """What one company has."""

    customer: int
    deleted_customer: int
    item: int
    rate: int
    account: int
    cost_centre: int
    field: int
    deleted_field: int
    draft: int
    draft_version: int
    deleted_draft: int
    issued: int
    paid: int
    void: int
    payment: int
    undone_payment: int
    second_customer: int
    dollars: int
    late: int
    quote: int
    quote_draft: int
    accepted: int
    declined: int
    deposit: int
    unpaid_deposit: int
    final: int
    note: int
    void_note: int
    credited: int
    note_of: int
    credit: int
    homeless: int
    refund: int
    undone_refund: int
    deduction: int
    undone_deduction: int
    template: int
    paused: int
    price_list: int
    attachment: int
    line: int
    line_out: int
    decided_line: int
    merged: int
    erased: int


def furnished(shop: Shop, word: str = "") -> Ids:
    """One of everything; the books are closed through ``CLOSED``. ``word`` is in every text."""
    app = shop.app
    customer = shop.customer()
    deleted = shop.customer(name="Gone Ltd")
    app.customers.delete(deleted)
    item = app.items.create(ItemInput("Bolt", Decimal(1), code="B-1"))
    account = app.accounts.add(AccountInput("4010", "Workshops", AccountKind.INCOME))
    centre = app.cost_centres.create(CostCentreInput("P1", "Project"))
    field = app.custom_fields.create(
        Entity.DOCUMENT, CustomField("order_day", "Order day", FieldType.DATE)
    )
    deleted_field = app.custom_fields.create(Entity.ITEM, CustomField("colour", "Colour"))
    app.custom_fields.delete(deleted_field)
    draft = app.invoices.create(shop.draft(customer_id=customer))
    deleted_draft = app.invoices.create(shop.draft(customer_id=customer))
    app.invoices.delete(deleted_draft.document_id)
    issued, paid, void = (shop.issued("100", customer_id=customer).document_id for _ in range(3))
    payment = shop.receive(paid, 10_000)
    undone = shop.receive(issued, 500)
    app.payments.undo(undone)
    app.invoices.void(void, "a mistake")
    more = {
        **_documents(shop, customer, word),
        **_money(shop, customer, word),
        **_masters(shop, customer, word),
        **_bank_lines(shop, word),
    }
    app.periods.close_through(CLOSED)
    return Ids(
        customer=customer,
        deleted_customer=deleted,
        item=item,
        rate=shop.rates()[0],
        account=account,
        cost_centre=centre,
        field=field,
        deleted_field=deleted_field,
        draft=draft.document_id,
        draft_version=draft.version,
        deleted_draft=deleted_draft.document_id,
        issued=issued,
        paid=paid,
        void=void,
        payment=payment,
        undone_payment=undone,
        **more,
    )


def issued_of(shop: Shop, kind: DocumentKind, **fields: object) -> int:
    """An issued document of ``kind``."""
    saved = shop.app.invoices.create(shop.draft(**fields), kind)
    return shop.app.invoices.issue(saved.document_id, saved.version).document_id


def _documents(shop: Shop, customer: int, word: str) -> dict[str, int]:
    app = shop.app
    of = {"customer_id": customer, "subject": word}
    quotes = [issued_of(shop, DocumentKind.QUOTE, **of) for _ in range(3)]
    app.quotes.accept(quotes[1])
    app.quotes.decline(quotes[2])
    deposit, unpaid = (issued_of(shop, DocumentKind.DEPOSIT_INVOICE, **of) for _ in range(2))
    shop.receive(deposit, 10_000)
    work = (line("500"),)
    final = issued_of(shop, DocumentKind.FINAL_INVOICE, lines=work, deposit_ids=(deposit,), **of)
    note, void_note = (issued_of(shop, DocumentKind.CREDIT_NOTE, **of) for _ in range(2))
    app.invoices.void(void_note, "a mistake")
    credited = shop.issued(**of).document_id
    note_of = app.credit_notes.credit(CreditInput(credited)).document_id
    late = shop.issued(issued_on=date(2026, 10, 1), **of).document_id
    dollars = shop.issued(currency="USD", exchange_rate=Decimal("0.9"), **of).document_id
    quote_draft = app.invoices.create(shop.draft(**of), DocumentKind.QUOTE).document_id
    return {
        "dollars": dollars,
        "late": late,
        "quote": quotes[0],
        "quote_draft": quote_draft,
        "accepted": quotes[1],
        "declined": quotes[2],
        "deposit": deposit,
        "unpaid_deposit": unpaid,
        "final": final,
        "note": note,
        "void_note": void_note,
        "credited": credited,
        "note_of": note_of,
    }


def _money(shop: Shop, customer: int, word: str) -> dict[str, int]:
    app = shop.app
    given = PaymentInput(None, 10_000, PaymentMethod.BANK, TODAY, word)
    homeless = app.payments.record(given)
    credit = shop.receive(None, 10_000, customer_id=customer, reference=word)
    refunds = [
        app.refunds.refund(RefundInput(100, PaymentMethod.BANK, TODAY, credit, reference=word))
        for _ in range(2)
    ]
    app.refunds.undo(refunds[1])
    owing = shop.issued(customer_id=customer).document_id
    deductions = [
        app.deductions.deduct(
            DeductionInput(owing, DeductionKind.WRITE_OFF, 100, TODAY, word or "lost")
        )
        for _ in range(2)
    ]
    app.deductions.undo(deductions[1])
    return {
        "homeless": homeless,
        "credit": credit,
        "refund": refunds[0],
        "undone_refund": refunds[1],
        "deduction": deductions[0],
        "undone_deduction": deductions[1],
    }


def _masters(shop: Shop, customer: int, word: str) -> dict[str, int]:
    app = shop.app
    second, merged, erased = (shop.customer(name=f"{word} {name}") for name in "ABC")
    app.customer_merges.merge(merged, second)
    app.personal_data.erase(erased)
    given = RecurringInput(
        f"{word} Hosting", shop.draft(customer_id=customer), Schedule(TODAY, Unit.MONTH)
    )
    template, paused = (app.recurring.create(given) for _ in range(2))
    app.recurring.pause(paused)
    draft = app.invoices.create(shop.draft(customer_id=customer))
    attachment = app.attachments.add(
        draft.document_id, AttachmentInput(f"{word}.txt", word.encode() or b"text")
    )
    return {
        "second_customer": second,
        "merged": merged,
        "erased": erased,
        "template": template,
        "paused": paused,
        "price_list": app.price_lists.create(f"{word} Friends"),
        "attachment": attachment,
    }


def _bank_lines(shop: Shop, word: str) -> dict[str, int]:
    day = date(2026, 11, 20)
    came, went, ignored = (
        bank_line(shop, day, amount, f"{word} {amount}") for amount in ("50,00", "-5,00", "7,00")
    )
    shop.app.bank.decide(ignored.id, ignored.version, Ignored("private"))
    return {"line": came.id, "line_out": went.id, "decided_line": ignored.id}
