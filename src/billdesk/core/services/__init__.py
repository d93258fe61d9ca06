"""Use cases: one public method, one transaction. Steps they share are in ``steps``."""
