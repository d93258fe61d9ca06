"""Drop-down choices: countries, currencies, languages, and any other fixed list."""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from babel import Locale
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QWidget

from billdesk.core.domain.currencies import EXPONENTS
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import set_property

# The languages documents can be printed in.
DOCUMENT_LANGUAGES = ("en", "de", "fr")
# CLDR's regions that are not countries, or have nobody to write to.
_NO_COUNTRY = frozenset(
    {"AC", "AQ", "BV", "CP", "CQ", "DG", "EA", "EU", "EZ"}
    | {"HM", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
)

Pair = tuple[Any, str]


class ChoiceBox(QComboBox):
    """A closed list of (value, title). Typing the first letters of a title jumps to it.

    The wheel scrolls the page, never the value, unless the box has the focus.
    """

    valueChanged = Signal(object)

    def __init__(
        self, choices: Iterable[Pair], value: object = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        # Beside the items, not in them: Qt would turn an enum member into its plain value.
        self._values: list[Any] = []
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.setMaxVisibleItems(14)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.set_choices(choices)
        self.set_value(value)
        self.currentIndexChanged.connect(self._tell)

    @property
    def value(self) -> Any:
        """The value chosen."""
        return self._values[self.currentIndex()] if self._values else None

    def set_value(self, value: object) -> None:
        """Choose; emits nothing. A value the list does not know is added, so that it stays."""
        position = self._position(value)
        blocked = self.blockSignals(True)
        if position < 0 and value is not None:
            self._add(value, str(value))
            position = self.count() - 1
        self.setCurrentIndex(max(0, position))
        self.blockSignals(blocked)

    def set_choices(self, choices: Iterable[Pair]) -> None:
        """Offer other choices; what was chosen stays chosen where it is among them."""
        blocked = self.blockSignals(True)
        before = self.value
        self.clear()
        self._values = []
        for value, title in choices:
            self._add(value, title)
        position = self._position(before)
        if position >= 0:
            self.setCurrentIndex(position)
        self.blockSignals(blocked)

    def lock_single(self) -> None:
        """Without an alternative it is no choice but says what there is, as readable as text."""
        single = self.count() <= 1
        self.setEnabled(not single)
        set_property(self, "kind", "single" if single else None)

    # Qt's side

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.showPopup()
            return
        super().keyPressEvent(event)

    def _position(self, value: object) -> int:
        return self._values.index(value) if value in self._values else -1

    def _add(self, value: object, title: str) -> None:
        self._values.append(value)
        self.addItem(title)

    def _tell(self) -> None:
        self.valueChanged.emit(self.value)


def country_choices(locale: str, empty: str = "") -> list[Pair]:
    """Countries by their names in the user's language; ``empty`` titles the choice of none."""
    names = Locale.parse(locale).territories
    countries = [
        (str(code), str(name))
        for code, name in names.items()
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY
    ]
    return _with_empty(sorted(countries, key=lambda pair: _sort_key(pair[1])), empty)


def currency_choices(locale: str, empty: str = "", first: Sequence[str] = ()) -> list[Pair]:
    """Currencies as "EUR, Euro"; those in ``first`` lead, the rest follows by code."""
    names = Locale.parse(locale).currencies
    rest = sorted(code for code in EXPONENTS if code not in first)
    ordered = [*(code for code in first if code in EXPONENTS), *rest]
    return _with_empty([(code, f"{code}, {names.get(code, code)}") for code in ordered], empty)


def language_choices(locale: str, empty: str = "") -> list[Pair]:
    """The languages a document can be printed in."""
    names = Locale.parse(locale).languages
    pairs = [(code, _capital(str(names.get(code, code)))) for code in DOCUMENT_LANGUAGES]
    return _with_empty(sorted(pairs, key=lambda pair: _sort_key(pair[1])), empty)


def country_name(code: str, locale: str) -> str:
    """The name of a country; the code itself where there is no name."""
    return str(Locale.parse(locale).territories.get(code, code))


def language_name(code: str, locale: str) -> str:
    """The name of a language; the code itself where there is no name."""
    return _capital(str(Locale.parse(locale).languages.get(code, code)))


def company_default(what: str) -> str:
    """The title of "as the company has it"."""
    return tr("As usual: {what}").format(what=what)


def _with_empty(pairs: list[Pair], empty: str) -> list[Pair]:
    return [("", empty), *pairs] if empty else pairs


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _sort_key(name: str) -> str:
    # Å stands with A for people who look it up; a full collation is not worth a library here.
    plain = unicodedata.normalize("NFKD", name)
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()
