import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaoxin.evaluation.diagnosis.contributions import contributions
from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.index import evaluate, evaluate_by_group
from gaoxin.evaluation.method import (
    Aggregation,
    Imputation,
    Method,
    Normalisation,
    Screening,
    Treatment,
    Weighting,
)
from gaoxin.evaluation.rank import rank
from gaoxin.evaluation.structure import Hierarchy
from gaoxin.evaluation.weights.benefit_of_the_doubt import benefit_of_the_doubt
from gaoxin.evaluation.weights.derive import derive

NAN = float("nan")
DENOMINATORS = ("Area", "Energy", "GDP", "Population")


def close(actual, expected, tolerance=1e-12):
    """Relative to max(1, |x|), missing in the same cells."""
    np.testing.assert_array_equal(np.isnan(actual), np.isnan(expected))
    there = ~np.isnan(expected)
    assert (np.abs(actual - expected)[there] <= tolerance * np.maximum(1, np.abs(expected[there]))).all()


def by_level(*methods):
    return tuple(Aggregation(method=m) for m in methods)


def two_level(weights=None, directions=None):
    return Hierarchy.build(
        {"a": "P", "b": "P", "c": "Q", "d": "Q", "P": "I", "Q": "I", "I": None}, weights=weights, directions=directions
    )


# --- the reference chain -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def default_chain(asem):
    of = [asem.metadata[code]["Denominator"] for code in asem.indicators]
    return evaluate(
        asem.values("00_iData"),
        asem.hierarchy,
        Method(imputation=Imputation(method="group_mean"), treatment=Treatment(method="winsorise_then_log")),
        units=asem.units,
        groups=asem.attribute("EurAsia_group"),
        denominators=asem.values("00_iData", DENOMINATORS),
        denominator_of=[DENOMINATORS.index(d) if d else None for d in of],
    )


@pytest.mark.parametrize(
    ("step", "table"),
    [
        ("raw", "01_step_Raw"),
        ("denominated", "01_step_Denominated"),
        ("imputed", "01_step_Imputed"),
        ("treated", "01_step_Treated"),
        ("normalised", "02_norm_minmax_0_100"),
    ],
)
def test_asem_every_step_of_the_chain(asem, default_chain, step, table):
    close(getattr(default_chain, step), asem.values(table))


def test_asem_scores_of_all_nodes_and_ranks(asem, default_chain):
    close(default_chain.scores, asem.values("01_step_Aggregated", asem.hierarchy.codes))
    at = asem.units.index
    assert default_chain.index[at("CHE")] == pytest.approx(68.3837, abs=5e-5)
    assert [asem.units[i] for i in np.argsort(default_chain.ranks[:, -1])[:3]] == ["CHE", "NLD", "DNK"]
    for level, code in enumerate(("Index", "Conn", "Sust")):
        summary = asem.table("07_unit_summary_GBR")
        place = summary.text("Code").index(code)
        node = asem.hierarchy.position(code)
        assert default_chain.scores[at("GBR"), node] == pytest.approx(float(summary.text("Score")[place]), rel=1e-12)
        assert default_chain.ranks[at("GBR"), node] == float(summary.text("Rank")[place]), level


def test_asem_what_was_done_is_on_record(asem, default_chain):
    assert default_chain.filled.sum() == 65
    assert default_chain.changed.sum() == 35
    steps = {note.step for note in default_chain.notes}
    assert steps == {"denominate", "impute", "treat"}
    lost = [note for note in default_chain.notes if note.step == "denominate"]
    assert {note.nodes[0] for note in lost} == {"Elec", "Gas"}
    assert all(note.units == ("LAO",) for note in lost)


def test_asem_ranks_inside_groups(asem, default_chain):
    europe = np.array(default_chain.groups) == "Europe"
    np.testing.assert_array_equal(default_chain.group_ranks[europe], rank(default_chain.scores[europe]))
    np.testing.assert_array_equal(default_chain.group_ranks[~europe], rank(default_chain.scores[~europe]))


