"""The taxes of a line: one from the list, or several ticked."""

from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.tax import Tax
from billdesk.core.domain.tax_dates import RateChains
from billdesk.core.queries.draft_taxes import in_force
from billdesk.ui.format import MINUS, Formats
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import column, label

# The data of the row that opens the list of ticks; others carry ids.
_SEVERAL = "several"


@dataclass(frozen=True)
class TaxChoices:
    """The rates lines can carry: ``usable`` are offered, ``known`` also has deleted ones.

    ``chains`` say which rate is in force on a day; ``today`` counts where a draft has no date.
    """

    known: dict[int, Tax]
    usable: tuple[int, ...]
    default: tuple[int, ...]
    chains: RateChains
    today: date

    def in_force(self, draft: InvoiceDraft) -> InvoiceDraft:
        """The draft with the rates of the day it is supplied, as the core will store it."""
        return in_force(draft, self.chains, self.today)

    def today_s(self, rate_ids: tuple[int, ...]) -> tuple[int, ...]:
        """What stands today for each of the rates."""
        return tuple(self.chains.in_force(one, self.today) for one in rate_ids)

    def name(self, rate_ids: tuple[int, ...]) -> str:
        """``VAT 19 %``, or several joined."""
        if not rate_ids:
            return tr("No tax")
        return " + ".join(self.known[i].name if i in self.known else "?" for i in rate_ids)


class SeveralTaxes(QFrame):
    """A tick for each rate; ``changed(ids)`` with every tick, in the order of the list.

    Compound taxes follow the simple ones, so that they are charged on them.
    """

    changed = Signal(tuple)

    def __init__(self, choices: TaxChoices, chosen: tuple[int, ...], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("kind", "popup")
        self.setAccessibleName(tr("Taxes of the line"))
        self._known = choices.known
        offered = (*choices.usable, *(one for one in chosen if one not in choices.usable))
        layout = column(self, spacing=6, margin=14)
        layout.addWidget(label(tr("Taxes of the line"), "section"))
        self.boxes: dict[int, QCheckBox] = {}
        for rate_id in offered:
            box = QCheckBox(choices.name((rate_id,)))
            box.setChecked(rate_id in chosen)
            box.toggled.connect(self._tell)
            layout.addWidget(box)
            self.boxes[rate_id] = box

    def _tell(self) -> None:
        ticked = [rate_id for rate_id, box in self.boxes.items() if box.isChecked()]
        self.changed.emit(tuple(sorted(ticked, key=self._place)))

    def _place(self, rate_id: int) -> tuple[bool, bool]:
        tax = self._known.get(rate_id)
        return (tax is not None and tax.is_withheld, tax is not None and tax.is_compound)


class TaxBox(QComboBox):
    """The tax of a line. The wheel scrolls the page, not the tax, unless the box has focus."""

    taxChanged = Signal()

    def __init__(
        self, formats: Formats, choices: TaxChoices, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._formats = formats
        self._choices = choices
        # A narrow column must not grow with the longest name of a rate.
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)
        self.view().setMinimumWidth(160)
        for rate_id in choices.usable:
            self.addItem(choices.name((rate_id,)), (rate_id,))
        self.addItem(tr("No tax"), ())
        self._several = self.count()
        if len(choices.usable) > 1:
            self.addItem(tr("Several taxes…"), _SEVERAL)
        self._rate_ids: tuple[int, ...] = ()
        self.set_rate_ids(choices.default)
        self.currentIndexChanged.connect(self._chosen)

    @property
    def rate_ids(self) -> tuple[int, ...]:
        """Ids of the rates chosen."""
        return self._rate_ids

    def set_rate_ids(self, rate_ids: tuple[int, ...]) -> None:
        """Show these rates, also ones that are no longer offered; emits nothing."""
        blocked = self.blockSignals(True)
        self._rate_ids = rate_ids
        position = next((n for n in range(self.count()) if self._ids_at(n) == rate_ids), -1)
        if position < 0:
            self.insertItem(0, self._choices.name(rate_ids), rate_ids)
            position = 0
        self.setCurrentIndex(position)
        self.blockSignals(blocked)

    def _ids_at(self, position: int) -> tuple[int, ...] | None:
        data = self.itemData(position)
        return None if data == _SEVERAL else tuple(data)

    def _chosen(self, position: int) -> None:
        ids = self._ids_at(position)
        if ids is None:
            before = self._rate_ids
            self.set_rate_ids(before)
            self.choose_several()
        elif ids != self._rate_ids:
            self._rate_ids = ids
            self.taxChanged.emit()

    def choose_several(self) -> SeveralTaxes:
        """Open the list in which more than one tax can be ticked."""
        popup = SeveralTaxes(self._choices, self._rate_ids, self)
        popup.changed.connect(self._several_chosen)
        popup.move(self.mapToGlobal(self.rect().bottomLeft()))
        popup.show()
        return popup

    def _several_chosen(self, rate_ids: tuple[int, ...]) -> None:
        self.set_rate_ids(rate_ids)
        self.taxChanged.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        # Closed it says the rate alone: the column is narrow, the open list has the names.
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        short = self._short()
        room = self.rect().adjusted(10, 0, -24, 0)
        painter.setPen(self.palette().color(self.foregroundRole()))
        shown = painter.fontMetrics().elidedText(
            short or "–", Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)

    def _short(self) -> str:
        """``21% − 15%``: what is added, then what the customer keeps back."""
        taxes = [self._choices.known[i] for i in self.rate_ids if i in self._choices.known]
        percent = self._formats.percent
        added = " + ".join(percent(tax.percent) for tax in taxes if not tax.is_withheld)
        kept = "".join(f" {MINUS} {percent(tax.percent)}" for tax in taxes if tax.is_withheld)
        return (added + kept).strip()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
