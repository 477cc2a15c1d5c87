"""The state of statistics."""

from gaoxin.platform.statistics.models.collection import Collection
from gaoxin.platform.statistics.models.imports import Import, ImportState
from gaoxin.platform.statistics.models.returns import EDITABLE, TRANSITIONS, Explanation, Remark, Return, State, Version
from gaoxin.platform.statistics.models.snapshot import Snapshot

__all__ = [
    "EDITABLE",
    "TRANSITIONS",
    "Collection",
    "Explanation",
    "Import",
    "ImportState",
    "Remark",
    "Return",
    "Snapshot",
    "State",
    "Version",
]
