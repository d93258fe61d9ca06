"""Online payment: connect Stripe with a restricted key, and choose how links behave."""

from dataclasses import replace
from decimal import Decimal
from functools import partial

from PySide6.QtWidgets import QCheckBox, QWidget

from billdesk.core.domain.errors import UserError
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.queries.company import CompanyInfo
from billdesk.core.queries.sync_status import SyncStatus
from billdesk.core.services.settings import KeptSecrets
from billdesk.core.services.stripe.connecting import ConnectedStripe
from billdesk.ui.desk import Desk
from billdesk.ui.pages.settings.section import FormSection
from billdesk.ui.pages.settings.stripe_access import AccessBox
from billdesk.ui.pages.settings.stripe_network import NetworkBox
from billdesk.ui.pages.settings.stripe_trials import TrialBox
from billdesk.ui.stripe_wizard.wizard import StripeWizard
from billdesk.ui.text import tr
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import column, label, row
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.dialog import confirm
from billdesk.ui.widgets.entry import CountEdit
from billdesk.ui.widgets.field import Field
from billdesk.ui.widgets.pill import Pill

_LONGEST_EXPIRY = 365


class StripeSection(FormSection):
    """The key is checked at Stripe before it is kept; it is never shown again in full."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk,
            tr("Online payment"),
            tr(
                "With Stripe your invoices carry a link on which customers pay by card or bank. "
                "BillDesk asks Stripe what was paid and marks the invoice; Stripe keeps a fee of "
                "each payment and transfers the rest to your bank account."
            ),
        )
        self._secrets: KeptSecrets | None = None
        self.connect_button = Button(
            tr("Connect Stripe…"), "primary", icon="link", on_click=self.open_wizard
        )
        self.disconnect_button = Button(tr("Disconnect…"), on_click=self._ask_disconnect)
        self.replace_button = Button(
            tr("Change key or account…"), "ghost", on_click=self.open_wizard
        )
        # In the place of Save while there is nothing to save.
        self.begin_button = Button(
            tr("Connect Stripe…"), "primary", icon="link", on_click=self.open_wizard
        )
        self.pill = Pill()
        self.kept = label("", "meta")
        self.kept.setWordWrap(True)
        self.trouble = label("", "", "bad")
        self.trouble.setWordWrap(True)
        self.access = AccessBox(desk)
        self.network = NetworkBox(desk)
        self.trials = TrialBox(desk)
        self.instant_only = QCheckBox(tr("Only ways of paying that succeed at once"))
        self.receipt_mail = QCheckBox(tr("Mail the customer a receipt once it is paid online"))
        self.expiry_days = CountEdit(desk.formats)
        self.saved_cards = QCheckBox(tr("Customers may leave their card to be charged again"))
        self._assemble()

    @property
    def first_step(self) -> tuple[str, QWidget] | None:
        if self.company is None or self.company.online_payment.enabled:
            return None
        return tr("Connect Stripe first"), self.begin_button

    def first_focus(self) -> QWidget | None:
        connect = self.connect_button
        return connect if connect.isVisibleTo(self) else self.instant_only

    # What the section base asks

    def show_company(self, company: CompanyInfo) -> None:
        super().show_company(company)
        self._show_connection()
        self.desk.lanes.read(self.desk.app.queries.sync_status).then(
            self._show_trouble, self.desk.report, owner=self
        )
        self.access.refresh()
        self.network.refresh()
        self.trials.show_for(company.online_payment)
        # The keychain may take its time, or ask the user first.
        self.desk.lanes.net(self.desk.app.settings.kept_secrets).then(
            self._secrets_known, self.desk.report, owner=self
        )

    def values_of(self, company: CompanyInfo) -> OnlinePayment:
        # Whether, where and how it is connected belongs to the connection, not to the form.
        online = company.online_payment
        return OnlinePayment(
            enabled=online.enabled,
            instant_only=online.instant_only,
            receipt_mail=online.receipt_mail,
            expiry_days=online.expiry_days,
            saved_cards=online.saved_cards,
        )

    def fill(self, values: OnlinePayment) -> None:
        self.instant_only.setChecked(values.instant_only)
        self.saved_cards.setChecked(values.saved_cards)
        self.receipt_mail.setChecked(values.receipt_mail)
        self.expiry_days.set_value(Decimal(values.expiry_days))

    def collect(self) -> OnlinePayment:
        days = self.expiry_days.value
        if days is None or days > _LONGEST_EXPIRY:
            raise UserError(
                tr("A link stays payable 0 to 365 days after the due date."), field="expiry_days"
            )
        return OnlinePayment(
            enabled=self._stored.enabled,
            instant_only=self.instant_only.isChecked(),
            receipt_mail=self.receipt_mail.isChecked(),
            expiry_days=int(days),
            saved_cards=self.saved_cards.isChecked(),
        )

    def store(self, values: OnlinePayment) -> None:
        self.desk.app.settings.save_online_payment(values)

    def saved_text(self) -> str:
        return tr("Online payment saved.")

    # Connecting

    def open_wizard(self) -> None:
        """Connect, or change the key or the account."""
        online = self.company.online_payment if self.company is not None else OnlinePayment()
        wizard = StripeWizard(
            self.desk.app,
            self.desk.lanes,
            self.desk.formats,
            self.desk.report,
            self,
            goes_live=online.enabled and not self.desk.app.is_practice,
        )
        wizard.connected.connect(self._connected_now)
        wizard.open()

    def _connected_now(self, connected: ConnectedStripe) -> None:
        if self.company is not None:
            online = replace(
                self.company.online_payment,
                enabled=True,
                account_number=connected.account_number,
                account_name=connected.account_name,
                livemode=connected.livemode,
            )
            self.show_company(replace(self.company, online_payment=online))

    def _ask_disconnect(self) -> None:
        self.desk.lanes.read(self.desk.app.connecting.open_links).then(
            self._ask_about_links, self.desk.report, owner=self
        )

    def _ask_about_links(self, open_links: int) -> None:
        goes = tr("BillDesk makes no more payment links and forgets the key on this computer.")
        if not open_links:
            confirm(
                self,
                tr("Disconnect Stripe?"),
                goes,
                tr("Disconnect"),
                # One may be on its way to be switched off.
                partial(self._disconnect, switch_off=True),
                danger=True,
            )
            return
        payable = (
            tr("One link can still be paid.")
            if open_links == 1
            else tr("{count} links can still be paid.").format(count=open_links)
        )
        question = confirm(
            self,
            tr("Switch off the open links first?"),
            tr(
                "{payable} Switched off, nobody can pay on them any more, and the key goes with "
                "the last of them. Left payable, BillDesk does not learn what is paid on them. "
                "{goes}"
            ).format(payable=payable, goes=goes),
            tr("Switch off first"),
            partial(self._disconnect, switch_off=True),
            danger=True,
        )
        question.offer(tr("Leave payable"), partial(self._disconnect, switch_off=False))

    def _disconnect(self, *, switch_off: bool) -> None:
        disconnect = partial(self.desk.app.connecting.disconnect, switch_off=switch_off)
        self.desk.lanes.write(disconnect).then(self._disconnected, self.desk.report, owner=self)

    def _disconnected(self, _none: object) -> None:
        self._secrets = None
        if self.company is not None:
            online = replace(self.company.online_payment, enabled=False)
            self.show_company(replace(self.company, online_payment=online))

    # What is shown

    def _show_connection(self) -> None:
        if self.company is None:
            return
        online = self.company.online_payment
        connected = online.enabled
        self._entry.setVisible(not connected)
        self._state.setVisible(connected)
        self._links.setVisible(connected)
        self.kept.setVisible(connected)
        self.access.setVisible(connected)
        if not connected:
            return
        if online.livemode:
            self.pill.set_state(tr("Live"), "ok")
        else:
            self.pill.set_state(tr("Test mode: no real money"), "warn")
        self.kept.setText(f"{_whose(online)} {self._where_kept()}")

    def _show_trouble(self, status: SyncStatus) -> None:
        """What went wrong at the last look, such as a key that is not on this computer."""
        self.trouble.setText(status.error)
        self.trouble.setVisible(status.enabled and bool(status.error))

    def _secrets_known(self, secrets: KeptSecrets) -> None:
        self._secrets = secrets
        self._show_connection()

    def _where_kept(self) -> str:
        now = self._secrets
        if now is None:
            return tr("The key is kept on this computer, outside the books. It is never shown.")
        if not now.stripe_key:
            return tr("This computer has no key for this company: change the key.")
        if self.desk.app.is_practice:
            return tr("Key {key}, which opens nothing but the practice Stripe.").format(
                key=now.stripe_key
            )
        if now.kept_in == "memory":
            return tr(
                "Key {key}. This computer has no keychain BillDesk can trust, so the key is kept "
                "only until you close BillDesk."
            ).format(key=now.stripe_key)
        return tr("Key {key}, kept in the keychain of this computer.").format(key=now.stripe_key)

    def _assemble(self) -> None:
        connection = self.card(tr("Stripe account"))
        self._state = QWidget()
        state = row(self._state, spacing=10)
        state.addWidget(self.pill)
        state.addStretch(1)
        state.addWidget(self.replace_button)
        state.addWidget(self.disconnect_button)
        connection.body.addWidget(self._state)
        connection.body.addWidget(self.kept)
        connection.body.addWidget(self.trouble)
        connection.body.addWidget(self.access)
        connection.body.addWidget(self.trials)
        self.trouble.hide()
        self._entry = QWidget()
        entry = column(self._entry, spacing=10)
        lead = label(
            tr(
                "Takes two minutes: make a restricted key in your Stripe account, paste it here, "
                "and see what it may do. A test key (rk_test_) moves no real money."
            ),
            "text2",
        )
        lead.setWordWrap(True)
        entry.addWidget(lead)
        buttons = row()
        buttons.addWidget(self.connect_button)
        buttons.addStretch(1)
        entry.addLayout(buttons)
        connection.body.addWidget(self._entry)
        self._links = self.card(tr("Payment links"))
        form = self.form
        self._choice(
            self.instant_only,
            tr("Leaves out bank debits and the like, which can still fail days later."),
        )
        self._choice(
            self.receipt_mail, tr("With the copy marked as paid, in the invoice's language.")
        )
        form.line(
            (
                "expiry_days",
                Field(
                    tr("Days payable after the due date"),
                    self.expiry_days,
                    helper=tr(
                        "Then the link is switched off. One made later can be paid for as many "
                        "days."
                    ),
                ),
                1,
            ),
        )
        self._choice(
            self.saved_cards,
            tr(
                "New payment links then ask for their consent. Charge such a card only for what "
                "the customer agreed to. The Stripe key needs “PaymentIntents: Write” for it."
            ),
        )
        self._links.body.addWidget(form)
        if not self.desk.app.is_practice:
            # The practice company's Stripe is on this computer.
            way = self.card(tr("This computer's way to Stripe"))
            way.body.addWidget(self.network)

    def _choice(self, box: QCheckBox, consequence: str) -> None:
        """A box of the form with what it means close below it."""
        both = column(spacing=2)
        both.addWidget(box)
        note = label(consequence, "meta")
        note.setWordWrap(True)
        note.setContentsMargins(current_theme().px(26), 0, 0, 4)
        both.addWidget(note)
        self.form.body.addLayout(both)
        self.form.watch(box)


def _whose(online: OnlinePayment) -> str:
    """Which account is connected, as far as the key may tell."""
    if not online.account_number:
        return tr("This key may not read which account it belongs to.")
    if not online.account_name:
        return tr("Account {account}.").format(account=online.account_number)
    return tr("{name}, account {account}.").format(
        name=online.account_name, account=online.account_number
    )
