"""Children into their parent (合成), one module per family of methods."""
