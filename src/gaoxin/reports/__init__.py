"""Renderings of a run: workbook, page, Word report, charts."""
