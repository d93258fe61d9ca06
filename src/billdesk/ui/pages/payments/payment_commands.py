"""What can be done with the payment beside the list, as commands of the page."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from billdesk.core.queries.money import PaymentDetail
from billdesk.ui.commands import Command, CommandRegistry
from billdesk.ui.text import tr

if TYPE_CHECKING:
    from billdesk.ui.pages.payments.payments_page import PaymentsPage

Test = Callable[[PaymentDetail], bool]


def register_payment_commands(page: "PaymentsPage", commands: CommandRegistry) -> None:
    """Bind the keys while the page is on screen."""
    view = page.received
    actions = view.actions_

    def shown() -> PaymentDetail | None:
        return None if page.shows_bank else view.detail

    def when(test: Test) -> Callable[[], bool]:
        def asked() -> bool:
            detail = shown()
            return detail is not None and test(detail)

        return asked

    def on_it(work: Callable[[PaymentDetail], object]) -> Callable[[], None]:
        def run() -> None:
            detail = shown()
            if detail is not None:
                work(detail)

        return run

    def has_rest(detail: PaymentDetail) -> bool:
        payment = detail.payment
        return payment.customer_id is not None and payment.unallocated_minor > 0

    def is_homeless(detail: PaymentDetail) -> bool:
        return detail.payment.customer_id is None and detail.payment.has_arrived

    def can_go_back(detail: PaymentDetail) -> bool:
        payment = detail.payment
        return payment.has_arrived and payment.can_undo and payment.customer_id is not None

    def has_receipt(detail: PaymentDetail) -> bool:
        return detail.payment.has_arrived and detail.payment.customer_id is not None

    def is_unused(detail: PaymentDetail) -> bool:
        payment = detail.payment
        return (
            has_rest(detail)
            and payment.can_undo
            and (payment.unallocated_minor == payment.amount_minor)
        )

    for name, title, keys, handler, enabled, icon in (
        ("record", tr("Record payment…"), "Ctrl+Shift+R", actions.record, None, "plus"),
        (
            "use",
            tr("Use credit for an invoice…"),
            "Ctrl+U",
            on_it(lambda detail: actions.use_payment(detail.payment)),
            when(has_rest),
            "check",
        ),
        (
            "assign",
            tr("Set customer…"),
            "Ctrl+U",
            on_it(lambda detail: actions.assign(detail.payment)),
            when(is_homeless),
            "customers",
        ),
        (
            "unassign",
            tr("Back to unknown payer"),
            "",
            on_it(lambda detail: actions.unassign(detail.payment)),
            when(is_unused),
            "undo",
        ),
        (
            "receipt",
            tr("Make receipt"),
            "",
            on_it(lambda detail: actions.receipt(detail.payment.id)),
            when(has_receipt),
            "documents",
        ),
        (
            "give_back",
            tr("Give money back…"),
            "",
            on_it(actions.give_back),
            when(can_go_back),
            "arrow-left",
        ),
        (
            "refund",
            tr("Refund through Stripe…"),
            "",
            on_it(lambda detail: actions.refund(detail.payment.id)),
            when(lambda detail: detail.can_be_refunded),
            "arrow-left",
        ),
        (
            "dispute",
            tr("Give the dispute up…"),
            "",
            on_it(
                lambda detail: actions.explain_dispute(
                    detail.payment.id, detail.disputed_minor, detail.payment.currency
                )
            ),
            when(lambda detail: detail.disputed_minor > 0),
            "minus",
        ),
        (
            "undo",
            tr("Undo payment…"),
            "",
            on_it(lambda detail: actions.undo(detail.payment.id)),
            when(lambda detail: detail.payment.can_undo),
            "undo",
        ),
    ):
        commands.add(
            Command(
                f"payment.{name}",
                title,
                tr("Payment"),
                handler,
                (keys,) if keys else (),
                enabled=enabled,
                scope=page,
                icon=icon,
            )
        )
    commands.add(
        Command(
            "payment.search",
            tr("Search payments"),
            tr("Payment"),
            view.search.setFocus,
            ("Ctrl+F",),
            enabled=lambda: not page.shows_bank,
            scope=page,
            icon="search",
        )
    )
    view.side.set_actions(
        [
            commands.action(f"payment.{name}")
            for name in (
                "use",
                "assign",
                "unassign",
                "receipt",
                "give_back",
                "refund",
                "dispute",
                "undo",
            )
        ]
    )
