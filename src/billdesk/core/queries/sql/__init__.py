"""How the read side asks the database: Core selects of one company, no ORM objects."""
