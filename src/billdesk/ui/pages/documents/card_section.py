"""Cards the customer left to be charged again, on the page of an issued invoice."""

from functools import partial

from PySide6.QtWidgets import QWidget

from billdesk.core.domain.actions import Action
from billdesk.core.domain.outside import LinkState, OrderState
from billdesk.core.queries.cards import ChargeInfo
from billdesk.core.queries.documents import DocumentDetail
from billdesk.ui.card_words import card_name, card_until
from billdesk.ui.desk import Desk
from billdesk.ui.pages.documents.actions import DocumentActions
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import column, label, row
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.pill import Pill


def has_card_section(detail: DocumentDetail) -> bool:
    """Whether there is anything to say about saved cards."""
    charge = detail.charge
    if detail.open_minor > 0:
        return bool(charge or detail.cards)
    # What a bank said no to is nobody's concern once it is paid otherwise.
    return charge is not None and charge.state is not OrderState.FAILED


def card_section(desk: Desk, actions: DocumentActions, detail: DocumentDetail) -> QWidget:
    """The cards, the last charge and how it went, and what can be done."""
    section = QWidget()
    layout = column(section, spacing=8)
    head = row(spacing=8)
    head.addWidget(label(tr("Saved card"), "strong"))
    charge = detail.charge
    if charge is not None:
        head.addWidget(Pill(*_standing(charge)))
    head.addStretch(1)
    layout.addLayout(head)
    if charge is not None:
        layout.addWidget(label(_told(desk, detail, charge), "meta"))
        # Why it was not carried out stands above, among what has to be looked at.
        if charge.error and charge.state is not OrderState.FAILED:
            waits = label(charge.error, "meta")
            waits.setWordWrap(True)
            layout.addWidget(waits)
    may_charge = bool(detail.cards) and Action.CHARGE_CARD in detail.allowed
    if may_charge and charge is None:
        names = (
            " ".join(filter(None, (card_name(card.brand, card.last4), card_until(card))))
            for card in detail.cards
        )
        layout.addWidget(label(" · ".join(names), "meta"))
    buttons = row(spacing=8)
    if may_charge:
        buttons.addWidget(
            Button(
                tr("Charge saved card…"),
                icon="payments",
                on_click=partial(actions.charge_card, detail.id),
            )
        )
    link = detail.link
    if (
        charge is not None
        and charge.state is OrderState.FAILED
        and link is not None
        and link.state is LinkState.ACTIVE
    ):
        buttons.addWidget(
            Button(tr("Send payment link…"), icon="mail", on_click=partial(actions.send, detail.id))
        )
    if charge is not None and charge.state is OrderState.QUEUED:
        buttons.addWidget(
            Button(tr("Do not charge"), on_click=partial(actions.withdraw_charge, detail.id))
        )
    buttons.addStretch(1)
    layout.addLayout(buttons)
    return section


def _standing(charge: ChargeInfo) -> tuple[str, str]:
    return {
        OrderState.QUEUED: (tr("Waiting"), "info"),
        OrderState.SENT: (tr("Being charged"), "info"),
        OrderState.DONE: (tr("Charged"), "ok"),
        OrderState.FAILED: (tr("Not charged"), "bad"),
        OrderState.CANCELLED: (tr("Not charged"), "neutral"),
    }[charge.state]


def _told(desk: Desk, detail: DocumentDetail, charge: ChargeInfo) -> str:
    return tr("{card}, {amount}, asked for on {day}").format(
        card=card_name(charge.brand, charge.last4),
        amount=desk.money(charge.minor, detail.currency),
        day=desk.formats.moment(charge.asked_at),
    )