MEANS = [
    ("amean", by_level("arithmetic")),
    ("gmean", by_level("geometric")),
    ("hmean", by_level("harmonic")),
    *((f"genmean_p{p:g}", (Aggregation(method="generalised", power=p),)) for p in (-2, -1, 0.5, 1, 2, 3)),
    ("copeland_all_levels", by_level("copeland")),
    ("am_am_copeland", by_level("arithmetic", "arithmetic", "copeland")),
    ("copeland_am_am", by_level("copeland", "arithmetic", "arithmetic")),
]


@pytest.mark.parametrize(("name", "aggregation"), MEANS, ids=[name for name, _ in MEANS])
def test_asem_aggregation_level_by_level(asem, name, aggregation):
    done = evaluate(
        asem.values("01_step_Treated"),
        asem.hierarchy,
        Method(normalisation=Normalisation(low=1, high=100), aggregation=aggregation),
        units=asem.units,
    )
    close(done.scores, asem.values(f"03_agg_{name}", asem.hierarchy.codes))


@pytest.mark.parametrize("name", ["amean", "hmean"])
def test_asem_unequal_weights(asem, name):
    given = asem.table("03_weights_unequal")
    weights = dict(zip(given.text("iCode"), map(float, given.text("Weight")), strict=True))
    done = evaluate(
        asem.values("01_step_Treated"),
        asem.hierarchy,
        Method(
            normalisation=Normalisation(low=1, high=100),
            aggregation=by_level("arithmetic" if name == "amean" else "harmonic"),
        ),
        units=asem.units,
        weights=[weights[code] for code in asem.hierarchy.codes],
    )
    close(done.scores, asem.values(f"03_agg_{name}_unequal", asem.hierarchy.codes))
    np.testing.assert_array_equal(done.weights[0, :-1], [weights[code] for code in asem.hierarchy.codes[:-1]])


@pytest.mark.parametrize("name", ["amean", "hmean"])
def test_asem_missing_children_are_dropped_and_the_rest_rescaled(asem, name):
    done = evaluate(
        asem.values("01_step_Denominated"),
        asem.hierarchy,
        Method(
            treatment=Treatment(method="winsorise_then_log"),
            normalisation=Normalisation(low=1, high=100),
            aggregation=by_level("arithmetic" if name == "amean" else "harmonic"),
        ),
        units=asem.units,
    )
    close(done.normalised, asem.values("03m_input_with_missing"))
    close(done.scores, asem.values(f"03m_agg_{name}", asem.hierarchy.codes))


def test_asem_panel_on_one_scale(asem):
    panel, expected = asem.table("00_iData_panel"), asem.table("09_purse_aggregated")
    done = evaluate(
        panel.numbers(asem.indicators),
        asem.hierarchy,
        Method(
            screening=Screening(unit_availability=0.9),
            treatment=Treatment(method="winsorise_then_log"),
            normalisation=Normalisation(scope="all"),
        ),
        units=panel.text("uCode"),
        periods=panel.text("Time"),
    )
    removed = {unit for unit, kept in zip(done.units, done.unit_kept, strict=True) if not kept}
    assert removed == {"BGD", "BRN", "KHM", "LAO", "MMR"}
    kept = [i for i in range(255) if done.unit_kept[i]]
    assert len(kept) == 230
    at = {key: i for i, key in enumerate(zip(expected.text("uCode"), expected.text("Time"), strict=True))}
    order = [at[done.units[i], done.periods[i]] for i in kept]
    close(done.scores[kept], expected.numbers(asem.hierarchy.codes)[order])
    assert np.isnan(done.normalised[kept]).sum() == 125
    assert np.isnan(done.scores[~done.unit_kept]).all()
    for period in ("2018", "2022"):
        rows = done.rows_of(period)
        np.testing.assert_array_equal(done.ranks[rows], rank(done.scores[rows]))


def test_handbook_table_41_with_and_without_two_indicators(tai):
    raw = tai.table("tableA2_raw")
    posts, printed = tai.table("undp_goalposts"), tai.table("table41_drop_two")
    codes = posts.text("indicator")
    goalposts = {c: (lo, hi) for c, (lo, hi) in zip(codes, posts.numbers(["min", "max"]).tolist(), strict=True)}
    names = raw.rows[:23]
    for column, dropped in (("tai6", {"telephones", "electricity"}), ("tai8", set())):
        kept = [code for code in codes if code not in dropped]
        done = evaluate(
            raw.numbers(kept)[:23],
            Hierarchy.build({**dict.fromkeys(kept, "TAI"), "TAI": None}),
            Method(normalisation=Normalisation(method="goalposts", goalposts={c: goalposts[c] for c in kept})),
            units=names,
        )
        wanted = {name.split(",")[0]: place for name, place in zip(names, done.ranks[:, -1].tolist(), strict=True)}
        differ = {
            country
            for country, place in zip(printed.text("country"), printed.text(column), strict=True)
            if wanted[country] != float(place)
        }
        assert differ == (set() if column == "tai6" else {"Canada", "Australia", "Singapore"})


