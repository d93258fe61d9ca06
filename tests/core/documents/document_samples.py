"""Snapshots for the tests of printed documents, built through the real totals engine."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw

from billdesk.core.domain.addresses import Address
from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.snapshot import (
    BankAccount,
    Buyer,
    Seller,
    Snapshot,
    SnapshotAdjustment,
    SnapshotLine,
    SnapshotTax,
)
from billdesk.core.domain.tax import Tax, TaxCategory
from billdesk.core.domain.totals import (
    Adjustment,
    Deposit,
    LineInput,
    PriceMode,
    TotalsInput,
    compute,
)

VAT19 = Tax("VAT", TaxCategory.STANDARD, Decimal(19))
VAT7 = Tax("VAT", TaxCategory.STANDARD, Decimal(7))

SELLER = Seller(
    name="Nordlicht Studio GmbH",
    address=Address("Lindenstraße 12", "", "10969", "Berlin", "", "DE"),
    claim="Studio for brand & digital",
    email="billing@nordlicht.example",
    phone="+49 30 5557 0190",
    website="nordlicht.example",
    vat_id="DE123456788",
    tax_number="29/123/45678",
    register_entry="HRB 204512 B, Amtsgericht Charlottenburg",
    management="Managing director: Anna Lindqvist",
    bank=BankAccount("Nordlicht Studio GmbH", "", "DE02120300000000202051", "BYLADEM1001"),
)
BUYER = Buyer(
    name="Hansekontor Handels AG",
    address=Address("Am Sandtorkai 48", "", "20457", "Hamburg", "", "DE"),
    contact="Accounts Payable, Frau Dr. Müller-Čapek",
    email="ap@hansekontor.example",
    vat_id="DE136695976",
    customer_number="C-20417",
)

# name, description, quantity, unit, unit price, taxes
Item = tuple[str, str, str, str, str, tuple[Tax, ...]]

ITEMS: tuple[Item, ...] = (
    (
        "Brand strategy workshop",
        "Two-day on-site workshop, up to 8 participants, incl. documentation",
        "2",
        "days",
        "1450",
        (VAT19,),
    ),
    (
        "UX audit",
        "Heuristic evaluation of checkout and onboarding with prioritised findings",
        "1",
        "pcs",
        "2280",
        (VAT19,),
    ),
    (
        "Interface design",
        "Design system v2: components, tokens and responsive templates",
        "46.5",
        "h",
        "115",
        (VAT19,),
    ),
    (
        "Frontend development",
        "Implementation of design system in Storybook",
        "72",
        "h",
        "120",
        (VAT19,),
    ),
    (
        "Illustration set",
        "12 spot illustrations, SVG, unlimited usage rights",
        "12",
        "pcs",
        "140",
        (VAT7,),
    ),
    (
        "Printed brand book",
        "Offset print, 96 pages, FSC paper, thread-stitched",
        "150",
        "pcs",
        "18.40",
        (VAT7,),
    ),
)

TERMS = (
    "Payable within 14 days without deduction. 2 % cash discount if paid within 7 days (by "
    "7 November 2026). Late payments are subject to statutory interest of 9 percentage points "
    "above the base rate (§ 288 BGB)."
)
PAY_URL = "https://pay.example/test_8x2aEX3nV5rQ1pM0"


def snapshot(
    items: Sequence[Item] = ITEMS,
    *,
    currency: str = "EUR",
    discount: Adjustment | None = None,
    prepaid_minor: int = 0,
    cash_step_minor: int = 0,
    deposits: tuple[Deposit, ...] = (),
    price_mode: PriceMode = PriceMode.NET,
    line_adjustments: tuple[Adjustment, ...] = (),
    **changes: Any,
) -> Snapshot:
    """An issued invoice over ``items``; every other field as given."""
    lines = tuple(
        LineInput(Decimal(quantity), Decimal(price), taxes, line_adjustments)
        for _, _, quantity, _, price, taxes in items
    )
    adjustments = (discount,) if discount else ()
    totals = compute(
        TotalsInput(
            currency,
            lines,
            adjustments=adjustments,
            price_mode=price_mode,
            cash_step_minor=cash_step_minor,
            prepaid_minor=prepaid_minor,
            deposits=deposits,
        )
    )
    made = Snapshot(
        kind="invoice",
        number="2026-10482",
        language="en",
        currency=currency,
        scale=exponent(currency),
        issued_on=date(2026, 10, 31),
        due_on=date(2026, 11, 14),
        service_from=date(2026, 10, 1),
        service_to=date(2026, 10, 31),
        order_reference="PO-88213",
        seller=SELLER,
        buyer=BUYER,
        lines=tuple(
            SnapshotLine(
                name=name,
                description=description,
                quantity=Decimal(quantity),
                unit=unit,
                unit_price=Decimal(price),
                amount_minor=figures.amount_minor,
                net_minor=figures.net_minor,
                taxes=taxes,
                adjustments=line_adjustments,
                adjustments_minor=figures.adjustments_minor,
            )
            for (name, description, quantity, unit, price, taxes), figures in zip(
                items, totals.lines, strict=True
            )
        ),
        subtotal_minor=totals.subtotal_minor,
        net_minor=totals.net_minor,
        tax_minor=totals.tax_minor,
        total_minor=totals.total_minor,
        due_minor=totals.due_minor,
        adjustments=tuple(
            SnapshotAdjustment(adjustment, effect)
            for adjustment, effect in zip(adjustments, totals.adjustments_minor, strict=True)
        ),
        taxes=tuple(SnapshotTax(row.tax, row.base_minor, row.tax_minor) for row in totals.taxes),
        rounding_minor=totals.rounding_minor,
        prepaid_minor=totals.prepaid_minor,
        deposits=deposits,
        withheld=tuple(
            SnapshotTax(row.tax, row.base_minor, row.tax_minor) for row in totals.withheld
        ),
        withheld_minor=totals.withheld_minor,
        price_mode=price_mode,
        terms=TERMS,
        online_payment=True,
    )
    return replace(made, **changes)


def many(count: int) -> tuple[Item, ...]:
    """``count`` items, the sample's over and over, each with its own name."""
    return tuple((f"{ITEMS[i % 6][0]} no. {i + 1}", *ITEMS[i % 6][1:]) for i in range(count))


def symbol_logo() -> bytes:
    """A square logo with transparent corners, as PNG."""
    image = Image.new("RGBA", (512, 512), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 0, 511, 511), 110, fill="#1D4ED8")
    draw.line(((170, 370), (170, 145), (342, 370), (342, 145)), fill="white", width=52)
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
