"""The tax and benefit system."""

from pathlib import Path

from openfisca_core.taxbenefitsystems import TaxBenefitSystem

from benchmarks.openfisca_china.entities import Firm
from benchmarks.openfisca_china.reported import REPORTED

HERE = Path(__file__).parent


class China(TaxBenefitSystem):
    def __init__(self) -> None:
        super().__init__([Firm])
        self.add_variables(*REPORTED)
        self.add_variables_from_directory(str(HERE / "variables"))
        self.load_parameters(str(HERE / "parameters"))
