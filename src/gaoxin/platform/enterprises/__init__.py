"""Firms: credit code, industry, area, membership of zones over time, certificates; import, merge, export."""
