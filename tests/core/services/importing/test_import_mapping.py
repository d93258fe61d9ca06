"""The mapping file."""

from pathlib import Path

import pytest

from billdesk.core.domain.errors import UserError
from billdesk.core.services.importing import parse_mapping, read_mapping
from billdesk.core.services.importing.columns import FileKind

ROW = {"Company": "", "First": " Ada ", "Last": "", "Land": "Deutschland"}


def read(entry: str) -> str:
    source = parse_mapping(f"[customers]\nname = {entry}").sections[FileKind.CUSTOMERS]["name"]
    return source.read(ROW)


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ('"First"', "Ada"),
        ('"{First} {Last}"', "Ada"),
        ('"{Company}{Last} Ltd"', ""),
        ('["Company", "{Last}", "{First} & Co"]', "Ada & Co"),
        ('{ value = "Always" }', "Always"),
        ('{ from = "Land", map = { Deutschland = "DE" } }', "DE"),
        ('{ from = ["Company", "Land"], map = { Frankreich = "FR" } }', "Deutschland"),
    ],
)
def test_where_a_value_comes_from(entry: str, text: str) -> None:
    assert read(entry) == text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[customers", "not TOML"),
        ("[xyz]", "“xyz” is not known; known are customers"),
        ('[customers]\nemial = "Mail"', "“customers.emial” is not known; is “email” meant?"),
        ("[customers]\nname = 5", "“customers.name” is a column"),
        ('[customers]\nname = { value = "x", map = {} }', "“customers.name” is a column"),
        ("[customers]\nname = []", "“customers.name” is a column"),
        ("locale = 5", "“locale” has a value of the wrong kind"),
        ('drafts = "yes"', "“drafts” has a value of the wrong kind"),
        ("customers = 1", "“customers” has a value of the wrong kind"),
    ],
)
def test_an_entry_that_is_wrong_is_named(text: str, sentence: str) -> None:
    with pytest.raises(UserError) as caught:
        parse_mapping(text)
    assert sentence in str(caught.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        read_mapping(tmp_path / "none.toml")
    file = tmp_path / "m.toml"
    file.write_bytes(b"locale = '\xe4'")
    with pytest.raises(UserError, match=r"m\.toml is not UTF-8"):
        read_mapping(file)
