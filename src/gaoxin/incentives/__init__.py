"""Incentives for firms: who is entitled to what, why, how much, and what would change it."""
