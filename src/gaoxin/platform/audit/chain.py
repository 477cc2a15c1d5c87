"""Checking the chain of the audit: an entry that was changed, taken out or put in breaks it."""

from __future__ import annotations

from dataclasses import dataclass

from gaoxin.platform.audit.models import START, ChainEnd, Entry
from gaoxin.words import Text

MOST_FAULTS = 20


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at one entry."""

    sequence: int
    message: Text


@dataclass(frozen=True, slots=True)
class Verification:
    """The chain looked through: how many entries, where it ends, and what is wrong (at most `MOST_FAULTS`)."""

    entries: int
    digest: str
    faults: tuple[Fault, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


def verify(expected: str = "") -> Verification:
    """Recompute every digest, in order.

    Parameters
    ----------
    expected
        A digest noted down earlier: it must still be in the chain. Somebody who can write to the database can make a
        new chain that is whole in itself; only a digest kept elsewhere shows that.
    """
    faults: list[Fault] = []
    before, count, seen = START, 0, not expected
    for entry in Entry.objects.order_by("sequence").iterator(chunk_size=2000):
        count += 1
        if entry.sequence != count and len(faults) < MOST_FAULTS:
            faults.append(Fault(count, Text(f"缺少第 {count} 条", f"entry {count} is missing")))
        if entry.previous != before:
            faults.append(Fault(entry.sequence, Text("与上一条不衔接", "it does not follow the entry before")))
        if entry.seal() != entry.digest:
            faults.append(Fault(entry.sequence, Text("内容与摘要不符", "its content does not match its digest")))
        count, before = entry.sequence, entry.digest
        seen = seen or entry.digest == expected
        if len(faults) >= MOST_FAULTS:
            break
    else:
        end = ChainEnd.objects.filter(pk=1).first()
        if end is not None and (end.sequence, end.digest) != (count, before):
            faults.append(
                Fault(end.sequence, Text("链尾之后的记录缺失", f"the entries after {count} up to the end are missing"))
            )
        if not seen:
            faults.append(Fault(count, Text("链中没有所给的摘要", "the digest that was given is not in the chain")))
    return Verification(count, before, tuple(faults[:MOST_FAULTS]))
