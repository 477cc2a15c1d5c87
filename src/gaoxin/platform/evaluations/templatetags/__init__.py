"""Filters of the pages of evaluations."""
