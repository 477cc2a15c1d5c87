"""VAT refund of software products."""

# ruff: noqa: N801, N805 - OpenFisca's way to write variables

from benchmarks.openfisca_china.entities import Firm
from numpy import divide, logical_not, maximum, round, where, zeros_like  # noqa: A004
from openfisca_core.periods import YEAR
from openfisca_core.variables import Variable


class sw_vat_sales(Variable):
    value_type = float
    entity = Firm
    definition_period = YEAR
    label = "Sales of software, embedded software included"

    def formula(firm, period):
        combined = firm("sw_embedded_combined", period)
        embedded = maximum(combined - firm("sw_hardware_own_price", period), 0)
        return firm("sw_sales", period) + where(combined == 0, 0, embedded)


class sw_input_apportioned(Variable):
    value_type = float
    entity = Firm
    definition_period = YEAR
    label = "Share of the input VAT that cannot be attributed"

    def formula(firm, period):
        shared, method = firm("sw_input_shared", period), firm("sw_share_method", period)
        by_sales = method == method.possible_values.revenue
        part = where(by_sales, firm("sw_vat_sales", period), firm("sw_vat_cost", period))
        whole = where(by_sales, firm("sw_vat_all_sales", period), firm("sw_vat_all_cost", period))
        return round(divide(shared * part, whole, out=zeros_like(shared), where=whole != 0), 2)


class sw_payable(Variable):
    value_type = float
    entity = Firm
    definition_period = YEAR
    label = "VAT payable on software"

    def formula(firm, period):
        taken = firm("sw_input_tax", period) + firm("sw_input_apportioned", period)
        return maximum(firm("sw_output_tax", period) - taken, 0)


class software_vat_refund(Variable):
    value_type = bool
    entity = Firm
    definition_period = YEAR
    label = "Entitled to the refund"

    def formula(firm, period, parameters):
        free = firm("sw_vat_sales", period) * parameters(period).software.burden
        return (
            logical_not(firm("vat_small_scale", period))
            * firm("sw_test_report", period)
            * firm("sw_certificate", period)
            * ((firm("sw_embedded_combined", period) == 0) + firm("sw_separate_costs", period))
            * (firm("sw_payable", period) > free)
        )


class software_vat_refund_amount(Variable):
    value_type = float
    entity = Firm
    definition_period = YEAR
    label = "Refund"

    def formula(firm, period, parameters):
        free = firm("sw_vat_sales", period) * parameters(period).software.burden
        return where(firm("software_vat_refund", period), maximum(firm("sw_payable", period) - free, 0), 0)
