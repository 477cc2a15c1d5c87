"""Whether the bulk path of `fill` writes what the actions write: one zone's file once more, by the actions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from gaoxin.platform.site_folder import open_site

_OWN = {"import", "file"}
"""What an entry of the audit says of the single import."""


def same_as_the_actions(site: str) -> Callable[[], None]:
    """Import, forward and approve the returns of one zone for another collection of the same forms and period."""
    open_site(Path(site))
    from django.core.files.uploadedfile import SimpleUploadedFile

    from benchmarks.large_site.browser import found
    from gaoxin.platform.access.reader import Origin, Reader
    from gaoxin.platform.accounts.models import User
    from gaoxin.platform.jobs.worker import run_waiting
    from gaoxin.platform.organisations.models import Organisation
    from gaoxin.platform.statistics.actions import collecting, importing, reviewing
    from gaoxin.platform.statistics.models import Collection, Import

    there = found(Path(site))
    former = Collection.objects.get(code=there["closed"])
    zone = Organisation.objects.get(code=there["zone"])

    def reader(name: str, via: str = "job") -> Reader:
        return Reader.of(User.objects.get(username=name), Origin(via))

    def compare() -> None:
        again = collecting.open_collection(
            Reader.command("benchmarks"), former.organisation, code="again", name="again", book=former.book,
            entity=former.entity, period=former.period, opens=former.opens, due=former.due, synthetic=True,
        )  # fmt: skip
        sent = Import.objects.select_related("upload").get(collection=former, organisation=zone)
        file = SimpleUploadedFile(sent.upload.name, bytes(sent.upload.content))
        importing.send(reader(f"reporter-{zone.code}"), again, zone, file, signatory=sent.signatory)
        run_waiting()
        reviewing.pass_on_all(reader(f"reviewer-{zone.code}"), again, "forward")
        reviewing.pass_on_all(reader("approver"), again, "approve")
        differences(former, again, zone)

    return compare


def differences(former: Any, again: Any, zone: Any) -> None:
    """Raise AssertionError where a return, its version or its history is not the same."""
    from gaoxin.platform.statistics.models import Return, State

    def held(collection: Any) -> dict[str, Any]:
        there = Return.objects.filter(collection=collection, zone=zone)
        return {one.organisation.code: one for one in there.select_related("organisation", "latest", "approved")}

    bulk, acted = held(former), held(again)
    assert set(bulk) == set(acted)
    approved = 0
    for code, one in acted.items():
        other = bulk[code]
        if one.latest is None or other.latest is None:
            assert one.latest is other.latest, code
            continue
        # The file that is sent has no projects.
        own = {name: text for name, text in other.latest.figures.items() if "." not in name}
        assert one.latest.figures == own, (code, set(one.latest.figures.items()) ^ set(own.items()))
        if one.state == State.APPROVED:  # nothing was found that somebody would have to explain
            approved += 1
            assert facts(one) == facts(other), code
            assert history(one) == history(other), (history(one), history(other))
    assert approved, "no return was without a finding"


def facts(one: Any) -> list[Any]:
    """What is stored of a return and its version, without keys and moments."""
    version = one.latest
    who = [f"{name}_id" for name in ("submitted_by", "reviewed_by", "approved_by")]
    when = ("saved", "submitted", "reviewed", "approved")
    return [
        one.state, one.zone_id, one.due, one.timely, one.submitted is None, one.latest_id == one.approved_id,
        version.number, version.signatory, version.position, version.reason, len(version.sha256),
        *(getattr(version, name) for name in who), *(getattr(version, name) is None for name in when),
    ]  # fmt: skip


def history(one: Any) -> list[Any]:
    """The entries of the audit about a return, without what names the import or its figures."""
    from gaoxin.platform.audit.models import Entry

    entries = Entry.objects.filter(subject_type=one._meta.label_lower, subject_id=str(one.pk)).order_by("sequence")
    return [
        (
            e.action, e.actor_id, e.organisation_id, e.reason,
            [(name, old, None if len(str(new)) == 64 or name in _OWN else new) for name, old, new in e.changes()],
        )
        for e in entries
    ]  # fmt: skip
