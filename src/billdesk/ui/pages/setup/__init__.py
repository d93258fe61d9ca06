"""First start: from nothing to the first invoice in under two minutes."""
