"""Where the customer pays an issued invoice: its link, and the parts it is asked for in."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from billdesk.core.domain.actions import Action
from billdesk.core.domain.outside import LinkState
from billdesk.core.queries.documents import DocumentDetail, InstalmentInfo
from billdesk.ui.desk import Desk
from billdesk.ui.pages.documents.actions import DocumentActions
from billdesk.ui.pages.documents.link_words import why_no_link
from billdesk.ui.pages.documents.wording import link_state
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import column, label, row
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.elided_label import ElidedLabel
from billdesk.ui.widgets.pill import Pill

_BEING_MADE = (LinkState.QUEUED, LinkState.SENT)


def link_section(
    desk: Desk, actions: DocumentActions, detail: DocumentDetail, *, can_make: bool
) -> QWidget:
    """State, amount and address of the link, the plan of parts, and what can be done."""
    section = QWidget()
    layout = column(section, spacing=8)
    link = detail.link
    head = row(spacing=8)
    head.addWidget(label(tr("Payment link"), "strong"))
    if link is not None:
        word, kind = link_state(link.state)
        head.addWidget(Pill(word, kind))
    head.addStretch(1)
    layout.addLayout(head)
    active = link is not None and link.state is LinkState.ACTIVE and bool(link.url)
    if link is not None and active:
        address = ElidedLabel(link.url or "", "text2")
        address.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout.addWidget(address)
        words = tr("Asks for {amount}, once.")
        if link.is_part:
            words = tr("Asks for {amount} of {open}, once.")
        asked = desk.money(link.amount_minor, detail.currency)
        open_ = desk.money(detail.open_minor, detail.currency)
        layout.addWidget(label(words.format(amount=asked, open=open_), "meta"))
    else:
        why = label(why_no_link(desk, detail, can_make=can_make), "meta")
        why.setWordWrap(True)
        layout.addWidget(why)
    layout.addLayout(_buttons(actions, detail, active=active, can_make=can_make))
    can_part = can_make and Action.LINK in detail.allowed and not detail.pending_minor
    if detail.instalments and detail.open_minor > 0:
        layout.addSpacing(8)
        layout.addWidget(label(tr("Instalments"), "strong"))
        layout.addLayout(_plan(desk, detail))
    if can_part:
        layout.addLayout(_parts(desk, actions, detail))
    return section


def _buttons(
    actions: DocumentActions, detail: DocumentDetail, *, active: bool, can_make: bool
) -> QHBoxLayout:
    buttons = row(spacing=8)
    link = detail.link
    if active:
        buttons.addWidget(
            Button(tr("Copy link"), icon="link", on_click=partial(actions.copy_link, detail.id))
        )
        buttons.addWidget(
            Button(
                tr("Open pay page"),
                icon="external",
                on_click=partial(actions.open_pay_page, detail.id),
            )
        )
        buttons.addWidget(
            Button(tr("Switch off"), "ghost", on_click=partial(actions.switch_off_link, detail.id))
        )
    elif (
        can_make
        and Action.LINK in detail.allowed
        and (link is None or link.state not in _BEING_MADE)
    ):
        make = Button(
            tr("New payment link"), icon="link", on_click=partial(actions.request_link, detail.id)
        )
        make.setEnabled(not detail.why_not_online)
        make.setToolTip(detail.why_not_online)
        buttons.addWidget(make)
    buttons.addStretch(1)
    return buttons


def _plan(desk: Desk, detail: DocumentDetail) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(3, 1)
    for place, part in enumerate(detail.instalments):
        grid.addWidget(label(str(part.position), "muted"), place, 0)
        grid.addWidget(label(desk.formats.date(part.due_on)), place, 1)
        amount = label(desk.money(part.minor, detail.currency))
        grid.addWidget(amount, place, 2, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(Pill(*_standing(desk, detail, part)), place, 3, Qt.AlignmentFlag.AlignLeft)
    return grid


def _standing(desk: Desk, detail: DocumentDetail, part: InstalmentInfo) -> tuple[str, str]:
    if not part.left_minor:
        return tr("Settled"), "ok"
    if part.left_minor < part.minor:
        left = desk.money(part.left_minor, detail.currency)
        return tr("{amount} left").format(amount=left), "bad" if part.is_late else "info"
    return (tr("Late"), "bad") if part.is_late else (tr("Open"), "neutral")


def _parts(desk: Desk, actions: DocumentActions, detail: DocumentDetail) -> QHBoxLayout:
    across = row(spacing=16)
    link, ask_minor = detail.link, detail.ask_minor
    if link is not None and link.state is LinkState.ACTIVE and 0 < ask_minor != link.amount_minor:
        due = tr("Ask for {amount}").format(amount=desk.money(ask_minor, detail.currency))
        across.addWidget(Button(due, "link", on_click=partial(actions.request_link, detail.id)))
    across.addWidget(
        Button(tr("Ask for a part…"), "link", on_click=partial(actions.ask_part, detail.id))
    )
    across.addWidget(
        Button(
            tr("Change instalments…") if detail.instalments else tr("Instalments…"),
            "link",
            on_click=partial(actions.plan_instalments, detail.id),
        )
    )
    if detail.instalments:
        across.addWidget(
            Button(
                tr("Drop the plan"), "link", on_click=partial(actions.drop_instalments, detail.id)
            )
        )
    across.addStretch(1)
    return across
