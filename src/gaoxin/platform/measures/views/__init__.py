"""Pages: notices and their clauses, one measure, and the ways to look at all of them."""
