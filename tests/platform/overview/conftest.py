"""A city with three reported years, two published evaluations and a case, made once for the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings
from evaluated import case, evaluation
from reported import make_reported

from gaoxin.platform.adjustments.models import State


@pytest.fixture(scope="module")
def full(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Everything there is to look at; taken back afterwards."""
    media = tmp_path_factory.mktemp("site") / "media"
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=media), transaction.atomic():
        make_reported()
        evaluation("2024")
        evaluation("2025")
        case("Z1", "rectify", State.STATED)
        yield media
        transaction.set_rollback(True)
