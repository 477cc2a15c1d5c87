"""What is made of a notice that was read: JSON, the list of measures, the workbook, a comparison."""
