"""Use cases of documents besides plain invoices: quotes, credit notes, and what is made of them."""
