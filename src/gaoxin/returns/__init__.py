"""Reading returns (xlsx, CSV, Parquet) into tables of figures, and statistical checks on them."""
