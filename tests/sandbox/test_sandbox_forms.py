"""The form encoding, as Stripe's libraries write it."""

from typing import Any

import pytest

from billdesk.sandbox.errors import ApiError
from billdesk.sandbox.forms import decode


@pytest.mark.parametrize(
    ("encoded", "tree"),
    [
        ("", {}),
        ("a=1&b=", {"a": "1", "b": ""}),
        (
            "a[b][0][c]=1&a[b][0][d]=2&a[b][1][c]=3",
            {"a": {"b": [{"c": "1", "d": "2"}, {"c": "3"}]}},
        ),
        ("types[]=x&types[]=y", {"types": ["x", "y"]}),
        ("types[1]=y&types[0]=x", {"types": ["x", "y"]}),
        ("types%5B0%5D=caf%C3%A9+au+lait", {"types": ["café au lait"]}),
        ("metadata[7]=x", {"metadata": {"7": "x"}}),
        ("created[gte]=5", {"created": {"gte": "5"}}),
    ],
)
def test_brackets_nest(encoded: str, tree: dict[str, Any]) -> None:
    assert decode(encoded) == tree


@pytest.mark.parametrize(
    "encoded", ["a[b=1", "a]=1", "[a]=1", "a=1&a[b]=2", "a[b]=1&a=2", "a" + "[b]" * 5_000 + "=1"]
)
def test_contradictions_are_refused(encoded: str) -> None:
    with pytest.raises(ApiError) as caught:
        decode(encoded)
    assert caught.value.status == 400


def test_a_flood_of_fields_is_refused() -> None:
    with pytest.raises(ApiError):
        decode("&".join(f"a{number}=1" for number in range(2_001)))
