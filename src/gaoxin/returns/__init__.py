"""Reading returns (xlsx, CSV, Parquet) into tables of figures, and statistical checks on them."""

from gaoxin.returns.figures import EntityFigures, Figures, Origin
from gaoxin.returns.reading import read_returns

__all__ = ["EntityFigures", "Figures", "Origin", "read_returns"]
