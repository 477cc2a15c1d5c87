"""Dynamic adjustment: what the rules propose for published evaluations, and the procedure in which people decide."""
