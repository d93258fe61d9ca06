"""What is frozen at issue is read back as it was, and hashes the same for ever."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billdesk.core.domain import snapshot as frozen
from billdesk.core.domain.addresses import Address
from billdesk.core.domain.canonical import canonical_json, from_json, sha256_hex
from billdesk.core.domain.early_payment import DiscountTerms
from billdesk.core.domain.settings import MailSettings
from billdesk.core.domain.snapshot import Snapshot
from billdesk.core.domain.tax import Tax, TaxCategory, TaxKind
from billdesk.core.domain.totals import Adjustment, Deposit, PriceMode, TaxRounding, TaxTotals

words = st.text(max_size=20)
exact = st.decimals(min_value=-1000, max_value=1000, places=4)
percents = st.decimals(min_value="0.01", max_value="99.99", places=2)
counts = st.integers(-(10**12), 10**12)
taxes = st.builds(
    Tax,
    name=words,
    category=st.just(TaxCategory.STANDARD),
    percent=st.decimals(0, 100, places=2),
    reason=words,
    kind=st.sampled_from(TaxKind),
)
adjustments = st.one_of(
    st.builds(Adjustment, is_charge=st.booleans(), percent=st.decimals(0, 100, places=2)),
    st.builds(Adjustment, is_charge=st.booleans(), amount_minor=st.integers(0, 10**9)),
)
addresses = st.builds(Address, words, words, words, words, words, st.just("DE"))
lines = st.builds(
    frozen.SnapshotLine,
    name=words,
    quantity=exact,
    unit_price=exact,
    amount_minor=counts,
    net_minor=counts,
    description=words,
    taxes=st.lists(taxes, max_size=2).map(tuple),
    adjustments=st.lists(adjustments, max_size=2).map(tuple),
    adjustments_minor=st.lists(counts, max_size=2).map(tuple),
)
snapshots = st.builds(
    Snapshot,
    kind=st.just("invoice"),
    number=words,
    language=st.just("en"),
    currency=st.just("EUR"),
    scale=st.just(2),
    issued_on=st.dates(),
    due_on=st.none() | st.dates(),
    service_from=st.none() | st.dates(),
    seller=st.builds(
        frozen.Seller,
        name=words,
        address=addresses,
        bank=st.builds(frozen.BankAccount, holder=words, iban=words),
    ),
    buyer=st.builds(frozen.Buyer, name=words, address=addresses, email=words),
    lines=st.lists(lines, max_size=3).map(tuple),
    adjustments=st.lists(
        st.builds(frozen.SnapshotAdjustment, adjustment=adjustments, effect_minor=counts),
        max_size=2,
    ).map(tuple),
    taxes=st.lists(
        st.builds(frozen.SnapshotTax, tax=taxes, base_minor=counts, tax_minor=counts), max_size=2
    ).map(tuple),
    subtotal_minor=counts,
    net_minor=counts,
    tax_minor=counts,
    total_minor=counts,
    due_minor=counts,
    price_mode=st.sampled_from(PriceMode),
    tax_rounding=st.sampled_from(TaxRounding),
    legal_texts=st.lists(words, max_size=2).map(tuple),
    online_payment=st.booleans(),
    withheld=st.lists(
        st.builds(frozen.SnapshotTax, tax=taxes, base_minor=counts, tax_minor=counts), max_size=1
    ).map(tuple),
    deposits=st.lists(
        st.builds(
            Deposit,
            number=words,
            issued_on=st.dates(),
            total_minor=counts,
            taxes=st.lists(st.builds(TaxTotals, taxes, counts, counts), max_size=2).map(tuple),
        ),
        max_size=2,
    ).map(tuple),
    discount=st.none() | st.builds(DiscountTerms, percents, st.integers(0, 365)),
    base=st.none()
    | st.builds(
        frozen.BaseTotals,
        currency=st.just("EUR"),
        scale=st.just(2),
        rate=exact,
        tax_minor=counts,
        total_minor=counts,
        rate_on=st.none() | st.dates(),
    ),
    template=st.builds(
        frozen.Template, paper=st.sampled_from(frozen.Paper), fold_marks=st.booleans()
    ),
)


@given(snapshots)
def test_a_snapshot_is_read_back_as_it_was(snapshot: Snapshot) -> None:
    text = snapshot.to_json()
    again = Snapshot.from_json(text)
    assert again == snapshot
    assert again.to_json() == text
    assert again.sha256() == snapshot.sha256() == sha256_hex(text)


def test_the_stored_form_of_a_document_never_changes() -> None:
    # A stored hash proves a document for ten years: if this fails, old documents stop verifying.
    snapshot = Snapshot(
        kind="invoice",
        number="INV-00001",
        language="en",
        currency="EUR",
        scale=2,
        issued_on=date(2026, 11, 24),
        seller=frozen.Seller("Werkstatt Lang", Address(city="Köln", country="DE")),
        buyer=frozen.Buyer("Nordlicht AS", Address(country="NO")),
        lines=(frozen.SnapshotLine("Work", Decimal("1.50"), Decimal(80), 12_000, 12_000),),
        subtotal_minor=12_000,
        net_minor=12_000,
        tax_minor=0,
        total_minor=12_000,
        due_minor=12_000,
    )
    assert snapshot.to_json() == (
        '{"buyer":{"address":{"country":"NO"},"name":"Nordlicht AS"},"currency":"EUR",'
        '"due_minor":12000,"issued_on":"2026-11-24","kind":"invoice","language":"en",'
        '"lines":[{"amount_minor":12000,"name":"Work","net_minor":12000,"quantity":"1.50",'
        '"unit_price":"80"}],"net_minor":12000,"number":"INV-00001","scale":2,'
        '"seller":{"address":{"city":"Köln","country":"DE"},"name":"Werkstatt Lang"},'
        '"subtotal_minor":12000,"tax_minor":0,"total_minor":12000}'
    )
    assert snapshot.sha256() == ("7e4935521fe1bf9d0ad926f2bbebf7eb457893516cba87007bacbb5d1ef343a2")


@pytest.mark.parametrize("text", ['{"no_such_field":1}', "[]", "{}", '{"kind":"invoice"}', "x"])
def test_what_is_no_snapshot_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a stored Snapshot|Expecting value"):
        Snapshot.from_json(text)


def test_settings_are_stored_as_what_differs_from_the_default() -> None:
    assert canonical_json(MailSettings()) == "{}"
    assert from_json(MailSettings, '{"port":25}') == MailSettings(port=25)


def test_keys_are_sorted_and_types_plain() -> None:
    value = {"b": Decimal("1.10"), "a": (date(2026, 1, 2), datetime(2026, 1, 2, tzinfo=UTC), None)}
    assert canonical_json(value) == (
        '{"a":["2026-01-02","2026-01-02T00:00:00+00:00",null],"b":"1.10"}'
    )


@pytest.mark.parametrize("odd", [1.5, b"bytes", {1, 2}, object()])
def test_what_has_no_one_form_is_refused(odd: object) -> None:
    with pytest.raises(TypeError):
        canonical_json(odd)
