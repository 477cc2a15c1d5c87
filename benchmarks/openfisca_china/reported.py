"""Figures that firms report."""

from openfisca_core.indexed_enums import Enum
from openfisca_core.periods import YEAR
from openfisca_core.variables import Variable

from benchmarks.openfisca_china.entities import Firm


class CollectionMethod(Enum):
    audited = "By accounts"
    deemed = "By estimate"


class ShareMethod(Enum):
    revenue = "By sales"
    cost = "By actual cost"


MONEY = (
    "taxable_income", "total_revenue", "non_taxable_income", "investment_income", "excluded_industry_revenue",
    "rd_personnel", "rd_input", "rd_depreciation", "rd_amortisation", "rd_design", "rd_other",
    "rd_commissioned_domestic", "rd_commissioned_overseas", "rd_from_non_taxable", "rd_capitalised",
    "rd_intangible_amortisation", "rd_special_income", "staff_average", "assets_average", "tech_transfer_income",
    "sw_sales", "sw_embedded_combined", "sw_hardware_own_price", "sw_output_tax", "sw_input_tax", "sw_input_shared",
    "sw_vat_all_sales", "sw_vat_cost", "sw_vat_all_cost",
)  # fmt: skip
FLAGS = (
    "hnte", "resident", "rd_domestic_registered", "rd_overseas_registered", "ic_machine_tool_listed",
    "restricted_industry", "tt_separate_accounts", "vat_small_scale", "sw_separate_costs", "sw_test_report",
    "sw_certificate",
)  # fmt: skip


def reported(name: str, value_type: type) -> type[Variable]:
    fields = {
        "value_type": value_type,
        "entity": Firm,
        "definition_period": YEAR,
        "label": name,
        "__module__": __name__,
    }
    return type(name, (Variable,), fields)


class collection_method(Variable):  # noqa: N801
    value_type = Enum
    possible_values = CollectionMethod
    default_value = CollectionMethod.audited
    entity = Firm
    definition_period = YEAR
    label = "How the tax is assessed"


class sw_share_method(Variable):  # noqa: N801
    value_type = Enum
    possible_values = ShareMethod
    default_value = ShareMethod.revenue
    entity = Firm
    definition_period = YEAR
    label = "How input VAT that cannot be attributed is apportioned"


REPORTED = [
    *(reported(name, float) for name in MONEY),
    *(reported(name, bool) for name in FLAGS),
    collection_method,
    sw_share_method,
]
