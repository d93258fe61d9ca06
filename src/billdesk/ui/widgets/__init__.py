"""Reusable widgets in BillDesk's look. They know nothing of invoices."""
