"""Billing rules as plain Python: standard library only, no input or output."""
