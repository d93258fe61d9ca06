"""What cannot be done is refused with the field and a sentence an owner understands.

Nothing is half written: nothing at all is committed by what is refused.
"""

import re
from collections.abc import Iterator

import pytest
from cases_bank import BANK
from cases_company import OPENING, PRICES, RECURRING
from cases_documents import DRAFTS, ISSUING
from cases_master_data import ACCOUNTS, CUSTOMERS, ITEMS, OTHERS, RATES
from cases_money import PAYMENTS, SETTINGS
from cases_moving import FILES, PEOPLE
from cases_selling import CREDITING, FINAL, PAPERS, QUOTES
from cases_settling import ALLOCATIONS, DEDUCTIONS, REFUNDS
from standing import Case, Request, Standing, open_standing

from billdesk.core.domain.errors import BillDeskError, UserError

GROUPS: dict[str, dict[str, Case]] = {
    "draft": DRAFTS,
    "issuing": ISSUING,
    "payment": PAYMENTS,
    "customer": CUSTOMERS,
    "item": ITEMS,
    "tax rate": RATES,
    "account": ACCOUNTS,
    "settings": SETTINGS,
    "other": OTHERS,
    "credit": CREDITING,
    "quote": QUOTES,
    "final": FINAL,
    "paper": PAPERS,
    "allocation": ALLOCATIONS,
    "refund": REFUNDS,
    "deduction": DEDUCTIONS,
    "bank": BANK,
    "recurring": RECURRING,
    "price": PRICES,
    "opening": OPENING,
    "file": FILES,
    "people and moving": PEOPLE,
}
CASES = {
    f"{group}: {name}": case for group, cases in GROUPS.items() for name, case in cases.items()
}
# Words of programmers; ``{seq:05}`` and its like are what number patterns are written with.
TECHNICAL = re.compile(
    r"\b(None|null|NULL|True|False|SQL|int|str|float|tuple|list index|object|exception|traceback"
    r"|constraint|integrity|foreign key|NaN|Decimal|invalid|enum|dict|boolean|bytes)\b"
    r"|\w_\w|\(\)|__|::|0x"
)


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    """One pair of companies for all cases: none of them may change it."""
    found = open_standing(tmp_path_factory.mktemp("bad") / "data")
    yield found
    found.shop.check()
    found.watch.close()
    found.shop.app.close()
    found.shop.books.close()


def test_there_are_at_least_600_cases() -> None:
    assert len(CASES) >= 600


@pytest.mark.parametrize(("request_of", "error", "field"), CASES.values(), ids=CASES.keys())
def test_it_is_refused_in_plain_words_and_nothing_changes(
    standing: Standing, request_of: Request, error: type[UserError], field: str | None
) -> None:
    standing.before = standing.watch.seen()
    with pytest.raises(BillDeskError) as refusal:
        request_of(standing)
    sentence = str(refusal.value)
    assert type(refusal.value) is error, f"{refusal.value!r}"
    assert isinstance(refusal.value, UserError)
    assert refusal.value.field == field, sentence
    assert re.match(r"^[A-Z“{\d]", sentence), sentence
    assert sentence[-1] in ".!?", sentence
    assert 12 <= len(sentence) <= 300, sentence
    assert not TECHNICAL.search(sentence.replace("{customer}", "")), sentence
    assert standing.watch.seen() == standing.before, "something was written"
