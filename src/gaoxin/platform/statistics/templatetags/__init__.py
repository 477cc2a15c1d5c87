"""Filters of pages that show figures."""
