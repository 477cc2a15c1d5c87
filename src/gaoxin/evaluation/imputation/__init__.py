"""Missing values filled by a stated rule (缺失值填补), one module per family of methods."""
