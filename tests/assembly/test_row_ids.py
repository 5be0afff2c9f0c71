"""Whatever the start, a row is named for the run that decided it, and refers to others as they stand in their files."""

from __future__ import annotations

import pytest

from synthtools_stream.assembly.row_ids import RowIds
from synthtools_stream.proof.verification import verify_task
from synthtools_stream.records.task import Task
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at
from tests.proof.freight import proven

PART = "@00c0ffee"
FIELDS = RowIds(PART, "fields")


@pytest.mark.parametrize(
    ("ids", "name", "named"),
    [
        (FIELDS, "horses_spec_001", "horses_spec_001@00c0ffee"),
        (FIELDS, "horses_spec_001.GetHorse", "horses_spec_001@00c0ffee.GetHorse"),
        (FIELDS, "horses_spec_001_seq03", "horses_spec_001@00c0ffee_seq03"),
        (FIELDS, "horses_spec_001_seq03#r0", "horses_spec_001@00c0ffee_seq03#r0"),
        (FIELDS, "a_spec_7_spec_001_seq03", "a_spec_7_spec_001@00c0ffee_seq03"),
        (FIELDS, "horses/00", "horses/00@00c0ffee"),
        (RowIds(PART, "given"), "kites_spec_000.find_spec_1", "kites_spec_000@00c0ffee.find_spec_1"),
        (RowIds(PART, "environments"), "h_spec_001@1.GetHorse", "h_spec_001@1.GetHorse@00c0ffee"),
        (RowIds(PART, "tools"), "h_spec_001@1_seq03#r12", "h_spec_001@1_seq03@00c0ffee#r12"),
        (RowIds(PART, "drafts"), "anybody's", "anybody's@00c0ffee"),
        (RowIds(PART, "tasks"), "anybody's#r0#r1", "anybody's#r0#r1@00c0ffee"),
    ],
)
def test_part_stands_behind_what_the_run_made_first(ids: RowIds, name: str, named: str) -> None:
    """An id begins with what the run was given, and its part follows what came of that first."""
    assert ids.named("rejected", {"id": name})["id"] == named


@pytest.mark.parametrize(
    ("start", "kind", "row", "told"),
    [
        (
            "fields",
            "tools",
            {"setting": {"id": "h_spec_001", "field": "h"}},
            {"id": "h_spec_001@00c0ffee", "field": "h"},
        ),
        ("environments", "tools", {"setting": {"id": "h_spec_001"}}, {"id": "h_spec_001"}),
        ("fields", "tasks", {"meta": {"environment": "h_spec_001"}}, {"environment": "h_spec_001@00c0ffee"}),
        ("tools", "tasks", {"meta": {"environment": "h_spec_001"}}, {"environment": "h_spec_001"}),
        ("tools", "trajectories", {"task_id": "h_seq01"}, "h_seq01@00c0ffee"),
        ("tasks", "trajectories", {"task_id": "h_seq01"}, "h_seq01"),
    ],
)
def test_what_a_row_refers_to(start: str, kind: str, row: JsonObject, told: Json) -> None:
    """What the run itself made has its part there, too; what it was given keeps its name."""
    ids = RowIds(PART, start)  # type: ignore[arg-type]  # parametrised  # pyright: ignore[reportArgumentType]
    named = ids.named(kind, {"id": "x", **row})
    assert [value for name, value in named.items() if name != "id"] == [told]


def test_a_named_task_is_sealed() -> None:
    """The certificate holds for the row as it is named, and for no other name; the row it was made of is left alone."""
    row = proven().to_json()
    before = repr(row)
    named = FIELDS.named("tasks", row)
    assert repr(row) == before
    assert object_at(named, "meta")["environment"] != object_at(row, "meta")["environment"]
    assert verify_task(Task.from_json(named), named).status == "proven"
    renamed = {**named, "id": row["id"]}
    assert verify_task(Task.from_json(renamed), renamed).status == "failed"
