"""The audit: every write with who, when, from where, before, after and why, chained by hash."""
