"""The options of an evaluation, as written in a system file or a configuration file.

Each step of the chain has one specification; a default is what most offices would expect, argued in the docstring of
the step itself. Specifications are frozen and validated, so a method can be hashed, stored in a manifest and replayed.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Spec(BaseModel):
    """Base of all specifications: no unknown keys, no change after loading."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Share = Annotated[float, Field(ge=0.0, le=1.0)]


class Screening(Spec):
    """Which units and indicators have enough data (step ``screen``)."""

    unit_availability: Share = 0.0
    indicator_availability: Share = 0.0
    unit_nonzero: Share = 0.0
    """Lowest share of a unit's available values that are not zero (a return full of zeros is often an empty one)."""


class Imputation(Spec):
    """How missing values are filled (step ``impute``); ``none`` leaves them and means rescale over what is there."""

    method: Literal[
        "none",
        "mean",
        "median",
        "group_mean",
        "group_median",
        "unit_mean",
        "zero",
        "linear",
        "last",
        "em",
        "knn",
    ] = "none"
    neighbours: Annotated[int, Field(ge=1)] = 5
    """Number of neighbours of ``knn``."""
    max_gap: Annotated[int, Field(ge=1)] | None = None
    """``linear``, ``last``: the most periods without a value that are bridged; None: any number."""
    extrapolate: bool = False
    """Let the first and the last value hold beyond the ends (``linear``), the first one before the start (``last``)."""


class Treatment(Spec):
    """How outliers are treated (step ``treat``). Bounds are for adjusted skewness G1 and excess kurtosis G2."""

    method: Literal["none", "winsorise", "winsorise_then_log", "boxcox", "log_ct", "log_ct_plus", "log_ct_orig"] = (
        "none"
    )
    max_points: Annotated[int, Field(ge=0)] | None = 5
    """Most values of an indicator that winsorising moves; None: no limit."""
    skewness: Annotated[float, Field(gt=0)] = 2.0
    kurtosis: Annotated[float, Field(gt=0)] = 3.5
    boxcox_lambda: float | None = None
    """None: fitted to each indicator by maximum likelihood."""


class Normalisation(Spec):
    """How indicators are brought to one scale (step ``normalise``).

    ``scope`` says over which data minima, maxima, means and so on are taken: each period by itself, all periods
    together, or one fixed ``base_period`` so that years compare.
    """

    method: Literal[
        "minmax",
        "goalposts",
        "zscore",
        "rank",
        "percentile_rank",
        "borda",
        "distance_to_best",
        "distance_to_reference",
        "distance_to_target",
        "fraction_of_maximum",
        "efficacy",
        "logistic",
        "none",
    ] = "minmax"
    low: float = 0.0
    high: float = 100.0
    clamp: bool = True
    scope: Literal["period", "all", "base"] = "period"
    base_period: int | str | None = None
    """2024, or as the data write it: ``2024-Q1``, ``2024-01``."""
    goalposts: dict[str, tuple[float, float]] = Field(default_factory=dict)
    """Per indicator, as measured (low, high): with direction −1 the low value is the good one. ``efficacy`` uses them
    as 不允许值 and 满意值 (unallowed and satisfactory value), by default the worst and the best observed value."""
    targets: dict[str, float] = Field(default_factory=dict)
    """Per indicator, as measured, for ``distance_to_target``."""
    reference_unit: str | None = None
    """Code of the unit for ``distance_to_reference``."""
    mean: float = 0.0
    sd: Annotated[float, Field(gt=0)] = 1.0
    """Mean and standard deviation of a ``zscore``, which has no ``low`` and ``high``."""
    efficacy_base: float = 60.0
    efficacy_span: Annotated[float, Field(gt=0)] = 40.0
    """c and d of the efficacy coefficient c + d·(x − unallowed)/(satisfactory − unallowed)."""
    ties: Literal["min", "max", "average", "dense"] = "min"
    """For ``rank``, ``percentile_rank`` and ``borda``; here the worst unit is 1 (0 for ``borda``), the best n."""
    percentile: Literal["inclusive", "rank_over_n"] = "inclusive"
    """Definition of ``percentile_rank``: (rank − 1)/(n − 1), or rank/n as in the OECD/JRC Handbook."""

    @model_validator(mode="after")
    def _scale_goes_upwards(self) -> Normalisation:
        if not self.low < self.high:
            raise ValueError(f"low {self.low} is not below high {self.high}: the better value has the higher score")
        return self


class Weighting(Spec):
    """Where weights come from (step ``weights``). ``given`` uses those of the system."""

    method: Literal[
        "given",
        "equal",
        "entropy",
        "critic",
        "standard_deviation",
        "ahp",
        "pca",
        "factor",
        "optimised",
        "benefit_of_the_doubt",
        "combined",
    ] = "given"
    matrices: dict[str, list[list[list[float]]]] = Field(default_factory=dict)
    """Pairwise matrices of the experts for ``ahp``: parent code → list of square matrices."""
    targets: dict[str, float] = Field(default_factory=dict)
    """Target importance per node for ``optimised``."""
    bounds: tuple[Share, Share] | None = None
    """Lowest and highest share of an indicator in the score, for ``benefit_of_the_doubt``."""
    objective: Literal["entropy", "critic", "standard_deviation", "pca"] = "entropy"
    """The objective half of ``combined``; the subjective half are the given weights."""
    alpha: Share = 0.5
    """Exponent of the subjective half in ``combined`` (0.5: both halves count alike)."""


