from __future__ import annotations

import dataclasses

import numpy as np

from gaoxin.reports import headlines
from gaoxin.reports.findings import certainty, movement, standing, summary
from gaoxin.reports.outline import ranked
from gaoxin.runs.result import RobustnessResult, RunResult, Sensitivity, Unit
from gaoxin.words import Text


def with_robustness(result: RunResult, **changes: object) -> RunResult:
    assert result.robustness is not None
    return dataclasses.replace(result, robustness=dataclasses.replace(result.robustness, **changes))


def intervals(result: RunResult, low: dict[int, float], high: dict[int, float], lead: float) -> RunResult:
    """Give the unit at place k (0 is best) the interval low[k]–high[k]; the first leads the second in ``lead``."""
    robust = result.robustness
    assert isinstance(robust, RobustnessResult)
    order = ranked(result)
    lows = result.ranks[:, -1].copy()
    highs = lows.copy()
    dominance = robust.dominance.copy()
    for place, value in low.items():
        lows[order[place]] = value
    for place, value in high.items():
        highs[order[place]] = value
    dominance[order[0], order[1]], dominance[order[1], order[0]] = lead, 1 - lead
    return with_robustness(result, rank_low=lows, rank_high=highs, dominance=dominance)


def test_three_apart_intervals_are_called_clear(run: RunResult) -> None:
    assert headlines.leaders(intervals(run, {}, {}, 1.0)).zh == "前三位先后分明：名次区间互不重叠"


def test_a_leader_apart_from_all_others_is_called_clearly_first(run: RunResult) -> None:
    said = headlines.leaders(intervals(run, {2: 2.0}, {1: 3.0}, 1.0))
    assert "稳居首位" in said.zh
    assert "clearly first" in said.en


def test_a_leader_that_a_later_unit_may_overtake_is_not_called_clear(run: RunResult) -> None:
    said = headlines.leaders(intervals(run, {5: 1.0}, {}, 0.99))
    assert "稳居" not in said.zh
    assert "99%" in said.zh


def test_two_units_that_change_places_cannot_be_told_apart(run: RunResult) -> None:
    said = headlines.leaders(intervals(run, {1: 1.0}, {0: 2.0}, 0.61))
    assert "难分先后" in said.zh
    assert "61%" in said.en


def test_without_robustness_the_title_says_that_nothing_was_tested(plain_run: RunResult) -> None:
    assert "未经检验" in headlines.leaders(plain_run).zh
    assert any("未做稳健性分析" in text.zh and caution for text, caution in certainty(plain_run))


def test_shared_first_place_is_said(plain_run: RunResult) -> None:
    ranks, scores = plain_run.ranks.copy(), plain_run.scores.copy()
    first, second = ranked(plain_run)[:2]
    ranks[second, -1], scores[second, -1] = 1.0, scores[first, -1]
    tied = dataclasses.replace(plain_run, ranks=ranks, scores=scores)
    assert "并列第一" in standing(tied).zh
    assert "并列第一" in headlines.leaders(tied).zh


def test_the_summary_counts_unconfirmed_weights_problems_and_gaps(run: RunResult) -> None:
    said = " ".join(finding.text.zh for finding in summary(run))
    assert "51 个权重中有 48 个未经官方文件确认" in said
    assert "错误 1 项、警告 2 项、提示 1 项" in said
    assert "缺失 3 个" in said
    assert "填补 1 个" in said
    assert "有 3 次重复未能得出排名" in said


def test_confirmed_weights_are_said_to_be_confirmed(flat_run: RunResult) -> None:
    assert any("均已确认" in text.zh and not caution for text, caution in certainty(flat_run))
    assert any("不可加" in text.zh and caution for text, caution in certainty(flat_run))


def test_only_units_that_are_sure_are_called_sure(run: RunResult) -> None:
    sure = np.zeros(22)
    sure[4] = 0.95
    sure[5] = 0.949
    text = next(
        text for text, _ in certainty(with_robustness(run, probability_top=sure, probability_bottom=np.zeros(22)))
        if "可以确信" in text.zh
    )  # fmt: skip
    assert run.units[4].name in text.zh
    assert run.units[5].name not in text.zh
    assert text.zh.endswith("落入后 5 位的：无。")


def test_movement_names_the_greatest_changes(run: RunResult) -> None:
    before = {s.unit: s.rank for s in run.previous if s.period == "2024"}
    change = {unit.name: before[unit.code] - run.ranks[row, -1] for row, unit in enumerate(run.units)}
    text = movement(run)
    assert text is not None
    assert f"（+{max(change.values()):g} 位）" in text.zh
    assert next(name for name, value in change.items() if value == max(change.values())) in text.zh


def test_a_unit_without_a_score_is_named_and_nobody_is_praised(flat_run: RunResult, empty_run: RunResult) -> None:
    assert "Country 5 could not be ranked" in standing(flat_run).en
    assert standing(empty_run).zh == "没有单位得出综合得分。"
    assert headlines.unit_headline(empty_run, 0).zh.endswith("没有综合得分")


def test_a_veto_is_said(vetoed_run: RunResult) -> None:
    assert "被否决，不参加排名" in standing(vetoed_run).zh
    row = int(np.nanargmax(vetoed_run.scores[:, -1]))
    assert headlines.unit_headline(vetoed_run, row).en.endswith("by a veto")
    assert any("（×）；× 为否决" in finding.text.zh for finding in summary(vetoed_run))


def test_overlapping_sensitivities_are_not_ordered(run: RunResult) -> None:
    close = tuple(
        Sensitivity(Text(n, n), 0.3, (0.2, 0.4), t, (t - 0.1, t + 0.1)) for n, t in (("甲", 0.4), ("乙", 0.35))
    )
    assert "难分主次" in headlines.main_driver(with_robustness(run, sensitivity=close)).zh
    assert headlines.main_driver(run).zh == "对名次影响最大的是权重"


def test_unit_profile_counts_indicators_above_the_median(run: RunResult) -> None:
    row = ranked(run)[0]
    middle = np.nanmedian(run.normalised, axis=0)
    known = ~np.isnan(run.normalised[row])
    above = int((run.normalised[row, known] > middle[known]).sum())
    assert f"{known.sum()} 项指标中 {above} 项高于中位数" in headlines.unit_profile(run, row).zh


def test_pairs_told_apart_are_counted_from_the_dominance(run: RunResult) -> None:
    certain = with_robustness(run, dominance=(run.ranks[:, -1][:, None] < run.ranks[:, -1][None, :]).astype(float))
    assert headlines.told_apart(certain).zh.startswith("231 对单位中 231 对先后分明")
    even = with_robustness(run, dominance=np.full((22, 22), 0.5))
    assert "231 对难分先后" in headlines.told_apart(even).zh


def test_a_unit_that_has_not_reported_is_named_before_how_certain_the_rest_is(run: RunResult) -> None:
    late = dataclasses.replace(run, absent=(Unit("31101001", "闵行经济技术开发区"),))
    said = [finding for finding in summary(late) if "闵行经济技术开发区" in finding.text.zh]
    assert [(one.kind, one.caution) for one in said] == [("data", True)]
    assert "not ranked" in said[0].text.en
    assert not any("未报送" in finding.text.zh for finding in summary(run))
