"""What stands above an environment: a field, its subfields, and their scenarios, on their way to blueprints."""

from __future__ import annotations

from synthtools_stream.records.record import Record

__all__ = ["FieldPlan", "ScenarioPlan", "SubfieldPlan"]


class FieldPlan(Record):
    """One field of the run's list."""

    id: str
    """Its slug."""
    field: str


class SubfieldPlan(Record):
    """One subfield, `index` in its field counted from 0."""

    id: str
    """`<field_slug>/<NN>`."""
    field_slug: str
    field: str
    subfield: str
    index: int


class ScenarioPlan(Record):
    """One scenario; its id is the id of the environment that grows from it."""

    id: str
    """`<field_slug>_spec_<NNN>`."""
    field: str
    subfield: str
    scenario: str
