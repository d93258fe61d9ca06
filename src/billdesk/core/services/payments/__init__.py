"""Money received by hand, what it settles, and what becomes of the rest."""

from billdesk.core.domain.movements import MONEY_ACCOUNT
from billdesk.core.services.payments.allocations import AllocationService
from billdesk.core.services.payments.deductions import DeductionInput, DeductionService
from billdesk.core.services.payments.inputs import PaymentInput, Share
from billdesk.core.services.payments.payouts import PayoutInput, PayoutService
from billdesk.core.services.payments.refund_orders import RefundOrder, RefundOrderService
from billdesk.core.services.payments.refunds import RefundInput, RefundService
from billdesk.core.services.payments.service import PaymentService

__all__ = [
    "MONEY_ACCOUNT",
    "AllocationService",
    "DeductionInput",
    "DeductionService",
    "PaymentInput",
    "PaymentService",
    "PayoutInput",
    "PayoutService",
    "RefundInput",
    "RefundOrder",
    "RefundOrderService",
    "RefundService",
    "Share",
]
