"""What documents say about the company, its bank account and its logo."""

from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtWidgets import QLineEdit, QWidget

from billdesk.core.domain.addresses import Address
from billdesk.core.domain.errors import BillDeskError
from billdesk.core.domain.settings import CompanyProfile
from billdesk.core.domain.snapshot import BankAccount
from billdesk.core.queries.company import CompanyInfo
from billdesk.ui.desk import Desk
from billdesk.ui.forms.choice_box import ChoiceBox, country_choices
from billdesk.ui.forms.logo_box import LogoBox
from billdesk.ui.pages.settings.section import UNDO_MS, FormSection
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label
from billdesk.ui.widgets.field import Field, text_field


@dataclass(frozen=True)
class Details:
    """What the section edits."""

    name: str
    profile: CompanyProfile


class CompanySection(FormSection):
    """Issued documents keep what they say; new ones say what stands here."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk,
            tr("Company"),
            tr("This appears on every new document. Documents already issued keep theirs."),
        )
        self._edits: dict[str, QLineEdit] = {}
        self._logo_sha256 = ""
        self._logo: bytes | None = None
        self.logo = LogoBox(desk.lanes)
        self.logo.chosen.connect(self._set_logo)
        self.logo.removeRequested.connect(self._remove_logo)
        self.card(tr("Logo")).body.addWidget(self.logo)
        self._assemble()

    def first_focus(self) -> QWidget | None:
        return self._edits["name"]

    def edit(self, name: str) -> QLineEdit:
        """The entry of a field. Raises ``KeyError``."""
        return self._edits[name]

    # What the section base asks

    def show_company(self, company: CompanyInfo) -> None:
        super().show_company(company)
        sha256 = company.profile.logo_sha256
        if sha256 != self._logo_sha256 or not sha256:
            self._logo_sha256 = sha256
            self.desk.lanes.read(self.desk.app.queries.logo).then(
                self._show_logo, self.desk.report, owner=self
            )

    def values_of(self, company: CompanyInfo) -> Details:
        # The logo is stored by itself; a changed one must not look like an edit of the form.
        return Details(company.name, replace(company.profile, logo_sha256=""))

    def fill(self, values: Details) -> None:
        profile = values.profile
        for name, edit in self._edits.items():
            source: object = profile
            if name == "name":
                source = values
            elif hasattr(profile.address, name):
                source = profile.address
            elif hasattr(profile.bank, name):
                source = profile.bank
            edit.setText(getattr(source, name))
            edit.setCursorPosition(0)
        self.country.set_value(profile.address.country)

    def collect(self) -> Details:
        text = {name: edit.text().strip() for name, edit in self._edits.items()}
        return Details(
            text["name"],
            CompanyProfile(
                address=Address(
                    line1=text["line1"],
                    line2=text["line2"],
                    postal_code=text["postal_code"],
                    city=text["city"],
                    region=text["region"],
                    country=self.country.value or "",
                ),
                claim=text["claim"],
                email=text["email"],
                phone=text["phone"],
                website=text["website"],
                vat_id=text["vat_id"],
                tax_number=text["tax_number"],
                register_entry=text["register_entry"],
                management=text["management"],
                bank=BankAccount(
                    holder=text["holder"],
                    bank_name=text["bank_name"],
                    iban=text["iban"],
                    bic=text["bic"],
                    other=text["other"],
                ),
            ),
        )

    def store(self, values: Details) -> None:
        self.desk.app.settings.save_company(values.name, values.profile)

    def saved_text(self) -> str:
        return tr("Company saved.")

    # Logo: at once, because it is an action and not a field

    def _set_logo(self, data: bytes, name: str) -> None:
        before = self._logo
        settings = self.desk.app.settings
        self.desk.lanes.write(partial(settings.set_logo, data, name)).then(
            lambda _none: self._logo_changed(data, before, tr("Logo changed.")),
            self._logo_refused,
            owner=self,
        )

    def _remove_logo(self) -> None:
        before = self._logo
        self.desk.lanes.write(self.desk.app.settings.remove_logo).then(
            lambda _none: self._logo_changed(None, before, tr("Logo removed.")),
            self.desk.report,
            owner=self,
        )

    def _logo_changed(self, now: bytes | None, before: bytes | None, text: str) -> None:
        self._show_logo(now)
        settings, lanes = self.desk.app.settings, self.desk.lanes

        def undo() -> None:
            if before is None:
                reply = lanes.write(settings.remove_logo)
            else:
                reply = lanes.write(partial(settings.set_logo, before, tr("Logo")))
            reply.then(lambda _none: self._show_logo(before), self.desk.report, owner=self)

        self.desk.window.toasts.show(
            text, action=tr("Undo"), on_action=undo, duration_ms=UNDO_MS, icon="check"
        )

    def _logo_refused(self, error: object) -> None:
        self.logo.show_image(self._logo)
        if isinstance(error, BillDeskError):
            self.logo.show_problem(str(error))
        else:
            self.desk.report(error)

    def _show_logo(self, data: bytes | None) -> None:
        self._logo = data
        self.logo.show_image(data)

    def _field(self, name: str, title: str, *, helper: str = "", needed: bool = False) -> Field:
        field, self._edits[name] = text_field(title, helper=helper, optional=not needed)
        return field

    def _assemble(self) -> None:
        form, field = self.form, self._field
        self.country = ChoiceBox(country_choices(self.desk.formats.locale, tr("Not given")))
        form.line(("name", field("name", tr("Name"), needed=True), 1))
        form.line(("claim", field("claim", tr("Line below the name")), 1))
        form.line(
            ("line1", field("line1", tr("Street and number")), 1),
            ("line2", field("line2", tr("Further address line")), 1),
        )
        form.line(
            ("postal_code", field("postal_code", tr("Postal code")), 1),
            ("city", field("city", tr("City")), 2),
        )
        form.line(
            ("region", field("region", tr("State or province")), 1),
            ("country", Field(tr("Country"), self.country), 2),
        )
        form.line(
            ("email", field("email", tr("Email")), 1), ("phone", field("phone", tr("Phone")), 1)
        )
        form.line(("website", field("website", tr("Website")), 1))
        form.body.addWidget(label(tr("Tax and register"), "section"))
        form.line(
            ("vat_id", field("vat_id", tr("VAT id")), 1),
            ("tax_number", field("tax_number", tr("Tax number")), 1),
        )
        form.line(
            ("register_entry", field("register_entry", tr("Register entry")), 1),
            ("management", field("management", tr("Management")), 1),
        )
        form.body.addWidget(label(tr("Bank account"), "section"))
        form.line(
            ("holder", field("holder", tr("Account holder")), 1),
            ("bank_name", field("bank_name", tr("Bank")), 1),
        )
        form.line(("iban", field("iban", tr("IBAN")), 2), ("bic", field("bic", tr("BIC")), 1))
        form.line(
            (
                "other",
                field(
                    "other",
                    tr("Account without IBAN"),
                    helper=tr("For example: routing 021000021, account 1234567."),
                ),
                1,
            )
        )
        self.card(tr("Details")).body.addWidget(form)
