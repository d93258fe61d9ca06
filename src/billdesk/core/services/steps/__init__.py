"""Parts of use cases; each takes the open transaction and never commits."""
