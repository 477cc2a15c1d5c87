"""Form GQ-003 of the sample: personnel. Parts never exceed their whole."""

from __future__ import annotations

import numpy as np

from gaoxin.samples.draw import Draw, Floats, Ints, part
from gaoxin.samples.firms import Firms, Year


def fill_staff(firms: Firms, year: Year, draw: Draw) -> dict[str, Ints]:
    """Items qd01 … qd36 of every firm of the block in one year."""
    n, staff = firms.n, year.staff
    industrial = firms.industrial

    def some(share: Floats | float, of: Ints, most: Ints | None = None) -> Ints:
        """A share of ``of`` in whole persons, at most ``most`` (by default all of them)."""
        return np.minimum(draw.whole(of * share), of if most is None else most)

    technical = np.where(industrial, 0.22, 0.46) * firms.education
    technical = np.where(firms.of("trade") > 0.5, 0.20, technical)
    bachelors = some(np.minimum(technical, 0.7), staff)
    bachelors = np.where((staff > 20) & (bachelors == 0), 1, bachelors)
    doctors = some(0.010 * firms.education, staff, staff - bachelors)
    masters = some(np.where(industrial, 0.04, 0.10) * firms.education, staff, staff - bachelors - doctors)
    college = some(0.22, staff, staff - bachelors - doctors - masters)
    returnees = some(0.008 * firms.education, staff)
    returnees = np.where((staff > 1000) & (returnees == 0), 1, returnees)
    hired = np.maximum(staff - year.staff_before, 0) + some(0.08, staff)
    graduates = some(0.22, hired)
    skilled = some(np.where(industrial, 0.34, 0.06), staff)
    grades: list[Ints] = []
    left = skilled
    for share in (0.01, 0.04, 0.12, 0.20, 0.25):
        grade = some(share, skilled, left)
        grades.append(grade)
        left = left - grade
    return {
        "qd01": staff,
        "qd03": returnees,
        "qd25": some(0.003, staff),
        "qd21": some(0.0004, staff),
        "qd26": hired,
        "qd14": graduates,
        "qd14_0": some(np.where(firms.researching, 0.35, 0.02), graduates),
        "qd05": np.maximum((staff + np.where(year.staff_before > 0, year.staff_before, staff)) // 2, 1),
        "qd18": doctors + masters,
        "qd06": doctors,
        "qd07": masters,
        "qd08": bachelors,
        "qd09": college,
        "qd31": skilled,
        "qd32": grades[0],
        "qd33": grades[1],
        "qd34": grades[2],
        "qd35": grades[3],
        "qd36": grades[4],
        "qd27": np.maximum(part(staff, draw.between(0.05, 0.12, n)), 1),
        "qd28": part(staff, draw.between(0.10, 0.35, n)),
    }
