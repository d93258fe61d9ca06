"""Which document a bank line pays: evidence, confidence, reasons."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billdesk.core.domain.bank_matching import Matcher
from billdesk.core.domain.bank_payers import KnownPayer, PayerIndex, name_words
from billdesk.core.domain.bank_suggestions import (
    SAFE_CONFIDENCE,
    LineToMatch,
    Part,
    PayableDocument,
    Suggestion,
    SuggestionKind,
)

DUE = date(2026, 11, 20)
IBAN = "DE21500500009876543210"


def invoice(key: int, minor: int = 11_900, customer: int = 1, **changes: object) -> PayableDocument:
    name = {1: "Müller & Söhne KG", 2: "Nordlicht AS", 3: "Ben Frank"}[customer]
    made = PayableDocument(key, f"INV-{key:05}", customer, name, "EUR", minor, DUE)
    return replace(made, **changes)  # type: ignore[arg-type]


def line(minor: int = 11_900, text: str = "", name: str = "", iban: str = "") -> LineToMatch:
    return LineToMatch(minor, "EUR", DUE, name, iban, text)


def best(
    line: LineToMatch, *documents: PayableDocument, payers: tuple[KnownPayer, ...] = ()
) -> Suggestion:
    return Matcher(documents, payers).suggest(line)[0]


SEEN = (KnownPayer(1, "Müller & Söhne KG", iban=IBAN),)


@pytest.mark.parametrize(
    ("asked", "confidence", "reason"),
    [
        (line(text="INV-00042"), 97, "Names INV-00042 and the amount fits."),
        (
            line(text="INV-00042", iban=IBAN),
            99,
            "Names INV-00042 and the amount fits; paid from an account seen before.",
        ),
        (
            line(text="INV 42", name="MUELLER UND SOEHNE"),
            95,
            "Names INV-00042 and the amount fits; the payer's name fits.",
        ),
        (line(text="Rechnung 42"), 85, "Names INV-00042 and the amount fits."),
        (
            line(iban=IBAN),
            92,
            "Paid from an account seen before and only INV-00042 has this amount.",
        ),
        (
            line(name="Müller & Söhne"),
            84,
            "The payer's name fits and only INV-00042 has this amount.",
        ),
        (line(text="thanks"), 55, "Only INV-00042 has this amount."),
    ],
)
def test_number_amount_and_payer_add_up(asked: LineToMatch, confidence: int, reason: str) -> None:
    found = best(asked, invoice(42), invoice(43, 5_000), payers=SEEN)
    assert (found.confidence, found.reason) == (confidence, reason)
    assert found.parts == (Part(42, 11_900),)
    assert (found.surplus_minor, found.fee_minor) == (0, 0)


def test_part_of_an_invoice_leaves_the_rest_open() -> None:
    found = best(line(5_000, "INV-00042"), invoice(42))
    assert found.parts == (Part(42, 5_000),)
    assert found.reason == "Names INV-00042; 69.00 EUR stays open."
    assert found.confidence < SAFE_CONFIDENCE


def test_a_fee_on_the_way_is_offered_beside_the_part_payment() -> None:
    first, second = Matcher([invoice(42)]).suggest(line(11_650, "INV-00042"))
    assert (first.parts, first.fee_minor) == ((Part(42, 11_650),), 0)
    assert (second.parts, second.fee_minor) == ((Part(42, 11_900),), 250)
    assert second.reason == "Names INV-00042; a bank may have kept 2.50 EUR."


def test_too_much_becomes_customer_credit() -> None:
    found = best(line(12_000, "INV-00042"), invoice(42))
    assert (found.parts, found.surplus_minor) == ((Part(42, 11_900),), 100)
    assert found.confidence < SAFE_CONFIDENCE


def test_several_invoices_in_one_transfer() -> None:
    found = best(line(16_900, "INV-00042, 43"), invoice(42), invoice(43, 5_000))
    assert found.parts == (Part(42, 11_900), Part(43, 5_000))
    assert found.reason == "Names INV-00042 and INV-00043 and the amount fits."
    assert found.confidence >= SAFE_CONFIDENCE


def test_several_invoices_and_too_little_money_settle_the_oldest_first() -> None:
    older = invoice(43, 5_000, due_on=DUE - timedelta(30))
    found = best(line(10_000, "INV-00042 INV-00043"), invoice(42), older)
    assert found.parts == (Part(43, 5_000), Part(42, 5_000))


def test_one_named_invoice_fits_though_another_number_seems_to_be_named() -> None:
    found = best(line(text="INV-00042, 43,50"), invoice(42), invoice(43, 5_000))
    assert found.parts == (Part(42, 11_900),)


def test_a_known_payer_settles_all_that_is_open_without_a_number() -> None:
    found = best(line(16_900, iban=IBAN), invoice(42), invoice(43, 5_000), payers=SEEN)
    assert found.parts == (Part(42, 11_900), Part(43, 5_000))
    assert found.confidence == 88


def test_a_known_payer_pays_the_only_sum_that_fits() -> None:
    found = best(line(16_900, iban=IBAN), invoice(42), invoice(43, 5_000), invoice(44), payers=SEEN)
    # 42 + 43 and 44 + 43 make the same sum: nothing is guessed but the oldest first.
    assert found.confidence == 50
    found = best(
        line(16_900, iban=IBAN), invoice(42), invoice(43, 5_000), invoice(44, 100), payers=SEEN
    )
    assert found.parts == (Part(42, 11_900), Part(43, 5_000))
    assert found.confidence == 82


def test_the_same_amount_twice_is_never_safe() -> None:
    for asked in (line(iban=IBAN), line(name="Müller & Söhne KG"), line()):
        found = best(asked, invoice(42), invoice(43), payers=SEEN)
        assert found.confidence < SAFE_CONFIDENCE


def test_another_customers_account_casts_doubt() -> None:
    found = best(line(text="INV-00050", iban=IBAN), invoice(50, customer=2), payers=SEEN)
    assert found.confidence < SAFE_CONFIDENCE
    assert "account is another customer's" in found.reason


def test_a_settled_invoice_named_again_is_customer_credit() -> None:
    found = best(line(text="INV-00042"), invoice(42, open_minor=0))
    assert found.kind is SuggestionKind.CREDIT
    assert (found.customer_id, found.surplus_minor) == (1, 11_900)
    assert "paid already" in found.reason


def test_another_currency_is_no_match() -> None:
    dollars = invoice(42, currency="USD")
    assert Matcher([dollars]).suggest(line(text="INV-00042")) == ()


def test_money_that_leaves_settles_nothing() -> None:
    assert Matcher([invoice(42)]).suggest(line(-11_900, "INV-00042")) == ()


def test_an_early_payment_takes_the_agreed_discount() -> None:
    discounted = invoice(42, discounted_minor=11_662, discount_until=DUE)
    found = best(line(11_662, "INV-00042"), discounted)
    assert found.confidence >= SAFE_CONFIDENCE
    assert "discount" in found.reason
    late = replace(line(11_662, "INV-00042"), booked_on=DUE + timedelta(1))
    assert "stays open" in best(late, discounted).reason


@pytest.mark.parametrize(
    ("known", "written"),
    [
        ("Müller & Söhne KG", "MUELLER UND SOEHNE"),
        ("Nordlicht AS", "NORDLICHT A/S"),
        ("E.J. de Vries", "Vries, E.J. de"),
        ("Smith Ltd", "SMITH LIMITED"),
    ],
)
def test_names_are_alike_however_written(known: str, written: str) -> None:
    assert PayerIndex([KnownPayer(1, known, known)]).find(written, "") == {1: 1}


def test_a_common_word_is_no_name() -> None:
    index = PayerIndex([KnownPayer(1, "", "Anna Brandt"), KnownPayer(2, "", "The GmbH")])
    assert index.find("Anna Schmidt", "") == {}
    assert index.find("", "", "Payment of GmbH") == {}
    assert name_words("The GmbH & Co. KG") == frozenset()


DOCUMENTS = st.lists(
    st.builds(
        invoice,
        st.integers(1, 60),
        st.sampled_from([0, 1, 5_000, 11_900, 16_900, 20_000]),
        st.integers(1, 3),
        currency=st.sampled_from(["EUR", "EUR", "USD"]),
        due_on=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    ),
    max_size=8,
    unique_by=lambda d: d.document_id,
)
LINES = st.builds(
    line,
    st.sampled_from([1, 4_900, 5_000, 11_900, 16_900, 21_900, 40_000]),
    st.lists(
        st.one_of(st.integers(1, 60).map("INV-{:05}".format), st.sampled_from(["43", "und", ","])),
        max_size=4,
    ).map(" ".join),
    st.sampled_from(["", "Mueller Soehne", "Ben Frank"]),
    st.sampled_from(["", IBAN]),
)


@given(DOCUMENTS, LINES)
def test_no_suggestion_spends_more_than_came_or_settles_more_than_is_open(
    documents: list[PayableDocument], asked: LineToMatch
) -> None:
    by_id = {one.document_id: one for one in documents}
    suggestions = Matcher(documents, SEEN).suggest(asked)
    for one in suggestions:
        spent = sum(part.minor for part in one.parts)
        assert spent + one.surplus_minor == asked.amount_minor + one.fee_minor
        assert one.surplus_minor >= 0
        assert one.fee_minor >= 0
        assert 0 <= one.confidence <= 99
        assert one.reason.endswith(".")
        for part in one.parts:
            document = by_id[part.document_id]
            assert 0 < part.minor <= document.open_minor
            assert document.currency == asked.currency
            assert document.customer_id == one.customer_id
    assert [one.confidence for one in suggestions] == sorted(
        (one.confidence for one in suggestions), reverse=True
    )


@given(DOCUMENTS, LINES, st.randoms())
def test_the_order_of_the_documents_does_not_matter(
    documents: list[PayableDocument], asked: LineToMatch, random: object
) -> None:
    shuffled = list(documents)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert Matcher(documents, SEEN).suggest(asked) == Matcher(shuffled, SEEN).suggest(asked)


@given(DOCUMENTS, LINES)
def test_a_safe_suggestion_always_fits_to_the_cent(
    documents: list[PayableDocument], asked: LineToMatch
) -> None:
    for one in Matcher(documents, SEEN).suggest(asked):
        if one.confidence >= SAFE_CONFIDENCE:
            assert one.surplus_minor == one.fee_minor == 0
            assert sum(part.minor for part in one.parts) == asked.amount_minor


@given(DOCUMENTS)
def test_a_named_number_with_the_exact_amount_is_always_first(
    documents: list[PayableDocument],
) -> None:
    for one in documents:
        if one.open_minor and one.currency == "EUR":
            found = best(line(one.open_minor, f"Payment {one.number}"), *documents)
            assert found.parts == (Part(one.document_id, one.open_minor),)
            assert found.confidence >= SAFE_CONFIDENCE
