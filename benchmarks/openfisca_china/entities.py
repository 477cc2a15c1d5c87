"""Who the variables belong to."""

from openfisca_core.entities import build_entity

Firm = build_entity(key="firm", plural="firms", label="Enterprise", is_person=True)
