"""Reading returns (xlsx, CSV, Parquet) into tables of figures, and statistical checks on them."""

from gaoxin.returns.figures import EntityFigures, Figures, Origin
from gaoxin.returns.reading import read_returns
from gaoxin.returns.tables import GivenTable, read_table

__all__ = ["EntityFigures", "Figures", "GivenTable", "Origin", "read_returns", "read_table"]
