"""The 28 formulas on two small zones, against the plain formulas with their powers of ten.

The expected figures are computed here from the returns alone, in exact fractions, as the back end writes them
(``qj57 / qd01 * 10^4``); nothing of the books is used for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction

import pytest

from books.returns_by_hand import Row, row, table
from gaoxin.engines.duckdb import run
from gaoxin.rulebook.system import System, load_system

# What is not written is 0 (numbers), 1 (codes) or no (flags).
FIRMS: dict[tuple[str, str, str], Row] = {
    # a large manufacturer, intensity 5.7625 %
    ("A", "a1", "2021"): row(
        """
        qb03_1=3911 qb11=yes qb18=3 qb15=1 qb15_2=2021-05-01 qc05_0=600000 qc02=650000 qc12=60000 qc221=3000 qc229=100
        qc225=200 qc120=70000 qc62=20000 qc51=90000 qc61=10000 qc41=1200.5 qc11=100000 qc11_1=2500 qc226=5000 qd01=500
        qd08=200 qd18=60 qd25=3 qd03=12 qj57=10 qj56=25 qj73=40 qj79=15 qj79_2=2 qj57_1=8 qj98_1=1 qj90=1 qj80=30000
        qj33_1=100 qj33_2=200 qj33_3=50 qj33_4=300 qj59=400 qj61=150 qj23_1=30000 qj23_2=10000 qj23_6=500 qj23_7=1500
        qj23_5=1000 qj250=4000 qj251=3000
        """
    ),
    # software, foreign holder, intensity exactly 5 %; listed, but not this year
    ("A", "a2", "2021"): row(
        """
        qb03_1=6510 qb11=yes qb18=5 qb15=12 qb15_2=2019-03-01 qc05_0=100000 qc12=-4000 qc221=500 qc229=-20 qc225=30
        qc120=-3500 qc62=4000 qc51=45000 qc61=1200 qc11=20000 qc11_1=18000 qd01=200 qd08=130 qd18=50 qd25=11 qd03=9
        qj57=3 qj56=9 qj73=12 qj79=4 qj79_2=1 qj57_1=3 qj98_1=1 qj90=2 qj80=12000 qj33_2=70 qj23_1=4000 qj23_2=1000
        """
    ),
    # revenue above 500 million and intensity exactly 5 %: in 5.3, not in 5.7
    ("A", "a3", "2021"): row(
        """
        qb03_1=2710 qb18=1 qb15=1 qb15_2=2021-12-31 qc05_0=800000 qc02=760000 qc12=90000 qc221=6000 qc120=100000
        qc62=30000 qc51=120000 qc61=25000 qc41=3300.25 qc226=1 qd01=900 qd08=300 qd18=40 qj57=1 qj56=2 qj73=5 qj79_2=1
        qj23_1=25000 qj23_2=15000 qj33_4=1000 qj61=20
        """
    ),
    # a shop without revenue and projects; its energy is not industrial, its class of listing is not one
    ("A", "a4", "2021"): row("qb03_1=5212 qb18=2 qb15=11 qb15_2=2021-01-01 qc41=77 qd01=7 qj57_1=1"),
    ("A", "a1", "2020"): row(
        """
        qb03_1=3911 qb11=yes qb18=3 qc05_0=450000 qc02=470000 qc221=2000 qc120=40000 qc62=15000 qc51=70000 qc61=9000
        qd01=420
        """
    ),
    ("A", "a2", "2020"): row("qb03_1=6510 qb18=5 qc05_0=130000 qc120=5000 qc51=40000 qd01=210"),
    # a zone without industry and exports
    ("B", "b1", "2021"): row(
        """
        qb03_1=7310 qb11=yes qb18=3 qb15=13 qc05_0=52000 qc12=2600 qc221=100 qc120=3000 qc62=900 qc51=21000 qc61=300
        qd01=80 qd08=40 qd18=30 qd03=2 qj57=2 qj56=4 qj73=7 qj79=1 qj80=9000 qj23_1=6000 qj23_6=100
        """
    ),
    ("B", "b1", "2020"): row("qb03_1=7310 qb18=3 qc05_0=61000 qc120=2000 qc51=20000 qd01=95"),
    ("B", "b2", "2020"): row("qb03_1=7020 qb11=yes qb18=3 qc05_0=1000 qc120=10 qc51=500 qd01=5"),
}

PROJECTS = [
    row("firm=a1 xmmc=高性能芯片研究 qh21=4 qh31=10 qh32=1 qh36=1 qh40=600.5 qh51=30000"),
    row("firm=a1 xmmc=生产线技术改造 qh21=4 qh31=10 qh32=1 qh36=1 qh40=120 qh51=10000"),
    row("firm=a2 xmmc=数据库内核 qh21=13 qh31=10 qh32=4 qh36=1 qh40=24 qh51=500"),
    row("firm=a3 xmmc=疫苗佐剂开发AB qh21=1 qh31=10 qh32=2 qh36=1 qh40=240 qh51=8000"),
    # each of these fails one part of the rule; without cost they may add no months
    row("firm=a3 xmmc=算法A一二 qh21=4 qh31=10 qh32=1 qh36=1 qh40=1000 qh51=0"),
    row("firm=a3 xmmc=新型材料研究 qh21=4 qh31=30 qh32=1 qh36=1 qh40=1000 qh51=0"),
    row("firm=a3 xmmc=新型材料研究 qh21=4 qh31=10 qh32=1 qh36=4 qh40=1000 qh51=0"),
    row("firm=a3 xmmc=新型材料研究 qh21=4 qh31=10 qh32=5 qh36=1 qh40=1000 qh51=0"),
    row("firm=a3 xmmc=新型材料研究 qh21=2 qh31=10 qh32=1 qh36=1 qh40=1000 qh51=0"),
    row("firm=b1 xmmc=基础数学研究 qh21=4 qh31=10 qh32=1 qh36=1 qh40=30 qh51=100"),
    row("firm=b1 xmmc=成果产业推广 qh21=4 qh31=10 qh32=1 qh36=1 qh40=60 qh51=200"),
]
NOT_RD = ("技改", "改造", "年产", "生产", "打样", "翻样", "产业", "示范", "推广")


def firms(zone: str, year: str) -> Iterator[tuple[str, Row]]:
    return ((firm, row) for (in_zone, firm, when), row in FIRMS.items() if (in_zone, when) == (zone, year))


def value(row: Row, code: str) -> Fraction:
    return Fraction(row.get(code, 0))


def is_rd(project: Row) -> bool:
    name = project["xmmc"]
    return (
        sum(ord(sign) > 127 for sign in name) >= 5
        and not any(word in name for word in NOT_RD)
        and project["qh31"] != "30"
        and project["qh36"] != "4"
        and project["qh32"] in {"1", "2", "3", "4"}
        and project["qh21"] in {"1", "4", "7", "8", "9", "12", "13"}
    )


def projects(firm: str, year: str) -> list[Row]:
    return [project for project in PROJECTS if project["firm"] == firm and year == "2021"]


def value_added(row: Row) -> Fraction:
    v = lambda code: value(row, code)  # noqa: E731
    return v("qc221") - v("qc229") - v("qc225") + v("qc120") + v("qc62") + v("qc51") + v("qc61")


def rd_spending(firm: str, year: str, row: Row) -> Fraction:
    v = lambda code: value(row, code)  # noqa: E731
    base = v("qj23_1") + v("qj23_2") + v("qj23_6") + v("qj23_7") + v("qj23_5") + v("qj251")
    base += (v("qj250") - v("qj251")) * Fraction("0.1")
    total = sum(Fraction(project["qh51"]) for project in projects(firm, year))
    mine = sum(Fraction(project["qh51"]) for project in projects(firm, year) if is_rd(project))
    return base * Fraction(mine) / Fraction(total) if total else Fraction(0)


class Zone:
    """Zone totals of one year, as the formulas name them."""

    def __init__(self, zone: str, year: str) -> None:
        self.rows = [(row, rd_spending(firm, year, row)) for firm, row in firms(zone, year)]
        self.year = year
        months = [p["qh40"] for firm, _ in firms(zone, year) for p in projects(firm, year) if is_rd(p)]
        self.fte = sum((Fraction(m) for m in months), Fraction(0)) / 12

    def __getitem__(self, code: str) -> Fraction:
        return sum((value(row, code) for row, _ in self.rows), Fraction(0))

    def count(self, condition: Callable[[Row, Fraction], bool]) -> int:
        return sum(condition(row, rd) for row, rd in self.rows)

    def total(
        self, of: Callable[[Row, Fraction], Fraction], condition: Callable[[Row, Fraction], bool] = lambda row, rd: True
    ) -> Fraction:
        return sum((of(row, rd) for row, rd in self.rows if condition(row, rd)), Fraction(0))

    @property
    def rd(self) -> Fraction:
        return self.total(lambda row, rd: rd)

    @property
    def added(self) -> Fraction:
        return self.total(lambda row, rd: value_added(row))


def revenue(row: Row, rd: Fraction) -> Fraction:
    return value(row, "qc05_0")


def industrial(row: Row, rd: Fraction = Fraction(0)) -> bool:
    return 6 <= int(row["qb03_1"][:2]) <= 46


def begins(row: Row, *prefixes: str) -> bool:
    return row["qb03_1"].startswith(prefixes)


def domestic(row: Row) -> bool:
    return row["qb18"] in {"1", "2", "3"}


def expected(zone: str) -> dict[str, Fraction | None]:
    z, p = Zone(zone, "2021"), Zone(zone, "2020")
    hnte = lambda row, rd: row.get("qb11") == "yes"  # noqa: E731
    services = (
        "63",
        "64",
        "65",
        "731",
        "732",
        "733",
        "734",
        "735",
        "745",
        "746",
        "7491",
        "7492",
        "751",
        "752",
        "753",
        "772",
    )
    energy, added_industry = (
        z.total(lambda row, rd: value(row, "qc41"), industrial),
        z.total(lambda row, rd: value_added(row), industrial),
    )
    listed = {*map(str, range(1, 11)), "12", "14"}
    return {
        "1.2": z.fte / z["qd01"] * 100,
        "1.3": z.rd / z["qc05_0"] * 100,
        "1.4": z["qj57"] / z["qd01"] * 10**4,
        "1.5": z["qj56"] / z.rd * 10**4,
        "2.1": z.total(revenue, lambda row, rd: begins(row, *services)) / z["qc05_0"] * 100,
        "2.2": (z["qd08"] + z["qd18"]) / z["qd01"] * 100,
        "2.3": z["qj80"] / z["qd01"] / 10,
        "2.4": (z["qc05_0"] - p["qc05_0"]) / 10**5,
        "2.5": z["qc12"] / z["qc05_0"] * 100,
        "2.6": Fraction(z.count(hnte) - p.count(hnte)),
        "2.7": Fraction(z.count(lambda row, rd: value(row, "qc226") > 0)),
        "2.8": (z["qj73"] + z["qj79"]) / z["qc05_0"] * 10**7,
        "2.9": z.added / (z["qc02"] + z.total(revenue, lambda row, rd: value(row, "qc02") == 0)) * 100,
        "3.1": energy / (added_industry / 10) if added_industry else None,
        "3.5": (z["qd01"] - p["qd01"]) / 10**4,
        "3.6": z["qc51"] / z.added * 100,
        "4.1": Fraction(z.count(lambda row, rd: domestic(row) and value(row, "qj90") > 0)),
        "4.2": sum((z[c] for c in ("qj33_1", "qj33_2", "qj33_3", "qj33_4", "qj59", "qj61")), Fraction(0))
        / z["qc05_0"]
        * 100,
        "4.3": Fraction(
            z.count(lambda row, rd: domestic(row) and value(row, "qj79_2") > 0)
            + z.count(lambda row, rd: domestic(row) and value(row, "qj57_1") > 0)
        ),
        "4.4": Fraction(z.count(lambda row, rd: domestic(row) and value(row, "qj98_1") > 0)),
        "4.5": z["qc11_1"] / z["qc11"] * 100 if z["qc11"] else Fraction(0),
        "4.6": z.total(lambda row, rd: value(row, "qc11"), hnte) / z["qc05_0"] * 100,
        "4.7": (z["qd25"] + z["qd03"]) / z["qd01"] * 100,
        "5.2": ((z.added / z["qd01"]) / (p.added / p["qd01"]) - 1) * 100,
        "5.3": z.total(revenue, lambda row, rd: rd * 20 >= value(row, "qc05_0") > 0) / z["qc05_0"] * 100,
        "5.4": z.total(revenue, lambda row, rd: begins(row, "39", "63", "64", "65")) / z["qc05_0"] * 100,
        "5.6": Fraction(
            z.count(lambda row, rd: row.get("qb15", "1") in listed and row.get("qb15_2", "")[:4] == "2021")
        ),
        "5.7": Fraction(z.count(lambda row, rd: value(row, "qc05_0") > 500000 and rd * 20 > value(row, "qc05_0"))),
    }


@pytest.fixture(scope="module")
def system() -> System:
    return load_system("national-2021")


@pytest.fixture(scope="module")
def computed(system: System) -> dict[str, dict[str, Decimal | None]]:
    """Indicators of 2021 by zone and number, through the book and the engine."""
    book = system.book
    assert book is not None
    blank = {}
    for code, item in book.items.items():
        if item.entity == "firm":
            blank[code] = "0" if item.decimals is not None else {"flag": "no", "code": "1"}.get(item.type, "")
    rows = [
        {"zone": zone, "firm": firm, "period": year, **blank, **figures}
        for (zone, firm, year), figures in FIRMS.items()
    ]
    listed = [{"project": f"p{i}", "period": "2021", **project} for i, project in enumerate(PROJECTS)]
    numbers = {node.figure: node.no for node in system.indicators if node.data == "firm"}
    plan = book.compile(targets=list(numbers), periods=["2021"])
    tables = {"firm": table(book, "firm", rows), "project": table(book, "project", listed)}
    with run(plan, tables) as outcome:
        values = outcome.values("zone").to_pylist()
    return {row["zone"]: {no: row[figure] for figure, no in numbers.items()} for row in values}


EXPECTED = {zone: expected(zone) for zone in ("A", "B")}


def test_all_28_indicators_are_computed(system: System, computed: dict[str, dict[str, Decimal | None]]) -> None:
    firm = {node.no for node in system.indicators if node.data == "firm"}
    assert set(computed) == {"A", "B"}
    assert set(computed["A"]) == set(EXPECTED["A"]) == firm
    assert len(firm) == 28


@pytest.mark.parametrize("zone", ["A", "B"])
@pytest.mark.parametrize("no", list(EXPECTED["A"]))
def test_formula_gives_the_figure_of_the_plain_formula(
    computed: dict[str, dict[str, Decimal | None]], zone: str, no: str
) -> None:
    wanted, found = EXPECTED[zone][no], computed[zone][no]
    if wanted is None:
        assert found is None, "division by zero is unknown, not 0"
        return
    assert found is not None
    # shown with 8 decimals; R&D expenditure is summed with 6
    assert abs(Fraction(found) - wanted) <= Fraction(1, 10**6), (float(found), float(wanted))


def test_figures_worked_out_by_hand(computed: dict[str, dict[str, Decimal | None]]) -> None:
    a = computed["A"]
    assert a["2.6"] == 1  # two HNTE, one a year before
    assert a["2.7"] == 2
    assert a["4.3"] == 4  # a1 twice, a3 once, a4 once; a2 is foreign
    assert a["5.6"] == 2  # a1 and a3; a2 was listed in 2019, the class of a4 is not a listing
    assert a["5.7"] == 1  # a1; a3 is at 5 % exactly
    assert a["5.3"] == 100  # a1, a2 and a3, the latter two at 5 % exactly; a4 has no revenue
    assert a["2.4"] == Decimal("9.2")  # 1,500,000 − 580,000 thousand yuan, in 亿元
    assert a["1.4"] == Decimal("87.11885501")  # 14 grants, 1,607 employed
    assert computed["B"]["3.1"] is None
    assert computed["B"]["4.5"] == 0


def test_every_formula_tells_the_zones_apart_or_says_why_not() -> None:
    # a formula that gave a constant would pass unnoticed
    same = {no for no in EXPECTED["A"] if EXPECTED["A"][no] == EXPECTED["B"][no]}
    assert same == set()


def indicators(system: System, rows: list[Row], codes: list[str]) -> dict[str, Decimal | None]:
    assert system.book is not None
    figures = {system.node(no).figure: no for no in codes}
    plan = system.book.compile(targets=list(figures), periods=["2021"])
    rule = "period=2021 xmmc=新型材料研究 qh21=4 qh31=1 qh32=1 qh36=1 qh40=1 qh51=1"
    listed = [row(f"project=p{i} firm={each['firm']} {rule}") for i, each in enumerate(rows)]
    tables = {"firm": table(system.book, "firm", rows), "project": table(system.book, "project", listed)}
    with run(plan, tables) as outcome:
        (zone,) = outcome.values("zone").to_pylist()
    return {no: zone[figure] for figure, no in figures.items()}


@pytest.mark.parametrize(("missing", "known"), [(0, True), (1, True), (2, False)])
def test_a_sum_needs_nineteen_figures_of_twenty(system: System, missing: int, known: bool) -> None:
    rows = [row(f"zone=A firm=f{i} period=2021 qc12=5 qc05_0=100") for i in range(20)]
    for i in range(missing):
        rows[i]["qc12"] = ""
    found = indicators(system, rows, ["2.5"])["2.5"]
    # what is not reported is not made up: the margin is that of the sums that were reported
    assert found == (Decimal(20 - missing) / 4 if known else None)


def test_without_last_year_increases_are_unknown(system: System) -> None:
    rows = [row("zone=A firm=f9 period=2021 qc05_0=100 qd01=10 qb11=yes")]
    assert indicators(system, rows, ["2.4", "2.6", "3.5"]) == {"2.4": None, "2.6": None, "3.5": None}


def test_firms_of_unknown_intensity_count_against_all_firms(system: System) -> None:
    spending = "qj23_2=0 qj23_6=0 qj23_7=0 qj23_5=0 qj250=0 qj251=0"
    rows = [row(f"zone=A firm=f{i} period=2021 qc05_0=100 qj23_1=4.999 {spending}") for i in range(40)]
    rows[0]["qj23_1"] = "5"
    rows[1]["qj23_1"] = rows[2]["qj23_1"] = ""
    assert indicators(system, rows, ["5.3"]) == {"5.3": Decimal("2.5")}, "two of forty unknown: 95 % coverage"
    rows[3]["qj23_1"] = ""
    assert indicators(system, rows, ["5.3"]) == {"5.3": None}
