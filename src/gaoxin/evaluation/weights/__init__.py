"""Weights of the children of one parent (赋权), one module per family of methods.

All functions take ``x`` of shape (units, k), higher is better unless a direction is given, NaN is missing, and give
weights ≥ 0 that sum to 1. An only child has weight 1 whatever the method. ``derive.derive`` is the way from a
specification to weights; ``benefit_of_the_doubt`` is apart, because there every unit has weights of its own.
"""
