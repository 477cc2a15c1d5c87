"""The audit: what an action leaves behind, and that nothing can be changed unseen."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable

import pytest
from django.test import Client
from world import PASSWORD, World

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.access.roles import Role
from gaoxin.platform.accounts import actions as accounts
from gaoxin.platform.app import platform_apps
from gaoxin.platform.audit.chain import verify
from gaoxin.platform.audit.journal import action, changing, record
from gaoxin.platform.audit.models import START, ChainEnd, Entry
from gaoxin.platform.audit.queries import entries, history
from gaoxin.platform.organisations import actions
from gaoxin.platform.organisations.models import Organisation
from gaoxin.problems import InputError

Readers = Callable[[str], Reader]


def test_an_entry_says_who_where_what_before_after_and_why(world: World, reader: Readers) -> None:
    zone = world.organisation("Z1")
    actions.rename(reader("city_analyst"), zone, name="新名", name_en="New", reason="市政府批复")
    entry = Entry.objects.latest("sequence")
    assert entry.actor == world.user(Role.ANALYST)
    assert (entry.action, entry.via, entry.address) == ("organisations.rename", "page", "192.0.2.1")
    assert json.loads(entry.before) == {"name": "第一园区", "name_en": "Zone 1"}
    assert json.loads(entry.after) == {"name": "新名", "name_en": "New"}
    assert (entry.reason, entry.organisation) == ("市政府批复", zone)
    assert next(iter(history(zone))) == entry


def test_what_changes_nothing_is_no_entry(world: World, reader: Readers) -> None:
    before = Entry.objects.count()
    actions.rename(reader("city_analyst"), world.organisation("Z1"), name="第一园区", name_en="Zone 1", reason="x")
    assert Entry.objects.count() == before


def test_the_chain_is_whole_and_starts_at_the_beginning(world: World) -> None:
    found = verify()
    assert found.whole
    assert found.entries == Entry.objects.count() > 20
    assert Entry.objects.earliest("sequence").previous == START
    assert verify(expected=found.digest).whole


@pytest.mark.parametrize("field", ["reason", "actor_name", "after", "subject_name", "at"])
def test_a_changed_entry_is_found(field: str, world: World) -> None:
    entry = Entry.objects.get(sequence=5)
    other = {"reason": "another", "actor_name": "another", "after": '{"name":"x"}', "subject_name": "x", "at": None}
    value = other[field] or entry.at.replace(year=2001)
    Entry.objects.filter(sequence=5).update(**{field: value})
    assert [fault.sequence for fault in verify().faults] == [5]


def test_a_changed_entry_that_was_sealed_again_breaks_the_next_link(world: World) -> None:
    entry = Entry.objects.get(sequence=5)
    entry.reason = "another"
    Entry.objects.filter(sequence=5).update(reason="another", digest=entry.seal())
    assert [fault.sequence for fault in verify().faults] == [6]


def test_an_entry_taken_out_is_found(world: World) -> None:
    Entry.objects.filter(sequence=5).delete()
    assert not verify().whole


def test_entries_taken_from_the_end_are_found(world: World) -> None:
    Entry.objects.filter(sequence__gte=Entry.objects.count() - 2).delete()
    assert not verify().whole


def test_a_new_chain_is_found_by_a_digest_kept_elsewhere(world: World) -> None:
    kept = verify().digest
    last = Entry.objects.latest("sequence")
    last.reason = "another"
    Entry.objects.filter(pk=last.pk).update(reason="another", digest=last.seal())
    ChainEnd.objects.update(digest=last.seal())
    assert verify().whole
    assert not verify(expected=kept).whole


def test_a_failed_action_leaves_neither_change_nor_entry(world: World, reader: Readers) -> None:
    count = Entry.objects.count()

    @action
    def half(by: Reader) -> None:
        actions.rename(by, world.organisation("Z1"), name="半途", name_en="", reason="x")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        half(reader("city_analyst"))
    assert Entry.objects.count() == count
    assert world.organisation("Z1").name == "第一园区"
    assert verify().whole


def test_what_an_inner_action_that_failed_recorded_is_dropped(world: World, reader: Readers) -> None:
    @action
    def inner(by: Reader) -> None:
        with changing(by, "x.y", zone, organisation=zone):
            zone.name = "里面"
        raise InputError([])

    @action
    def outer(by: Reader) -> None:
        with pytest.raises(InputError):
            inner(by)
        actions.rename(by, zone, name="外面", name_en="", reason="x")

    zone = world.organisation("Z1")
    count = Entry.objects.count()
    outer(reader("city_analyst"))
    assert Entry.objects.count() == count + 1
    assert Entry.objects.latest("sequence").action == "organisations.rename"


def test_recording_outside_of_an_action_is_a_defect(world: World, reader: Readers) -> None:
    with pytest.raises(RuntimeError, match="outside"):
        record(reader("city_analyst"), "x.y", world.organisation("Z1"), organisation=None)


def test_every_function_of_the_actions_is_an_action() -> None:
    checked = 0
    for app in platform_apps():
        module = app.part("actions")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            first = next(iter(inspect.signature(function).parameters), "")
            if function.__module__ == module.__name__ and first == "reader" and not name.startswith("_"):  # type: ignore[union-attr]
                assert getattr(function, "is_action", False), f"{module.__name__}.{name} lacks @action"  # type: ignore[union-attr]
                checked += 1
    assert checked > 15


def test_entries_cannot_be_saved_or_deleted_one_by_one(world: World) -> None:
    entry = Entry.objects.latest("sequence")
    with pytest.raises(TypeError):
        entry.save()
    with pytest.raises(TypeError):
        entry.delete()


def test_no_password_and_no_secret_is_in_the_audit(world: World, reader: Readers) -> None:
    by, place = reader("administrator"), world.organisation("Z1")
    user = accounts.add_user(by, place, username="new", name="New", password=PASSWORD)
    accounts.set_password(by, user, password=f"{PASSWORD} 4711", reason="forgotten")
    written = " ".join(f"{e.before}{e.after}{e.subject_name}{e.reason}" for e in Entry.objects.all())
    assert "4711" not in written
    assert user.password not in written
    assert '"password"' not in written


def test_the_audit_is_read_within_one_s_own_place(world: World, reader: Readers) -> None:
    seen = {entry.organisation.code for entry in entries(reader("auditor")) if entry.organisation}
    assert seen == {"Z1", "P1", "F1"}
    assert not entries(reader("auditor")).filter(organisation=None).exists()


def test_the_page_finds_by_text_and_by_action(world: World, signed_in: Callable[[str], Client]) -> None:
    client = signed_in("auditor")
    assert "第一分园" in client.get("/audit/?text=第一分园").content.decode()
    assert "organisations.add" not in client.get("/audit/?action=accounts").content.decode()


def test_a_closed_organisation_keeps_its_history(world: World, reader: Readers) -> None:
    import datetime

    firm = Organisation.objects.get(code="F1")
    actions.close(reader("city_analyst"), firm, day=datetime.date(2025, 12, 31), reason="注销")
    assert [entry.action for entry in history(firm)] == ["organisations.close", "organisations.add"]
