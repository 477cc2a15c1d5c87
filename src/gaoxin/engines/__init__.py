"""Engines that run a compiled plan over tables of figures."""
