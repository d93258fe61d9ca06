"""Connecting Stripe, screen by screen: what a key is, paste it, see what it may do, connect."""
