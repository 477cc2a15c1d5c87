"""Who a row is about and when: credit codes, zones of the register, periods."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache
from pathlib import PurePath

import numpy as np
import stdnum.cn.uscc
from stdnum.exceptions import InvalidChecksum, InvalidFormat, InvalidLength

from gaoxin.credit_codes import LENGTH, are_valid
from gaoxin.returns.cells import narrow
from gaoxin.returns.headings import plain_name
from gaoxin.rulebook.periods import Frequency
from gaoxin.words import Text

TOTALS = frozenset({"合计", "总计", "小计", "共计", "total", "sum", "subtotal"})
ORDINALS = frozenset({"甲", "乙", "丙", "丁"})

_YEAR_IN_NAME = re.compile(r"(?<![0-9])(20[0-9]{2}|19[0-9]{2})(?![0-9])")
_PERIODS: Mapping[Frequency, tuple[re.Pattern[str], ...]] = {
    "year": (re.compile(r"([1-9]\d{3})\s*(?:年|年度)?"), re.compile(r"([1-9]\d{3})-12(?:-31)?")),
    "quarter": (
        re.compile(r"([1-9]\d{3})\s*[-年]?\s*[Qq]\s*([1-4])"),
        re.compile(r"([1-9]\d{3})\s*年?\s*第?([1-4一二三四])\s*季度?"),
    ),
    "month": (
        re.compile(r"([1-9]\d{3})\s*[-/.年]\s*(0?[1-9]|1[0-2])\s*月?(?:-\d{1,2})?"),
        re.compile(r"([1-9]\d{3})(0[1-9]|1[0-2])"),
    ),
}
_CHINESE = {"一": "1", "二": "2", "三": "3", "四": "4"}


def credit_code(text: str) -> str:
    """A unified social credit code as it is kept: ASCII capitals without spaces or hyphens.

    >>> credit_code("9111 0000-600037341l")
    '91110000600037341L'
    """
    return narrow(text).replace(" ", "").replace("-", "").upper()


def credit_code_faults(codes: Sequence[str]) -> dict[str, Text]:
    """What is wrong with each of the codes that are not valid credit codes.

    The arithmetic is done for all codes at once; python-stdnum says what is wrong with those that do not pass.

    >>> credit_code_faults(["91110000600037341L", "91110000600037341M"])["91110000600037341M"].en
    'the check character (the last one) does not fit the code'
    """
    sized = [code for code in codes if len(code) == LENGTH and code.isascii()]
    characters = np.frombuffer("".join(sized).encode(), dtype=np.uint8).reshape(-1, LENGTH)
    fine = {code for code, valid in zip(sized, are_valid(characters).tolist(), strict=True) if valid}
    return {code: _credit_code_fault(code) for code in codes if code not in fine}


def _credit_code_fault(code: str) -> Text:
    try:
        stdnum.cn.uscc.validate(code)
    except InvalidLength:
        pass
    except InvalidChecksum:
        return Text("校验码（末位）与代码不符", "the check character (the last one) does not fit the code")
    except InvalidFormat:
        return Text(
            "含有统一社会信用代码不用的字符（前 8 位为数字，不用 I、O、S、V、Z）",
            "it holds characters that credit codes do not use (eight digits first; never I, O, S, V, Z)",
        )
    return Text(
        f"统一社会信用代码应为 {LENGTH} 位，这里有 {len(code)} 位",
        f"a credit code has {LENGTH} characters, this has {len(code)}",
    )


CREDIT_CODE_REMEDY = Text(
    "请对照营业执照改正；如代码被 Excel 当作数字存储，请将该列设为“文本”后重填",
    "correct it from the business licence; if Excel holds it as a number, format the column as text and retype it",
)


@lru_cache(maxsize=4096)
def read_period(text: str, frequency: Frequency) -> str | None:
    """The period as gaoxin writes it, or None when the text is no period of this frequency.

    >>> read_period("2025年", "year"), read_period("2025年第三季度", "quarter"), read_period("2025年8月", "month")
    ('2025', '2025-Q3', '2025-08')
    """
    plain = narrow(text)
    for pattern in _PERIODS[frequency]:
        match = pattern.fullmatch(plain)
        if match is None:
            continue
        if frequency == "year":
            return match[1]
        part = _CHINESE.get(match[2], match[2])
        return f"{match[1]}-Q{part}" if frequency == "quarter" else f"{match[1]}-{int(part):02d}"
    return None


def year_in_name(file: str, sheet: str | None) -> str | None:
    """The one year that the name of the sheet, the file or its folder mentions.

    >>> year_in_name("returns/2024/firms.csv", None), year_in_name("firms_20250804.csv", None)
    ('2024', None)
    """
    path = PurePath(file)
    for name in (sheet or "", path.stem, path.parent.name):
        years = set(_YEAR_IN_NAME.findall(name))
        if len(years) == 1:
            return str(years.pop())
    return None


class Register:
    """The zones that may report, by code and by name.

    ``names`` maps codes to names. An empty register accepts every zone as it is written.
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = dict(names)
        self._codes = {plain_name(name): code for code, name in names.items()}
        self._codes.update({plain_name(code): code for code in names})

    def find(self, text: str) -> str | None:
        """Code of the zone called ``text`` (its code or its name), or None when the register does not have it."""
        if not self.names:
            return narrow(text)
        return self._codes.get(plain_name(text))

    def close_to(self, text: str) -> list[str]:
        """Zones of the register that ``text`` may have been meant to be, as ``code name``."""
        wanted = plain_name(text)
        close = [known for known in self._codes if wanted and (wanted in known or known in wanted)]
        close += get_close_matches(wanted, list(self._codes), n=6, cutoff=0.6)
        zones = dict.fromkeys(self._codes[known] for known in close)
        return [f"{zone} {self.names[zone]}" for zone in zones][:3]
