"""The practice company's outside world: a loopback Stripe with a payable page, and a mail catcher.

Everything listens on 127.0.0.1 only. Nothing here knows the application: it imports neither
core nor ui, so it can stand in for Stripe honestly.
"""

from billdesk.sandbox.clock import SandboxClock
from billdesk.sandbox.faults import Fault
from billdesk.sandbox.mail import CaughtMail, MailCatcher
from billdesk.sandbox.server import (
    PRACTICE_KEY,
    Exchange,
    SandboxDeclined,
    SandboxLinkInactive,
    StripeSandbox,
)
from billdesk.sandbox.world import StripeWorld

__all__ = [
    "PRACTICE_KEY",
    "CaughtMail",
    "Exchange",
    "Fault",
    "MailCatcher",
    "SandboxClock",
    "SandboxDeclined",
    "SandboxLinkInactive",
    "StripeSandbox",
    "StripeWorld",
]
