"""Enterprise income tax: statutory rate, small low-profit enterprises, technology transfer, high-tech enterprises."""

# ruff: noqa: N801, N805 - OpenFisca's way to write variables

from benchmarks.openfisca_china.entities import Firm
from numpy import logical_not, maximum, minimum, where
from openfisca_core.periods import YEAR
from openfisca_core.variables import Variable


class cit_at_standard_rate(Variable):
    value_type = float
    entity = Firm
    definition_period = YEAR
    label = "Tax at the statutory rate"

    def formula(firm, period, parameters):
        return maximum(firm("taxable_income", period), 0) * parameters(period).income_tax.standard_rate


class small_low_profit(Variable):
    value_type = bool
    entity = Firm
    definition_period = YEAR
    label = "Small low-profit enterprise"

    def formula(firm, period, parameters):
        tax = parameters(period).income_tax
        return (
            logical_not(firm("restricted_industry", period))
            * (firm("taxable_income", period) <= tax.small_income_cap)
            * (firm("staff_average", period) <= tax.small_staff_cap)
            * (firm("assets_average", period) <= tax.small_assets_cap)
        )


class cit_small_tax(Variable):
    value_type = float
    entity = Firm
    definition_period = YEAR
    label = "Tax as a small low-profit enterprise"

    def formula(firm, period, parameters):
        tax, income = parameters(period).income_tax, firm("taxable_income", period)
        low = maximum(minimum(income, tax.small_low_bracket), 0) * tax.small_rate_low
        high = maximum(income - tax.small_low_bracket, 0) * tax.small_rate_high
        return low + high + firm("tt_half_in_income", period) * (tax.standard_rate - tax.small_rate_low)


class small_low_profit_amount(Variable):
    value_type = float
    entity = Firm
    definition_period = YEAR
    label = "Tax saved as a small low-profit enterprise"

    def formula(firm, period):
        saved = firm("cit_at_standard_rate", period) - firm("cit_small_tax", period)
        return where(firm("small_low_profit", period), saved, 0)


class cit_small_or_standard(Variable):
    value_type = float
    entity = Firm
    definition_period = YEAR
    label = "Tax due as a small low-profit enterprise or at the statutory rate"

    def formula(firm, period):
        small, standard = firm("cit_small_tax", period), firm("cit_at_standard_rate", period)
        return where(firm("small_low_profit", period), small, standard)


class tech_transfer_cit(Variable):
    value_type = bool
    entity = Firm
    definition_period = YEAR
    label = "Entitled to the relief of technology transfer income"

    def formula(firm, period):
        there = firm("tech_transfer_income", period) > 0
        return firm("resident", period) * firm("tt_separate_accounts", period) * there


class tech_transfer_cit_amount(Variable):
    value_type = float
    entity = Firm
    definition_period = YEAR
    label = "Technology transfer income that is not taxed"

    def formula(firm, period, parameters):
        tax, income = parameters(period).income_tax, firm("tech_transfer_income", period)
        excess = maximum(income - tax.transfer_exempt_limit, 0)
        relief = minimum(income, tax.transfer_exempt_limit) + excess * tax.transfer_halved_share
        return where(firm("tech_transfer_cit", period), relief, 0)


class tt_half_in_income(Variable):
    value_type = float
    entity = Firm
    definition_period = YEAR
    label = "Halved transfer income that taxable income contains"

    def formula(firm, period, parameters):
        tax = parameters(period).income_tax
        excess = maximum(firm("tech_transfer_income", period) - tax.transfer_exempt_limit, 0)
        half = minimum(excess * (1 - tax.transfer_halved_share), maximum(firm("taxable_income", period), 0))
        return where(firm("tech_transfer_cit", period), half, 0)


class cit_hnte_tax(Variable):
    value_type = float
    entity = Firm
    definition_period = YEAR
    label = "Tax as a high-tech enterprise"

    def formula(firm, period, parameters):
        tax = parameters(period).income_tax
        income = maximum(firm("taxable_income", period), 0)
        return income * tax.hnte_rate + firm("tt_half_in_income", period) * (tax.standard_rate - tax.hnte_rate)


class hnte_reduced_rate_amount(Variable):
    value_type = float
    entity = Firm
    definition_period = YEAR
    label = "Tax saved as a high-tech enterprise"

    def formula(firm, period):
        saved = firm("cit_at_standard_rate", period) - firm("cit_hnte_tax", period)
        return where(firm("hnte", period), saved, 0)