def test_the_national_weighted_sum_computed_by_hand():
    """Score = Σ first-level share · Σ 赋权 · clamped min-max in [0, 1]; no averaging, not out of 100."""
    tree = Hierarchy.build(
        {"1.1": "1", "1.2": "1", "3.1": "3", "1": "T", "3": "T", "T": None},
        weights={"1": 0.20, "3": 0.15, "1.1": 0.8, "1.2": 1.2, "3.1": 1.2},
        directions={"3.1": -1},
    )
    extremes = {"1.1": (0, 10), "1.2": (5.0, 25.0), "3.1": (0.0, 2.0)}
    done = evaluate(
        [[4, 15.0, 0.5], [12, 3.0, 3.0], [10, 25.0, 0.0]],
        tree,
        Method(
            normalisation=Normalisation(method="goalposts", low=0, high=1, goalposts=extremes),
            aggregation=by_level("weighted_sum"),
        ),
        units=["A", "B", "C"],
    )
    a_1, a_3 = 0.8 * 0.4 + 1.2 * 0.5, 1.2 * 0.75
    assert done.scores[0, 3:] == pytest.approx([a_1, a_3, 0.20 * a_1 + 0.15 * a_3])
    assert done.scores[1, 3:] == pytest.approx([0.8, 0.0, 0.16])
    assert done.index[2] == pytest.approx(0.20 * 2.0 + 0.15 * 1.2)
    assert done.ranks[:, -1].tolist() == [2, 3, 1]
    clamped = [note for note in done.notes if note.step == "normalise"]
    assert {note.nodes[0] for note in clamped} == {"1.1", "1.2", "3.1"}


# --- trees, screening, periods -----------------------------------------------------------------------------------


def test_ragged_branches_and_an_aggregation_for_one_node():
    tree = Hierarchy.build({"a": "P", "b": "P", "P": "Q", "c": "Q", "Q": "I", "d": "I", "I": None})
    goalposts = Normalisation(method="goalposts", goalposts=dict.fromkeys("abcd", (0, 100)))
    method = Method(
        normalisation=goalposts,
        aggregation=by_level("arithmetic", "geometric", "harmonic"),
        aggregation_of={"Q": Aggregation(method="weighted_sum")},
    )
    done = evaluate([[10.0, 30.0, 40.0, 90.0]], tree, method, units=["X"])
    assert done.scores[0, 4:] == pytest.approx([20, 60, 2 / (1 / 60 + 1 / 90)])


def test_a_screened_indicator_leaves_its_weight_to_its_siblings():
    tree = two_level(weights={"a": 1, "b": 3})
    x = [[0.0, NAN, 0.0, 0.0], [1.0, NAN, 4.0, 4.0], [2.0, 5.0, 8.0, 8.0]]
    for aggregation in ("arithmetic", "weighted_sum"):
        method = Method(
            screening=Screening(indicator_availability=0.5), aggregation=by_level(aggregation, "arithmetic")
        )
        done = evaluate(x, tree, method, units=list("XYZ"))
        assert done.indicator_kept.tolist() == [True, False, True, True]
        assert done.scores[1, 4] == pytest.approx(50 if aggregation == "arithmetic" else 200)
        assert done.weights[0, :2].tolist() == [4, 0]
        assert np.isnan(done.imputed[:, 1]).all()
        assert done.raw[2, 1] == 5


def test_a_screened_indicator_is_not_counted_as_missing():
    method = Method(screening=Screening(indicator_availability=0.5), aggregation=(Aggregation(min_availability=1.0),))
    done = evaluate([[0.0, NAN, 0.0, 0.0], [1.0, NAN, 4.0, 4.0]], two_level(), method, units=["X", "Y"])
    assert done.index.tolist() == [0, 100]
    both = evaluate([[0.0, NAN, 0.0, NAN], [1.0, NAN, 4.0, NAN]], two_level(), method, units=["X", "Y"])
    assert both.index.tolist() == [0, 100]


