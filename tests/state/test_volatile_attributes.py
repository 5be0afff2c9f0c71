"""What may be volatile: free wording, and little of it."""

from __future__ import annotations

from typing import Any

import pytest

from synthtools_stream.records import Attribute, EntityType
from synthtools_stream.state import volatile_problems

PLAIN = {"type": "string"}


def _problems(*attributes: dict[str, Any]) -> list[str]:
    parts = [Attribute.model_validate({"name": f"part{index}", **part}) for index, part in enumerate(attributes)]
    return list(volatile_problems(EntityType(name="note", collection="notes", id_prefix="N-", attributes=parts)))


@pytest.mark.parametrize(
    ("attribute", "told"),
    [
        ({"type": "integer"}, "is of type integer"),
        ({"type": "boolean"}, "is of type boolean"),
        ({"type": "string", "enum": ["a", "b"]}, "has a closed set of values"),
        ({"type": "string", "format": "date"}, "is a date"),
        ({"type": "string", "references": "notes"}, "refers to notes"),
        ({"type": "string", "name": "case_id"}, "is an id"),
    ],
)
def test_what_counts_is_compared(attribute: dict[str, Any], told: str) -> None:
    """Ids, links, amounts, dates and closed sets are the same in every correct run."""
    assert told in _problems({**attribute, "volatile": True}, PLAIN, PLAIN)[0]


def test_few_attributes_are_wording() -> None:
    """One in three, one of two or three, and never all."""
    text = {**PLAIN, "volatile": True}
    assert _problems(text, PLAIN) == []
    assert _problems(text, text, PLAIN, PLAIN, PLAIN, PLAIN) == []
    assert "2 of 5 attributes" in _problems(text, text, PLAIN, PLAIN, PLAIN)[0]
    assert "1 of 1 attributes" in _problems(text)[0]
