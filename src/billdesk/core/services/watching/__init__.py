"""How the outside services fare: each one's state, and the figures of the Health page."""
