"""Steps of the Stripe use cases, from reading an event to its ledger entry."""
