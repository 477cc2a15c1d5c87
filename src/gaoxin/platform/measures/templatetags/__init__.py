"""Filters of the templates of following up."""