def test_a_whole_branch_can_be_screened_out():
    method = Method(screening=Screening(indicator_availability=0.5), aggregation=(Aggregation(min_availability=1.0),))
    done = evaluate([[0.0, 1.0, NAN, NAN], [1.0, 3.0, NAN, NAN]], two_level(), method, units=["X", "Y"])
    assert done.index.tolist() == [0, 100]
    assert np.isnan(done.scores[:, 5]).all()
    assert [note.nodes for note in done.notes if note.step == "aggregate"] == [("Q",)]


def test_a_unit_left_out_does_not_set_the_scale_and_has_no_rank():
    x = [[1.0, 1.0, 1.0, 1.0], [2.0, 2.0, 2.0, 2.0], [99.0, NAN, NAN, NAN]]
    done = evaluate(x, two_level(), Method(screening=Screening(unit_availability=0.5)), units=list("XYZ"))
    assert done.index[:2].tolist() == [0, 100]
    assert np.isnan(done.ranks[2]).all()
    assert done.unit_kept.tolist() == [True, True, False]
    assert [note.units for note in done.notes if note.step == "screen"] == [("Z",)]


PANEL = [[0.0, 0.0, 0.0, 0.0], [10.0, 10.0, 10.0, 10.0], [10.0, 10.0, 10.0, 10.0], [20.0, 20.0, 20.0, 20.0]]
PANEL_ROWS = {"units": ["X", "Y", "X", "Y"], "periods": [2024, 2024, 2025, 2025]}


@pytest.mark.parametrize(
    ("scope", "expected"),
    [("period", [0, 100, 0, 100]), ("all", [0, 50, 50, 100]), ("base", [0, 100, 100, 200])],
)
def test_scope_of_the_scale(scope, expected):
    spec = Normalisation(scope=scope, base_period=2024 if scope == "base" else None, clamp=False)
    done = evaluate(PANEL, two_level(), Method(normalisation=spec), **PANEL_ROWS)
    assert done.index.tolist() == expected
    assert done.ranks[:, -1].tolist() == [2, 1, 2, 1]
    assert [rows.tolist() for rows in done.blocks] == ([[0, 1], [2, 3]] if scope == "period" else [[0, 1, 2, 3]])
    assert done.row_of("Y", "2025") == 3


def test_the_base_can_be_a_quarter():
    spec = Normalisation(scope="base", base_period="2024-Q4", clamp=False)
    periods = ["2024-Q4", "2024-Q4", "2025-Q1", "2025-Q1"]
    done = evaluate(PANEL, two_level(), Method(normalisation=spec), units=list("XYXY"), periods=periods)
    assert done.index.tolist() == [0, 100, 100, 200]


def test_the_scales_can_be_applied_to_other_values():
    done = evaluate(PANEL, two_level(), **PANEL_ROWS)
    other = np.array(PANEL)
    other[0] = 5.0
    assert done.normalise(other)[:, 0].tolist() == [50, 100, 0, 100]


def test_units_that_compare_are_those_of_the_period():
    x = np.array([[1.0, 2.0, 3.0, 4.0], [4.0, 3.0, 2.0, 1.0], [2.0, 2.0, 2.0, 9.0], [1.0, 5.0, 3.0, 1.0]])
    method = Method(aggregation=by_level("topsis", "copeland"))
    done = evaluate(x, two_level(), method, **PANEL_ROWS)
    for rows in ([0, 1], [2, 3]):
        alone = evaluate(x[rows], two_level(), method, units=["X", "Y"])
        np.testing.assert_array_equal(done.scores[rows], alone.scores)


def test_linear_interpolation_needs_and_uses_the_calendar():
    x = [[0.0] * 4, [NAN, 1.0, 1.0, 1.0], [9.0] * 4]
    method = Method(imputation=Imputation(method="linear"), normalisation=Normalisation(scope="all"))
    done = evaluate(x, two_level(), method, units=["X"] * 3, periods=["2020", "2021", "2023"])
    assert done.imputed[1, 0] == pytest.approx(3.0)
    with pytest.raises(EvaluationError, match="year one"):
        evaluate(x, two_level(), method, units=["X"] * 3, periods=["year one", "year two", "year three"])


