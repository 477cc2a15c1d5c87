"""Following up a notice: its clauses as measures, who owes what, what is late, and whether the figures move."""
