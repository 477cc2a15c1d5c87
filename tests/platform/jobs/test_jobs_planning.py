"""SQLite is told how its tables are filled; PostgreSQL looks by itself."""

from __future__ import annotations

import pytest
from django.db import connection
from world import World

from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.planning import look_at_tables


def test_sqlite_knows_how_many_organisations_there_are(world: World) -> None:
    look_at_tables()
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL looks by itself")
    with connection.cursor() as cursor:
        cursor.execute("SELECT stat FROM sqlite_stat1 WHERE tbl = 'organisations_organisation' AND idx LIKE '%kind%'")
        rows = int(cursor.fetchone()[0].split()[0])
    assert rows == Organisation.objects.count()