class Aggregation(Spec):
    """How children are combined into their parent (step ``aggregate``)."""

    method: Literal[
        "arithmetic",
        "geometric",
        "harmonic",
        "generalised",
        "median",
        "owa",
        "mpi",
        "ampi",
        "topsis",
        "vikor",
        "grey",
        "copeland",
        "weighted_sum",
    ] = "arithmetic"
    power: float = 1.0
    """Exponent of ``generalised``."""
    order_weights: tuple[float, ...] = ()
    """Weights by position, best first, for ``owa``."""
    norm: Literal["own", "minmax", "none"] = "own"
    """What ``topsis``, ``grey``, ``mpi`` and ``ampi`` do to their children first. ``own``: what defines the method
    (vector norm; min-max; mean 100 and standard deviation 10; 70–130 around the mean); ``none``: the children stay as
    the normalisation left them, so that scores of years on a fixed base compare; ``minmax``: for ``topsis``."""
    penalty: Literal["positive", "negative"] = "positive"
    """For ``mpi`` and ``ampi``: the index is positive (more is better) or negative."""
    ddof: Literal[0, 1] = 0
    """For ``mpi`` and ``ampi``: standard deviations divide by n (0, as Mazziotta and Pareto) or by n − 1 (1)."""
    v: Share = 0.5
    """Strategy weight of ``vikor``."""
    rho: Annotated[float, Field(gt=0, le=1)] = 0.5
    """Distinguishing coefficient of ``grey``."""
    min_availability: Share = 0.0
    """A parent is missing when less than this share of its children is there."""


class Method(Spec):
    """The whole chain. ``aggregation`` is by level: the first entry makes level 2 from the indicators, the last one
    serves all higher levels; ``aggregation_of`` overrides single parents by code."""

    screening: Screening = Screening()
    imputation: Imputation = Imputation()
    treatment: Treatment = Treatment()
    treatment_of: dict[str, Treatment] = Field(default_factory=dict)
    normalisation: Normalisation = Normalisation()
    normalisation_of: dict[str, Normalisation] = Field(default_factory=dict)
    weighting: Weighting = Weighting()
    aggregation: Annotated[tuple[Aggregation, ...], Field(min_length=1)] = (Aggregation(),)
    aggregation_of: dict[str, Aggregation] = Field(default_factory=dict)
    group_by: str | None = None
    """Attribute of the units (for example the zone class) inside which ranks are given besides the overall rank."""
    ties: Literal["min", "dense", "average"] = "min"

    def aggregation_at(self, code: str, level: int) -> Aggregation:
        """The aggregation that makes node ``code`` of ``level`` (2 is the level above the indicators)."""
        return self.aggregation_of.get(code) or self.aggregation[min(level - 2, len(self.aggregation) - 1)]


class WeightNoise(Spec):
    """How weights vary around those of the method; each entry is one uncertain choice by itself.

    ``uniform``: every weight is multiplied by its own draw from [1 − ``share``, 1 + ``share``]. ``dirichlet``: the
    shares of the children inside a parent are drawn from a Dirichlet distribution around the nominal shares; a share p
    then has the standard deviation √(p(1 − p)/(``concentration`` + 1)).
    """

    kind: Literal["uniform", "dirichlet"] = "uniform"
    share: Annotated[float, Field(gt=0, le=1)] = 0.25
    concentration: Annotated[float, Field(ge=1)] = 100.0
    levels: tuple[Annotated[int, Field(ge=1)], ...] = ()
    """Levels whose nodes vary (indicators are 1); empty means all."""
    parents: tuple[str, ...] = ()
    """Only the children of these nodes vary; empty means all."""


class UncertaintySpec(Spec):
    """What the robustness analysis varies, everything together and independently (``uncertainty``, ``sensitivity``).

    Alternatives stand beside the method's own choice, which is always among them; all are equally likely. The default
    asks what a reader of any ranking asks first: what if the weights were a quarter higher or lower, what if those that
    no document confirms were half as high again or half as low, and does one indicator decide it all.
    ``sampling.default_uncertainty`` adds the alternatives that suit a given method.
    """

    weights: tuple[WeightNoise, ...] = (WeightNoise(),)
    unconfirmed: tuple[float, float] | None = (0.5, 1.5)
    """Unconfirmed weights are multiplied by a draw from this range instead of uniform noise; confirmed ones are not."""
    imputation: tuple[Imputation, ...] = ()
    treatment: tuple[Treatment, ...] = ()
    normalisation: tuple[Normalisation, ...] = ()
    weighting: tuple[Weighting, ...] = ()
    aggregation: tuple[Annotated[tuple[Aggregation, ...], Field(min_length=1)], ...] = ()
    """Each alternative is by level, as in ``Method.aggregation``."""
    dropped: Literal["none", "one", "random"] = "one"
    """Indicators left out of the aggregation: none; no or exactly one, equally likely; each with ``drop_share``."""
    drop_share: Annotated[float, Field(gt=0, lt=1)] = 0.1

    @model_validator(mode="after")
    def _range_is_a_range(self) -> UncertaintySpec:
        if self.unconfirmed is not None and not 0 <= self.unconfirmed[0] < self.unconfirmed[1] < float("inf"):
            low, high = self.unconfirmed
            raise ValueError(f"unconfirmed: [{low}, {high}] is not a range of factors; write for example [0.5, 1.5]")
        return self
