"""Contact, place of delivery and the company's own fields of a document."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from billdesk.core.domain.custom_fields import CustomField
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.people import Place
from billdesk.core.domain.snapshot import Delivery
from billdesk.ui.desk import Desk
from billdesk.ui.forms.choice_box import ChoiceBox
from billdesk.ui.forms.custom_fields import CustomFieldsBox
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import column, row
from billdesk.ui.widgets.field import Field


class ExtraFields(QWidget):
    """``edited`` on every change. ``fields`` are its fields by the names of the core."""

    edited = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.contact = QLineEdit()
        self.delivery = ChoiceBox([(None, tr("To the customer's address"))])
        self.custom = CustomFieldsBox(desk)
        self.fields = {
            "contact": Field(tr("Contact person"), self.contact, optional=True),
            "delivery": Field(tr("Deliver to"), self.delivery),
            "custom": Field(tr("Your own fields"), self.custom),
        }
        self._places: tuple[Place, ...] = ()
        across = row(spacing=16)
        across.addWidget(self.fields["contact"], 1)
        across.addWidget(self.fields["delivery"], 1)
        layout = column(self, spacing=12)
        layout.addLayout(across)
        layout.addWidget(self.fields["custom"])
        self.fields["custom"].hide()
        self.contact.textEdited.connect(self.edited)
        self.delivery.valueChanged.connect(self.edited)
        self.custom.changed.connect(self.edited)

    @property
    def filled(self) -> int:
        """How many of them say something."""
        return len(self.custom.values) + sum(
            (bool(self.contact.text()), self.delivery.value is not None)
        )

    def set_fields(self, fields: Sequence[CustomField]) -> None:
        """Offer the company's own fields for documents."""
        self.custom.set_fields(fields)
        self.fields["custom"].setVisible(bool(fields))

    def set_places(self, places: Sequence[Place]) -> None:
        """Offer the customer's delivery addresses; what is chosen stays; emits nothing."""
        self._places = tuple(places)
        self._offer(self.delivery.value)

    def set_draft(self, draft: InvoiceDraft) -> None:
        """Show a draft's; emits nothing."""
        self.contact.setText(draft.contact)
        self._offer(draft.delivery)
        self.custom.set_values(draft.custom)

    def fill(self, draft: InvoiceDraft) -> InvoiceDraft:
        """``draft`` with what stands here."""
        return replace(
            draft,
            contact=self.contact.text(),
            delivery=self.delivery.value,
            custom=self.custom.values,
        )

    def _offer(self, chosen: Delivery | None) -> None:
        offered = [Delivery(place.name, place.address) for place in self._places]
        if chosen is not None and chosen not in offered:
            offered.append(chosen)
        named = [(one, _title(one)) for one in offered]
        self.delivery.set_choices([(None, tr("To the customer's address")), *named])
        self.delivery.set_value(chosen)


def _title(delivery: Delivery) -> str:
    return ", ".join(part for part in (delivery.name, *delivery.address.lines()) if part)
