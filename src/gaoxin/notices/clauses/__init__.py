"""Clauses and tables: the tree of a notice, and which statement belongs to which of them."""
