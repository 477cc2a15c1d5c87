"""Zones and parks: level, class, area, boundary, leading industries, and what happened to them over time."""
