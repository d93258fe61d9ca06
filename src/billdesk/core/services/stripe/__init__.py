"""Card payments: connecting the account, links and cards, and booking what Stripe tells."""
