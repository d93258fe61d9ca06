"""Documents that recur: templates, and what becomes of their periods."""

from billdesk.core.services.recurring.runs import Made, RecurringRunService
from billdesk.core.services.recurring.templates import RecurringInput, RecurringService

__all__ = ["Made", "RecurringInput", "RecurringRunService", "RecurringService"]
