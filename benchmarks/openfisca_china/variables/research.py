"""R&D super-deduction."""

# ruff: noqa: N801, N805 - OpenFisca's way to write variables

from benchmarks.openfisca_china.entities import Firm
from numpy import maximum, minimum, round, where  # noqa: A004
from openfisca_core.periods import YEAR
from openfisca_core.variables import Variable


class rd_own(Variable):
    value_type = float
    entity = Firm
    definition_period = YEAR
    label = "Own R&D, other related costs capped"

    def formula(firm, period, parameters):
        classes = ("rd_personnel", "rd_input", "rd_depreciation", "rd_amortisation", "rd_design")
        core = sum(firm(name, period) for name in classes)
        share = parameters(period).research.other_share
        return core + minimum(firm("rd_other", period), round(core * share / (1 - share), 2))


class rd_domestic_allowed(Variable):
    value_type = float
    entity = Firm
    definition_period = YEAR
    label = "R&D commissioned at home that counts"

    def formula(firm, period, parameters):
        counts = firm("rd_commissioned_domestic", period) * parameters(period).research.commissioned_share
        return where(firm("rd_domestic_registered", period), counts, 0)


class rd_overseas_allowed(Variable):
    value_type = float
    entity = Firm
    definition_period = YEAR
    label = "R&D commissioned overseas that counts"

    def formula(firm, period, parameters):
        counts = firm("rd_commissioned_overseas", period) * parameters(period).research.commissioned_share
        cap = round((firm("rd_own", period) + firm("rd_domestic_allowed", period)) * 2 / 3, 2)
        return where(firm("rd_overseas_registered", period), minimum(counts, cap), 0)


class rd_base(Variable):
    value_type = float
    entity = Firm
    definition_period = YEAR
    label = "Base of the super-deduction"

    def formula(firm, period):
        counted = firm("rd_own", period) + firm("rd_domestic_allowed", period) + firm("rd_overseas_allowed", period)
        taken = firm("rd_from_non_taxable", period) + firm("rd_capitalised", period)
        added = firm("rd_intangible_amortisation", period)
        return maximum(counted - taken + added - firm("rd_special_income", period), 0)


class rd_super_deduction(Variable):
    value_type = bool
    entity = Firm
    definition_period = YEAR
    label = "Entitled to the super-deduction"

    def formula(firm, period, parameters):
        method = firm("collection_method", period)
        revenue = firm("total_revenue", period) - firm("non_taxable_income", period) - firm("investment_income", period)
        most = revenue * parameters(period).research.excluded_share
        return (
            (method == method.possible_values.audited)
            * firm("resident", period)
            * (firm("excluded_industry_revenue", period) <= most)
            * (firm("rd_base", period) > 0)
        )


class rd_super_deduction_amount(Variable):
    value_type = float
    entity = Firm
    definition_period = YEAR
    label = "Super-deduction"

    def formula(firm, period, parameters):
        rates = parameters(period).research
        rate = where(firm("ic_machine_tool_listed", period), rates.rate_machine_tools, rates.rate)
        return where(firm("rd_super_deduction", period), firm("rd_base", period) * rate, 0)
