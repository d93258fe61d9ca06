"""The practice company: everything real except the money."""
