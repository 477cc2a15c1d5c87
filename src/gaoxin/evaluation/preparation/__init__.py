"""From figures as reported to figures that can be compared: screening, sizes, outliers, skewed columns (数据准备)."""
