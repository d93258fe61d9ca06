"""Where money goes, asked from the payments, a document or a customer."""
