"""Parts of an issued invoice's page: its payments and mails."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from billdesk.core.domain.outside import FeeState, MailState, PaymentMethod, PaymentState
from billdesk.core.queries.documents import DocumentDetail, MailRow, PaymentRow
from billdesk.ui.desk import Desk
from billdesk.ui.pages.documents.actions import DocumentActions
from billdesk.ui.pages.documents.wording import mail_state
from billdesk.ui.payment_words import method_word, payment_state
from billdesk.ui.text import tr
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import column, label, row
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.elided_label import ElidedLabel
from billdesk.ui.widgets.pill import HEIGHT, Pill

_REFUNDABLE = (PaymentState.SUCCEEDED, PaymentState.PARTIALLY_REFUNDED)


def payments_section(desk: Desk, actions: DocumentActions, detail: DocumentDetail) -> QWidget:
    """What was received, with the fee where it is known."""
    section = QWidget()
    layout = column(section, spacing=8)
    layout.addWidget(label(tr("Payments"), "strong"))
    if not detail.payments:
        layout.addWidget(label(tr("Nothing received yet."), "meta"))
    for payment in detail.payments:
        layout.addLayout(_payment(desk, actions, payment))
    return section


def mails_section(desk: Desk, actions: DocumentActions, detail: DocumentDetail) -> QWidget:
    """What was sent; the mail server's own words on hovering, the error in sight."""
    section = QWidget()
    layout = column(section, spacing=8)
    layout.addWidget(label(tr("Mails"), "strong"))
    if not detail.mails:
        layout.addWidget(label(tr("Not sent yet."), "meta"))
    for mail in detail.mails:
        layout.addLayout(_mail(desk, actions, mail))
    return section


def _payment(desk: Desk, actions: DocumentActions, payment: PaymentRow) -> QVBoxLayout:
    """What came in, and below it what can be done; what is to be explained stands at the top."""
    word, kind = payment_state(payment.state)
    about = [desk.formats.date(payment.received_on)]
    if payment.reference:
        about.append(payment.reference)
    if payment.fee_minor is not None and payment.net_minor is not None and payment.fee_currency:
        # Of money that went back, or is disputed, no such sum arrives.
        words = tr("fee {fee}")
        if payment.state is PaymentState.SUCCEEDED:
            words = tr("fee {fee}, {net} arrives")
        about.append(
            words.format(
                fee=desk.money(payment.fee_minor, payment.fee_currency),
                net=desk.money(payment.net_minor, payment.fee_currency),
            )
        )
    elif payment.fee_state is FeeState.PENDING:
        about.append(tr("fee not known yet"))
    if payment.failure:
        about.append(payment.failure)
    if payment.refund_under_way_minor:
        back = desk.money(payment.refund_under_way_minor, payment.currency)
        about.append(tr("refund of {amount} on its way").format(amount=back))
    about += [
        tr("answer at Stripe by {date}").format(date=desk.formats.date(one.answer_by.date()))
        for one in payment.questions
        if one.answer_by is not None
    ]
    line = _line(method_word(payment.method), " · ".join(about), word, kind)
    amount = label(desk.money(payment.amount_minor, payment.currency), "strong")
    # On one line with the pill beside it.
    amount.setMinimumHeight(current_theme().px(HEIGHT))
    line.addWidget(amount, 0, Qt.AlignmentFlag.AlignTop)
    across = row(spacing=16)
    if payment.unexplained_minor > 0:
        explain = partial(actions.explain_refund, payment)
        across.addWidget(Button(tr("Explain refund…"), "link", on_click=explain))
    elif payment.disputed_minor > 0:
        lost = payment.state is PaymentState.LOST
        text = tr("Say what becomes of it…") if lost else tr("Give the dispute up…")
        give_up = partial(actions.explain_dispute, payment)
        across.addWidget(Button(text, "link", on_click=give_up))
    elif payment.method is PaymentMethod.STRIPE and payment.state in _REFUNDABLE:
        refund = Button(tr("Refund…"), "link", on_click=partial(actions.refund, payment.id))
        refund.setAccessibleName(tr("Refund the payment of {amount}").format(amount=amount.text()))
        across.addWidget(refund)
    more = Button(
        tr("Details"), "link", on_click=partial(desk.window.open_page, "payments", payment.id)
    )
    more.setAccessibleName(tr("Details of the payment of {amount}").format(amount=amount.text()))
    across.addWidget(more)
    if payment.can_undo:
        across.addWidget(
            Button(tr("Undo…"), "link", on_click=partial(actions.undo_payment, payment.id))
        )
    across.addStretch(1)
    both = column(spacing=4)
    both.addLayout(line)
    both.addLayout(across)
    for unsent in payment.unsent_refunds:
        # On a line of its own: it names its amount, as there may be several.
        text = tr("Withdraw refund of {amount}").format(
            amount=desk.money(unsent.minor, unsent.currency)
        )
        withdraw = Button(text, "link", on_click=partial(actions.withdraw_refund, unsent))
        both.addWidget(withdraw, 0, Qt.AlignmentFlag.AlignLeft)
    return both


def _mail(desk: Desk, actions: DocumentActions, mail: MailRow) -> QHBoxLayout:
    word, kind = mail_state(mail.state)
    at = mail.accepted_at or mail.created_at
    about = " · ".join(text for text in (desk.formats.moment(at), mail.error) if text)
    line = _line(mail.recipient, about, word, kind, hint=mail.reply)
    if mail.state is MailState.QUEUED:
        handler, text = partial(actions.cancel_mail, mail.id), tr("Cancel")
    elif mail.state in (MailState.FAILED, MailState.UNKNOWN, MailState.CANCELLED):
        handler, text = partial(actions.send_again, mail.id), tr("Send again")
    else:
        return line
    line.addWidget(Button(text, "link", on_click=handler), 0, Qt.AlignmentFlag.AlignTop)
    return line


def _line(title: str, about: str, word: str, kind: str, *, hint: str = "") -> QHBoxLayout:
    line = row(spacing=12)
    words = column(spacing=0)
    words.addWidget(ElidedLabel(title))
    detail = label(about, "meta")
    detail.setWordWrap(True)
    detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    words.addWidget(detail)
    line.addLayout(words, 1)
    pill = Pill(word, kind)
    pill.setToolTip(hint)
    line.addWidget(pill, 0, Qt.AlignmentFlag.AlignTop)
    return line