def test_every_group_can_be_evaluated_by_itself():
    x = np.random.default_rng(2).random((9, 4))
    units, groups = [f"U{i}" for i in range(9)], ["A", "B", None, "A", "B", "A", "B", "A", "A"]
    found = evaluate_by_group(x, two_level(), units=units, groups=groups)
    assert set(found) == {"A", "B"}
    rows = [1, 4, 6]
    assert found["B"].units == tuple(units[i] for i in rows)
    np.testing.assert_array_equal(found["B"].scores, evaluate(x[rows], two_level(), units=found["B"].units).scores)


# --- messages ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": [[1.0, 2.0, 3.0]]}, r"shape \(1, 3\)"),
        ({"units": ["X", "X"]}, "rows given twice: X;"),
        ({"units": ["X", "X"], "periods": [1, 1]}, "rows given twice: X"),
        ({"units": ["X", "Y"], "groups": ["A"]}, "1 groups for 2 units"),
        ({"units": ["X", "Y"], "periods": ["2024"]}, "1 periods for 2 units"),
        ({"method": Method(group_by="class")}, "ranks by class"),
        ({"method": Method(treatment_of={"z": Treatment()})}, "treatment_of names z"),
        ({"method": Method(normalisation_of={"P": Normalisation()})}, "normalisation_of names P"),
        ({"method": Method(aggregation_of={"a": Aggregation()})}, "aggregation_of names a"),
        ({"weights": [1, 1, -1, 1, 1, 1, 1]}, "at least 0: c"),
        ({"weights": [1, 1]}, r"weights of shape \(2,\) for 7 nodes"),
        ({"denominators": [[1.0], [2.0]]}, "denominator_of"),
        ({"x": [[1.0, np.inf, 3.0, 4.0], [1.0, 2.0, 3.0, 4.0]]}, "X/b"),
        ({"method": Method(aggregation=by_level("geometric"))}, r"a of X is 0"),
    ],
)
def test_what_does_not_fit_is_named(change, message):
    given = {"x": [[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]], "units": ["X", "Y"], "method": None} | change
    x, method = given.pop("x"), given.pop("method")
    with pytest.raises(EvaluationError, match=message) as caught:
        evaluate(x, two_level(), method, **given)
    assert caught.value.text.zh


def test_rows_of_a_panel_are_named_with_their_period():
    x = np.array(PANEL)
    x[3] = NAN
    method = Method(screening=Screening(unit_availability=0.5))
    done = evaluate(x, two_level(), method, **PANEL_ROWS)
    assert [note.units for note in done.notes if note.step == "screen"] == [("Y 2025",)]
    with pytest.raises(EvaluationError, match="2024, 2025"):
        done.rows_of()
    with pytest.raises(EvaluationError, match="no unit Q"):
        done.row_of("Q", "2024")
    assert done.row_of("X", 2025) == 2
    single = evaluate(PANEL, two_level(), units=list("ABCD"))
    assert single.rows_of().tolist() == [0, 1, 2, 3]
    with pytest.raises(EvaluationError, match="leave it out"):
        single.rows_of("2024")


def test_what_is_odd_is_said():
    x = np.array([[float(i), 5.0, i % 3, 1000.0 if i == 0 else i % 4] for i in range(12)])
    done = evaluate(x, two_level(), units=[f"U{i}" for i in range(12)])
    said = {(note.step, note.nodes) for note in done.notes}
    assert said == {("normalise", ("b",)), ("treat", ("d",))}
    quiet = evaluate(x, two_level(), Method(treatment_of={"d": Treatment(method="winsorise")}), units=done.units)
    assert [note.step for note in quiet.notes if "d" in note.nodes] == ["treat"]
    assert quiet.changed[0, 3]
    ranked = evaluate(x, two_level(), Method(normalisation=Normalisation(method="rank")), units=done.units)
    assert [note.step for note in ranked.notes] == ["normalise"]


