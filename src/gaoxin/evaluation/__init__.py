"""Composite indicators on NumPy arrays, one module per step of the method."""
