"""What a city's decision rules propose for evaluated zones, and how certain each finding is. People decide."""

from gaoxin.decisions.certainty import Certainty, RankSample, sample_of
from gaoxin.decisions.figures import Result, result_rows
from gaoxin.decisions.proposals import Proposal, Proposals, propose
from gaoxin.decisions.reversal import Reversal

__all__ = [
    "Certainty",
    "Proposal",
    "Proposals",
    "RankSample",
    "Result",
    "Reversal",
    "propose",
    "result_rows",
    "sample_of",
]
