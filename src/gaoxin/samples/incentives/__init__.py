"""Synthetic firms with the figures that incentives ask for, at any scale; everything says that it is synthetic."""

from gaoxin.samples.incentives.files import write_firms
from gaoxin.samples.incentives.firms import MOST_FIRMS, firm_blocks, schema

__all__ = ["MOST_FIRMS", "firm_blocks", "schema", "write_firms"]
