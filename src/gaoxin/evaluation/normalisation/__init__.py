"""Indicators brought to one scale (无量纲化): the step, its methods, and the scales they are fitted to."""
