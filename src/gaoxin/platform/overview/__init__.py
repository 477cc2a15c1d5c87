"""The overview: main figures with their trend, how far reporting is, the latest ranking, warnings, and a map.

``parts`` gathers what each app says, limited to what the reader may see; ``drawing`` and ``maps`` make the charts.
"""
