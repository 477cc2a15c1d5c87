"""Every write of statistics, one module for each stage of a return."""
