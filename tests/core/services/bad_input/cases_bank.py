"""Requests about payouts and bank statements that cannot be done."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from bank_file import MAPPING
from furnishing import CLOSED, TODAY
from standing import NOWHERE, Case, Standing

from billdesk.core.domain.bank_suggestions import Part
from billdesk.core.domain.banking import (
    Booked,
    Decision,
    Ignored,
    Receipt,
    Recorded,
    RecordedRefund,
)
from billdesk.core.domain.errors import NotAllowed, NotFound, StaleVersion, UserError
from billdesk.core.domain.money import LARGEST_MINOR
from billdesk.core.services.importing.files import ImportFile
from billdesk.core.services.payments import PayoutInput

NAN, INFINITE = Decimal("NaN"), Decimal("Infinity")
LONG = "x" * 20_001
Pick = Callable[[Standing], int]


def _payout(field: str, error: type[UserError] = UserError, **changes: Any) -> Case:
    good = {"minor": 100, "arrived_on": TODAY}
    return (
        lambda s: s.shop.app.payouts.record(PayoutInput(**{**good, **changes})),
        error,
        field,
    )


def _decide(
    field: str | None,
    error: type[UserError],
    decision: Callable[[Standing], Decision],
    line: str = "line",
) -> Case:
    def request(s: Standing) -> object:
        line_id = getattr(s.mine, line)
        version = s.shop.one("SELECT version FROM bank_line WHERE id = :id", id=line_id).version
        return s.shop.app.bank.decide(line_id, version, decision(s))

    return request, error, field


def _receipt(field: str | None, error: type[UserError] = UserError, **changes: Any) -> Case:
    def decision(s: Standing) -> Decision:
        given = {"customer_id": s.mine.customer, **changes}
        return Receipt(**{key: one(s) if callable(one) else one for key, one in given.items()})

    return _decide(field, error, decision)


def _file(data: bytes, field: str | None = "file", name: str = "bank.sta") -> Case:
    return lambda s: s.shop.app.bank.import_file(ImportFile(name, data)), UserError, field


BANK: dict[str, Case] = {
    "payout of nothing": _payout("minor", minor=0),
    "payout of minus a cent": _payout("minor", minor=-1),
    "payout too large": _payout("minor", minor=LARGEST_MINOR + 1),
    "payout tomorrow": _payout("arrived_on", arrived_on=TODAY + timedelta(days=1)),
    "payout on a closed day": _payout("arrived_on", NotAllowed, arrived_on=CLOSED),
    "payout in no currency": _payout("currency", currency="XXX"),
    "payout in dollars without a rate": _payout("exchange_rate", currency="USD"),
    "payout at an infinite rate": _payout("exchange_rate", currency="USD", exchange_rate=INFINITE),
    "payout reference too long": _payout("reference", reference="x" * 201),
    "undo a payout there is not": (
        lambda s: s.shop.app.payouts.undo("no-such-payout"),
        NotAllowed,
        None,
    ),
    "empty file": _file(b""),
    "file of zeros": _file(b"\0" * 100),
    "text that is no statement": _file(b"Dear bank,\nhello\n"),
    "damaged CAMT": _file(b"<?xml version='1.0'?><Document><Bk", name="x.xml"),
    "CSV whose columns are not known": _file(b"A;B;C\n1;2;3\n", name="x.csv"),
    "mapping without a name": (
        lambda s: s.shop.app.bank.save_mapping(_mapping(name="")),
        UserError,
        "name",
    ),
    "mapping without a day": (
        lambda s: s.shop.app.bank.save_mapping(_mapping(booked_on="")),
        UserError,
        "booked_on",
    ),
    "mapping without an amount": (
        lambda s: s.shop.app.bank.save_mapping(_mapping(amount="")),
        UserError,
        "amount",
    ),
    "mapping in no currency": (
        lambda s: s.shop.app.bank.save_mapping(_mapping(currency="XXX")),
        UserError,
        "currency",
    ),
    "confirm all that is unlikely": (
        lambda s: s.shop.app.bank.confirm_all(10),
        UserError,
        "confidence",
    ),
    "confirm all above 100 percent": (
        lambda s: s.shop.app.bank.confirm_all(101),
        UserError,
        "confidence",
    ),
    "decide by an old version": (
        lambda s: s.shop.app.bank.decide(s.mine.line, 99, Ignored("x")),
        StaleVersion,
        None,
    ),
    "decide twice": _decide(None, NotAllowed, lambda _: Ignored("again"), "decided_line"),
    "decide another company's line": (
        lambda s: s.shop.app.bank.decide(s.other.line, 1, Ignored("x")),
        NotFound,
        None,
    ),
    "ignore with a reason too long": _decide("reason", UserError, lambda _: Ignored("x" * 501)),
    "book to the receivables": _decide(
        "account_id", UserError, lambda s: Booked(_account(s, "1200"))
    ),
    "book to another company's account": _decide(None, NotFound, lambda s: Booked(s.other.account)),
    "book to nothing": _decide(None, NotFound, lambda _: Booked(NOWHERE)),
    "money that left as a payment": _decide(
        "line", UserError, lambda s: Receipt(s.mine.customer), "line_out"
    ),
    "receipt of nobody": _receipt(None, NotFound, customer_id=NOWHERE),
    "receipt of another company's customer": _receipt(
        None, NotFound, customer_id=lambda s: s.other.customer
    ),
    "receipt for more than came": _receipt("parts", parts=lambda s: (Part(s.mine.issued, 5_001),)),
    "receipt for nothing of an invoice": _receipt(
        "parts", parts=lambda s: (Part(s.mine.issued, 0),)
    ),
    "receipt for minus a cent": _receipt("parts", parts=lambda s: (Part(s.mine.issued, -1),)),
    "receipt for what is paid": _receipt("parts", parts=lambda s: (Part(s.mine.paid, 1),)),
    "receipt for a draft": _receipt(None, NotAllowed, parts=lambda s: (Part(s.mine.draft, 1),)),
    "receipt for one invoice twice": _receipt(
        "parts", parts=lambda s: (Part(s.mine.issued, 1), Part(s.mine.issued, 2))
    ),
    "receipt for another customer's invoice": _receipt(
        "parts",
        customer_id=lambda s: s.mine.second_customer,
        parts=lambda s: (Part(s.mine.issued, 1),),
    ),
    "receipt for another company's invoice": _receipt(
        None, NotFound, parts=lambda s: (Part(s.other.issued, 1),)
    ),
    "receipt in another currency": _receipt("parts", parts=lambda s: (Part(s.mine.dollars, 1),)),
    "receipt with a negative fee": _receipt(
        "fee_minor", fee_minor=-1, parts=lambda s: (Part(s.mine.issued, 1),)
    ),
    "receipt with a fee of nothing": _receipt("fee_minor", fee_minor=5),
    "receipt with a negative discount": _receipt(
        "discounts",
        parts=lambda s: (Part(s.mine.issued, 1),),
        discounts=lambda s: (Part(s.mine.issued, -1),),
    ),
    "receipt with a discount of another invoice": _receipt(
        "discounts",
        parts=lambda s: (Part(s.mine.issued, 1),),
        discounts=lambda s: (Part(s.mine.late, 1),),
    ),
    "receipt with a discount twice": _receipt(
        "discounts",
        parts=lambda s: (Part(s.mine.issued, 5_000),),
        discounts=lambda s: (Part(s.mine.issued, 4_000), Part(s.mine.issued, 4_000)),
    ),
    "a payment of another amount": _decide(
        "payment", UserError, lambda s: Recorded(s.mine.payment)
    ),
    "a payment that was undone": _decide(
        "payment", UserError, lambda s: Recorded(s.mine.undone_payment)
    ),
    "a refund of another amount": _decide(
        "refund", UserError, lambda s: RecordedRefund(s.mine.refund)
    ),
    "another company's refund": _decide(None, NotFound, lambda s: RecordedRefund(s.other.refund)),
    "another company's payment": _decide(None, NotFound, lambda s: Recorded(s.other.payment)),
    "undo an open line": (lambda s: s.shop.app.bank.undo(s.mine.line), NotAllowed, None),
    "undo another company's line": (
        lambda s: s.shop.app.bank.undo(s.other.decided_line),
        NotFound,
        None,
    ),
}


def _mapping(**changes: Any) -> Any:
    from dataclasses import replace

    return replace(MAPPING, **changes)


def _account(s: Standing, code: str) -> int:
    return int(
        s.shop.one(
            "SELECT id FROM account WHERE company_id = :c AND code = :code",
            c=s.shop.app.company_id,
            code=code,
        ).id
    )
