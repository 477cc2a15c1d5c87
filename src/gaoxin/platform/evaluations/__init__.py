"""Evaluations: runs over approved figures, from the request to the published ranking, and the scores of experts."""
