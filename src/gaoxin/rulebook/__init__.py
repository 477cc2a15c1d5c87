"""Dated, cited expressions over reported figures: load, check, type, compile, explain."""
