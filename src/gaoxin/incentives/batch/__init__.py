"""All firms of a file at once: who is entitled, nearly entitled, or unknown because of what; what was not claimed."""

from gaoxin.incentives.batch.run import BatchResult, chosen_benefits, run_batch
from gaoxin.incentives.batch.summary import Summary

__all__ = ["BatchResult", "Summary", "chosen_benefits", "run_batch"]
