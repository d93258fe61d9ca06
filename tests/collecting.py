"""How often programs of the tests look for rubbish."""

# Looking after every few hundred objects takes up to a tenth of their time.
SELDOM = (50_000, 20, 50)
