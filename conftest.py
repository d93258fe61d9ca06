"""Tells pytest about the suites' budgets; everything else is in tests/."""

pytest_plugins = ["budget_plugin"]
