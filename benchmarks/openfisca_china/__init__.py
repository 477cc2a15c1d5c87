"""An OpenFisca country package: the six incentives that ``benchmarks.openfisca_incentives`` compares, for 2024.

Written the way OpenFisca asks for: parameters as dated YAML, one variable per figure, formulas on whole arrays.
"""
