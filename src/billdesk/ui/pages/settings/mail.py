"""Email: the server invoices go out through, a test mail, and the text of the mail."""

from dataclasses import dataclass, replace
from decimal import Decimal

from PySide6.QtWidgets import QLineEdit, QWidget

from billdesk.core.domain.errors import UserError
from billdesk.core.domain.settings import MailSecurity, MailSettings
from billdesk.core.queries.company import CompanyInfo
from billdesk.core.services.settings import KeptSecrets
from billdesk.ui.desk import Desk
from billdesk.ui.forms.choice_box import ChoiceBox
from billdesk.ui.pages.settings.mail_presets import (
    Preset,
    preset_for_address,
    preset_of,
    presets,
)
from billdesk.ui.pages.settings.mail_templates import MailTemplates
from billdesk.ui.pages.settings.section import FormSection
from billdesk.ui.pages.settings.trial_mail import TestMail
from billdesk.ui.text import tr
from billdesk.ui.widgets.entry import CountEdit
from billdesk.ui.widgets.field import Field, text_field


@dataclass(frozen=True)
class MailChoice:
    """What the section edits; ``password`` None keeps the one that is stored."""

    settings: MailSettings
    password: str | None = None


class MailSection(FormSection):
    """The password goes to the keychain and is never shown again."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk,
            tr("Email"),
            tr(
                "Invoices are sent through your own mailbox. Without one you can still save each "
                "mail as a file and send it with your mail program."
            ),
        )
        self.preset = ChoiceBox([(preset.key, preset.title) for preset in presets()])
        from_name, self.from_name = text_field(
            tr("Sender's name"), placeholder=tr("Your company"), optional=True
        )
        address, self.from_address = text_field(tr("Your address"), placeholder="you@example.com")
        host, self.host = text_field(tr("Server"), placeholder="mail.example.com")
        self.port = CountEdit(desk.formats, minimum=1)
        self.security = ChoiceBox(
            [
                (MailSecurity.STARTTLS, tr("STARTTLS (usual)")),
                (MailSecurity.TLS, tr("TLS")),
                (MailSecurity.NONE, tr("None (this computer only)")),
            ]
        )
        user, self.user = text_field(
            tr("User name"), placeholder=tr("mostly your address"), optional=True
        )
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        reply_to, self.reply_to = text_field(tr("Answers go to"), optional=True)
        form = self.form
        form.line(("preset", Field(tr("Provider"), self.preset), 1))
        form.line(("from_address", address, 1), ("from_name", from_name, 1))
        form.line(
            ("host", host, 5),
            ("port", Field(tr("Port"), self.port), 2),
            ("security", Field(tr("Encryption"), self.security), 6),
        )
        form.line(
            ("user", user, 1),
            ("password", Field(tr("Password"), self.password, optional=True), 1),
        )
        form.line(("reply_to", reply_to, 1))
        server = self.card(tr("Mailbox"))
        server.body.addWidget(form)
        self.test = TestMail(desk)
        self.test.sendRequested.connect(self._send_test)
        server.body.addWidget(self.test)
        self.templates = MailTemplates(form)
        self.card(tr("Text of the mail")).body.addWidget(self.templates)
        self.preset.valueChanged.connect(self._use_preset)
        self.from_address.editingFinished.connect(self._suggest_preset)

    def first_focus(self) -> QWidget | None:
        return self.preset

    # What the section base asks

    def show_company(self, company: CompanyInfo) -> None:
        super().show_company(company)
        self.from_name.setPlaceholderText(company.name)
        self.templates.set_company(company, self.desk.formats, self.desk.app.today())
        if not self.test.recipient:
            self.test.set_recipient(company.mail.from_address or company.profile.email)

    def values_of(self, company: CompanyInfo) -> MailChoice:
        return MailChoice(company.mail)

    def fill(self, values: MailChoice) -> None:
        mail = values.settings
        self.host.setText(mail.host)
        self.port.set_value(Decimal(mail.port))
        self.security.set_value(mail.security)
        self.user.setText(mail.user)
        self.from_name.setText(mail.from_name)
        self.from_address.setText(mail.from_address)
        self.reply_to.setText(mail.reply_to)
        self.templates.fill(mail.subject_template, mail.body_template)
        self.password.clear()
        self.desk.lanes.net(self.desk.app.settings.kept_secrets).then(
            self._secrets_known, self.desk.report, owner=self
        )
        preset = preset_of(mail.host)
        self.preset.set_value(preset.key)
        self._show_hint(preset)

    def _secrets_known(self, secrets: KeptSecrets) -> None:
        self.password.setPlaceholderText(
            tr("set; type to replace it") if secrets.mail_password else tr("not set")
        )

    def collect(self) -> MailChoice:
        port = self.port.value
        if port is None:
            raise UserError(tr("Enter the port, mostly 587 or 465."), field="port")
        self.templates.check()
        return MailChoice(
            MailSettings(
                host=self.host.text().strip(),
                port=int(port),
                security=self.security.value,
                user=self.user.text().strip(),
                from_name=self.from_name.text().strip(),
                from_address=self.from_address.text().strip(),
                reply_to=self.reply_to.text().strip(),
                subject_template=self.templates.subject.text().strip(),
                body_template=self.templates.body.text().strip(),
            ),
            self.password.text() or None,
        )

    def store(self, values: MailChoice) -> None:
        self.desk.app.settings.save_mail(values.settings, values.password)

    def saved(self) -> None:
        if isinstance(self._stored, MailChoice):
            # Kept in the keychain from now on; nothing in the window knows it any more.
            self._stored = replace(self._stored, password=None)
            self.form.fill(lambda: self.fill(self._stored))

    def saved_text(self) -> str:
        return tr("Email settings saved.")

    def edited(self) -> None:
        self.templates.show_preview()

    # Inside

    def _use_preset(self, key: object) -> None:
        preset = next(each for each in presets() if each.key == key)
        self._apply(preset)
        (self.from_address if preset.host else self.host).setFocus()

    def _apply(self, preset: Preset) -> None:
        self.host.setText(preset.host)
        self.port.set_value(Decimal(preset.port))
        self.security.set_value(preset.security)
        if not self.user.text():
            self.user.setText(self.from_address.text())
        self._show_hint(preset)
        self.stateChanged.emit()

    def _suggest_preset(self) -> None:
        """A well-known address tells its server; nothing typed is overwritten."""
        address = self.from_address.text().strip()
        preset = preset_for_address(address)
        if preset is not None and not self.host.text():
            self.preset.set_value(preset.key)
            self._apply(preset)
        if address and self.host.text() and not self.user.text():
            self.user.setText(address)

    def _show_hint(self, preset: Preset) -> None:
        self.form.field("preset").set_helper(preset.hint)

    def _send_test(self) -> None:
        if self.is_dirty:
            # A test of what is typed, not of what was stored before.
            self.save_then(self.test.send)
        else:
            self.test.send()
