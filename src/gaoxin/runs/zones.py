"""Which zones may report in a run: the registers that ship, a register of the user's own, or any."""

from __future__ import annotations

import pyarrow as pa

from gaoxin.problems import InputError, Problem
from gaoxin.registers import load_register
from gaoxin.returns import read_table
from gaoxin.words import Text

ANY = "any"
SHIPPED = "shipped"

_SHIPPED = (("zones-national-2018", "code8", "name"), ("zones-shanghai-2018", "code8", "name"))


def zone_register(choice: str = SHIPPED) -> dict[str, str]:
    """Codes and names of the zones that may report; empty when any may.

    ``choice`` is ``shipped`` (GB/T 37028-2018: national high-tech zones and all zones of Shanghai), ``any``, or the
    path of a table whose first column is the code and whose second is the name.
    """
    if choice == ANY:
        return {}
    if choice == SHIPPED:
        return {row[key]: row[name] for register, key, name in _SHIPPED for row in load_register(register).rows}
    table = read_table(choice).table
    if table.num_columns < 2:
        problem = Problem(
            "zones.columns",
            "error",
            Text("园区名录至少要有代码和名称两列", "a register of zones has a code and a name"),
            Text("第一列代码，第二列名称", "first column: code; second column: name"),
            file=choice,
        )
        raise InputError([problem])
    codes, names = (table.column(i).cast(pa.string()).to_pylist() for i in range(2))
    return {code: name or code for code, name in zip(codes, names, strict=True) if code}