def test_logs_by_period_on_one_scale_are_remarked():
    x = np.vstack([PANEL] * 3)
    rows = {"units": list("UVWXYZ") * 2, "periods": [2024] * 6 + [2025] * 6}
    method = Method(treatment_of={"a": Treatment(method="log_ct")}, normalisation=Normalisation(scope="all"))
    x[:, 0] = np.arange(12.0)
    said = [note for note in evaluate(x, two_level(), method, **rows).notes if "do not compare" in note.message.en]
    assert [note.nodes for note in said] == [("a",)]
    by_period = method.model_copy(update={"normalisation": Normalisation()})
    assert not any("do not compare" in note.message.en for note in evaluate(x, two_level(), by_period, **rows).notes)


def test_a_unit_without_an_index_is_named():
    x = [[1.0, NAN, NAN, NAN], [2.0, 1.0, 1.0, 1.0], [3.0, 2.0, 2.0, 2.0]]
    done = evaluate(x, two_level(), Method(aggregation=(Aggregation(min_availability=0.6),)), units=list("XYZ"))
    assert np.isnan(done.index[0])
    assert [note.units for note in done.notes if note.step == "aggregate"] == [("X",)]


# --- laws --------------------------------------------------------------------------------------------------------

CHAINS = [
    Method(),
    Method(aggregation=by_level("topsis", "arithmetic"), imputation=Imputation(method="median")),
    Method(normalisation=Normalisation(method="rank"), aggregation=by_level("geometric")),
    Method(
        normalisation=Normalisation(method="zscore"),
        aggregation=(Aggregation(method="copeland"), Aggregation(method="owa", order_weights=(2, 1))),
    ),
]


