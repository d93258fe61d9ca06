"""The local core of billing: no Qt below this package."""
