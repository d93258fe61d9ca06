"""A contact and a delivery address of a customer, each in a dialog."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtWidgets import QCheckBox, QGridLayout, QWidget

from billdesk.core.domain.addresses import Address
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.people import Contact, Place
from billdesk.core.services.steps.people import check_contacts, check_places
from billdesk.ui.forms.choice_box import ChoiceBox, country_choices
from billdesk.ui.forms.form import Form
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label
from billdesk.ui.widgets.dialog import Dialog
from billdesk.ui.widgets.field import Field, text_field

_K = DocumentKind


def kinds_received() -> list[tuple[str, tuple[DocumentKind, ...]]]:
    """What a contact can receive, by the word for it."""
    return [
        (tr("Invoices"), (_K.INVOICE, _K.DEPOSIT_INVOICE, _K.FINAL_INVOICE)),
        (tr("Quotes"), (_K.QUOTE,)),
        (tr("Credit notes"), (_K.CREDIT_NOTE,)),
        (tr("Reminders"), (_K.REMINDER,)),
        (tr("Statements"), (_K.STATEMENT,)),
        (tr("Receipts"), (_K.RECEIPT,)),
        (tr("Delivery notes"), (_K.DELIVERY_NOTE,)),
    ]


def describe_contact(contact: Contact) -> tuple[str, str]:
    """Name and role; how to reach them and what they receive."""
    received = [word for word, kinds in kinds_received() if set(kinds) <= set(contact.receives)]
    first = " · ".join(part for part in (contact.name, contact.role) if part)
    usual = tr("Usual contact") if contact.is_default else ""
    parts = (usual, contact.email, contact.phone, ", ".join(received))
    return first, " · ".join(part for part in parts if part)


def describe_place(place: Place) -> tuple[str, str]:
    """Name of the place and its address."""
    lines = ", ".join(place.address.lines())
    usual = tr("Usual address") if place.is_default else ""
    second = " · ".join(part for part in (usual, lines if place.name else "") if part)
    return place.name or lines, second


class ContactDialog(Dialog):
    """Calls ``on_done`` with the contact once it can be stored."""

    def __init__(
        self, contact: Contact | None, on_done: Callable[[Contact], object], parent: QWidget
    ) -> None:
        super().__init__(
            tr("New contact") if contact is None else tr("Edit contact"), tr("OK"), parent=parent
        )
        shown = self._shown = contact or Contact("")
        self._on_done = on_done
        self.form = Form()
        name, self.name = text_field(tr("Name"), shown.name)
        role, self.role = text_field(tr("Role"), shown.role, optional=True)
        email, self.email = text_field(tr("Email"), shown.email, optional=True)
        phone, self.phone = text_field(tr("Phone"), shown.phone, optional=True)
        self.form.line(("name", name, 1), ("role", role, 1))
        self.form.line(("email", email, 1), ("phone", phone, 1))
        self.form.body.addWidget(label(tr("Receives by mail"), "label"))
        boxes = QGridLayout()
        self.receives: list[tuple[QCheckBox, tuple[DocumentKind, ...]]] = []
        for position, (word, kinds) in enumerate(kinds_received()):
            box = QCheckBox(word)
            box.setChecked(set(kinds) <= set(shown.receives))
            self.receives.append((box, kinds))
            boxes.addWidget(box, position // 2, position % 2)
        self.form.body.addLayout(boxes)
        self.is_default = QCheckBox(tr("The usual contact: named on new documents"))
        self.is_default.setChecked(shown.is_default)
        self.form.body.addWidget(self.is_default)
        self.body.addWidget(self.form)
        self.name.setFocus()

    def submit(self) -> None:
        given = replace(
            self._shown,
            name=self.name.text(),
            role=self.role.text(),
            email=self.email.text(),
            phone=self.phone.text(),
            receives=tuple(
                kind for box, kinds in self.receives if box.isChecked() for kind in kinds
            ),
            is_default=self.is_default.isChecked(),
        )
        try:
            (contact,) = check_contacts([given])
        except UserError as error:
            self.form.show_problem(str(error), (error.field or "").rpartition(".")[2])
            return
        self._on_done(contact)
        self.accept()


class PlaceDialog(Dialog):
    """Calls ``on_done`` with the delivery address once it can be stored."""

    def __init__(
        self,
        locale: str,
        place: Place | None,
        on_done: Callable[[Place], object],
        parent: QWidget,
    ) -> None:
        super().__init__(
            tr("New delivery address") if place is None else tr("Edit delivery address"),
            tr("OK"),
            parent=parent,
        )
        shown = self._shown = place or Place()
        self._on_done = on_done
        self.form = Form()
        address = shown.address
        name, self.name = text_field(tr("Name"), shown.name, optional=True)
        line1, self.line1 = text_field(tr("Street and number"), address.line1, optional=True)
        line2, self.line2 = text_field(tr("Further address line"), address.line2, optional=True)
        code, self.postal_code = text_field(tr("Postal code"), address.postal_code, optional=True)
        city, self.city = text_field(tr("City"), address.city, optional=True)
        region, self.region = text_field(tr("State or province"), address.region, optional=True)
        self.country = ChoiceBox(country_choices(locale, tr("Not given")), address.country)
        self.is_default = QCheckBox(tr("The usual one: stands on new documents"))
        self.is_default.setChecked(shown.is_default)
        self.form.line(("name", name, 1))
        self.form.line(("line1", line1, 1))
        self.form.line(("line2", line2, 1))
        self.form.line(("postal_code", code, 1), ("city", city, 2))
        self.form.line(("region", region, 1), ("country", Field(tr("Country"), self.country), 1))
        self.form.body.addWidget(self.is_default)
        self.body.addWidget(self.form)
        self.name.setFocus()

    def submit(self) -> None:
        address = Address(
            self.line1.text(),
            self.line2.text(),
            self.postal_code.text(),
            self.city.text(),
            self.region.text(),
            self.country.value or "",
        )
        given = replace(
            self._shown,
            name=self.name.text(),
            address=address,
            is_default=self.is_default.isChecked(),
        )
        try:
            (place,) = check_places([given])
        except UserError as error:
            self.form.show_problem(str(error), (error.field or "").rpartition(".")[2])
            return
        self._on_done(place)
        self.accept()
