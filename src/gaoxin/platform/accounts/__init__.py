"""People: their accounts, the roles they hold at places, their tokens for the API, how they sign in."""
