"""Characters, numbers and marks of official texts: how they are folded for reading, and written."""
