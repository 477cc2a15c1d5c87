"""The ``gaoxin`` command, one module per command."""