@pytest.mark.parametrize("method", CHAINS)
@given(seed=st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_the_order_of_the_units_changes_nothing(method, seed):
    rng = np.random.default_rng(seed)
    x = rng.lognormal(0, 1, (9, 4)).round(2)
    x[rng.random(x.shape) < 0.1] = NAN
    x[:, 0] = rng.permutation(9)
    order = rng.permutation(9)
    units = [f"U{i}" for i in range(9)]
    plain = evaluate(x, two_level(), method, units=units)
    mixed = evaluate(x[order], two_level(), method, units=[units[i] for i in order])
    np.testing.assert_allclose(mixed.scores, plain.scores[order], rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(mixed.ranks[:, -1], plain.ranks[order, -1])


@given(seed=st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_the_unit_of_measurement_changes_nothing(seed):
    rng = np.random.default_rng(seed)
    x = rng.lognormal(0, 1, (9, 4))
    plain = evaluate(x, two_level(), units=list("ABCDEFGHI"))
    other = evaluate(x * [1000.0, 0.01, 1.0, 7.0], two_level(), units=list("ABCDEFGHI"))
    np.testing.assert_allclose(other.scores, plain.scores, rtol=1e-10, atol=1e-10)


def test_once_more_gives_the_same(default_chain):
    again = default_chain.again()
    np.testing.assert_array_equal(again.scores, default_chain.scores)
    doubled = default_chain.again(default_chain.denominated * 2)
    close(doubled.scores, default_chain.scores, 1e-10)


# --- weights from the data ---------------------------------------------------------------------------------------

RANDOM = np.random.default_rng(11).lognormal(2, 0.7, (15, 4))
MANY = [f"U{i}" for i in range(15)]


@pytest.mark.parametrize("name", ["equal", "entropy", "critic", "standard_deviation", "pca", "combined", "optimised"])
def test_weights_are_found_inside_each_parent_from_the_scores_of_its_children(name):
    tree = two_level(weights={"a": 3, "P": 2})
    done = evaluate(RANDOM, tree, Method(weighting=Weighting(method=name)), units=MANY)
    for code in ("P", "Q", "I"):
        node = tree.position(code)
        below = tree.children[node]
        expected = derive(
            done.scores[:, below],
            Weighting(method=name),
            parent=code,
            codes=[tree.codes[child] for child in below],
            given=tree.weights[below],
        ).weights
        np.testing.assert_array_equal(done.weights[0, below], expected)
        np.testing.assert_allclose(done.scores[:, node], done.scores[:, below] @ expected, rtol=1e-12)


def test_weights_from_judgements():
    spec = Weighting(method="ahp", matrices={code: [[[1, 3], [1 / 3, 1]]] for code in "PQI"})
    done = evaluate(RANDOM, two_level(), Method(weighting=spec), units=MANY)
    assert done.weights[0, :6] == pytest.approx([0.75, 0.25] * 3)


def test_what_the_weights_have_to_say_is_noted():
    x = RANDOM.copy()
    x[:, 1] = 7.0
    done = evaluate(x, two_level(), Method(weighting=Weighting(method="entropy")), units=MANY)
    said = [note for note in done.notes if note.step == "weights"]
    assert [note.nodes for note in said] == [("P",)]
    assert "b does not vary" in said[0].message.en
    assert done.weights[0, :2].tolist() == [1, 0]


@pytest.mark.parametrize("scope", ["period", "all", "base"])
def test_weights_follow_the_scope_of_the_scale(scope):
    x = np.vstack([RANDOM, RANDOM[:, ::-1] ** 2])
    spec = Normalisation(scope=scope, base_period=2024 if scope == "base" else None)
    method = Method(normalisation=spec, weighting=Weighting(method="standard_deviation"))
    done = evaluate(x, two_level(), method, units=MANY * 2, periods=[2024] * 15 + [2025] * 15)
    first, last = done.weights[0], done.weights[-1]
    alone = evaluate(RANDOM, two_level(), Method(weighting=method.weighting), units=MANY).weights[0]
    if scope == "period":
        np.testing.assert_array_equal(first, alone)
        assert not np.allclose(first, last)
    else:
        np.testing.assert_array_equal(first, last)
        assert np.allclose(first, alone) == (scope == "base")


def test_benefit_of_the_doubt_gives_every_unit_weights_of_its_own():
    x = np.array([[100.0, 1.0], [1.0, 100.0], [50.0, 50.0], [20.0, 20.0]])
    tree = Hierarchy.build({"a": "I", "b": "I", "I": None})
    spec = Normalisation(method="goalposts", goalposts=dict.fromkeys("ab", (0.0, 100.0)))
    done = evaluate(
        x, tree, Method(normalisation=spec, weighting=Weighting(method="benefit_of_the_doubt")), units=list("WXYZ")
    )
    alone = benefit_of_the_doubt(x)
    np.testing.assert_allclose(done.index, 100 * alone.scores, rtol=1e-9)
    np.testing.assert_allclose(done.index, (done.weights[:, :2] * x).sum(axis=1), rtol=1e-12)
    assert done.index[:2] == pytest.approx([100, 100])
    found = contributions(done)
    assert found.exact
    np.testing.assert_allclose(found.values.sum(axis=1), done.index, rtol=1e-12)


def test_benefit_of_the_doubt_with_gaps_zeros_and_levels():
    x = np.array([[100.0, NAN, 30.0, 0.0], [NAN, NAN, 40.0, 0.0], [10.0, 80.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]])
    spec = Normalisation(method="goalposts", goalposts=dict.fromkeys("abcd", (0.0, 100.0)))
    method = Method(normalisation=spec, weighting=Weighting(method="benefit_of_the_doubt"))
    done = evaluate(x, two_level(), method, units=list("WXYZ"))
    assert done.index[:2] == pytest.approx([100, 100])
    assert done.index[3] == 0
    assert np.isnan(done.scores[1, 4])
    found = contributions(done)
    np.testing.assert_allclose(found.values.sum(axis=1), done.index, rtol=1e-12)
    strict = method.model_copy(update={"aggregation": (Aggregation(min_availability=0.8),)})
    assert np.isnan(evaluate(x, two_level(), strict, units=list("WXYZ")).scores[0, 4])
    with pytest.raises(
        EvaluationError, match="P: benefit_of_the_doubt is a weighted sum and does not go with geometric"
    ):
        evaluate(x, two_level(), method.model_copy(update={"aggregation": by_level("geometric")}), units=list("WXYZ"))


def test_benefit_of_the_doubt_names_the_cell_that_it_cannot_use():
    method = Method(normalisation=Normalisation(method="zscore"), weighting=Weighting(method="benefit_of_the_doubt"))
    with pytest.raises(EvaluationError, match=r"[abcd] of U\d+ is -"):
        evaluate(RANDOM, two_level(), method, units=MANY)
