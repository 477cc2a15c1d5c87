"""Who may do what where: roles, the table of permissions, and the reader whose sight limits every query."""
