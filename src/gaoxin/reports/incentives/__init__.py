"""Reports on incentives: Word of one firm; workbook and page of a simulation."""
