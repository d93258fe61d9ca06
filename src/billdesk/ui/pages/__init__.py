"""The places of the window. Pages do not import one another."""
