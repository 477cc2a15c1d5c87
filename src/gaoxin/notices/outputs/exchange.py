"""A notice as JSON, its schema, and back."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from gaoxin.notices.notice import Notice

FORMAT = "gaoxin-notice-1"


@cache
def _adapter() -> TypeAdapter[Notice]:
    return TypeAdapter(Notice)


def to_json(notice: Notice) -> str:
    """``notice`` as JSON: every field of the dataclasses of ``gaoxin.notices.notice``, places as ``{start, end}``."""
    data = {"format": FORMAT, "notice": _adapter().dump_python(notice, mode="json")}
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def from_json(text: str) -> Notice:
    """Read what ``to_json`` wrote."""
    return _adapter().validate_python(json.loads(text)["notice"], strict=False)


def json_schema() -> dict[str, Any]:
    """JSON Schema of the ``notice`` field."""
    return _adapter().json_schema()
