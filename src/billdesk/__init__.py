"""BillDesk: desktop billing with Stripe payment links and no server."""

__version__ = "0.1.0"
