"""The prelude means the same in our own Python and in the sandbox's, and what it says is what the contract says."""

from __future__ import annotations

import pytest

from synthtools_stream.programs import prelude
from synthtools_stream.programs.program import ProgramCall
from synthtools_stream.programs.sandbox import open_sandbox
from synthtools_stream.roles.simulator_role import SimulatorOutput
from synthtools_stream.values.jsontypes import Json

ROWS = (
    "[('B-9', {'n': 2, 's': 'low'}), ('B-10', {'n': 2, 's': 'High'}), ('B-1', {'n': None}),"
    " ('A-1', {'n': 1.5, 's': 'mid'})]"
)
CASES: list[tuple[str, Json]] = [
    ("compare(1, 2)", -1),
    ("compare(2, 2.0)", 0),
    ("compare('2026-03-11', '2026-03-10')", 1),
    ("compare('2026-03-10T09:00:00', '2026-03-10')", 0),
    ("compare('2026-03-09', '2026-03-10T09:00:00')", -1),
    ("compare(None, 1)", None),
    ("compare(True, 1)", None),
    ("compare('1', 1)", None),
    ("same('Alba', 'ALBA')", True),
    ("same('Alba', 'Alb')", False),
    ("same(None, None)", False),
    ("same(1, 1.0)", True),
    ("same(True, 1)", False),
    ("same(True, True)", True),
    ("same(['a'], ['a'])", True),
    (f"[row[0] for row in order({ROWS}, 'n')]", ["A-1", "B-9", "B-10", "B-1"]),
    (f"[row[0] for row in order({ROWS}, 'n', True)]", ["B-9", "B-10", "A-1", "B-1"]),
    (f"[row[0] for row in order({ROWS}, 's')]", ["B-10", "B-9", "A-1", "B-1"]),
    (f"[row[0] for row in order({ROWS}, 's', False, ['low', 'mid', 'High'])]", ["B-9", "A-1", "B-10", "B-1"]),
    ("order([], 'n')", []),
    ("days_after('2026-02-27', 2)", "2026-03-01"),
    ("days_after('2026-03-01T08:30:00', -1)", "2026-02-28T08:30:00"),
    ("money(2.675)", 2.68),
    ("money(1.005)", 1.01),
    ("money(-2.675)", -2.68),
    ("money(3)", 3.0),
    ("create('cats', {'age': 1}, 2)", {"op": "create", "collection": "cats", "id": "$new2", "attributes": {"age": 1}}),
    (
        "update('cats', 'C-1', {'age': 1})",
        {"op": "update", "collection": "cats", "id": "C-1", "attributes": {"age": 1}},
    ),
    ("delete('cats', 'C-1')", {"op": "delete", "collection": "cats", "id": "C-1", "attributes": {}}),
    ("fail(404, 'Unknown: C-1')", {"status_code": 404, "error_message": "Unknown: C-1"}),
    ("ok({'a': 1})", {"status_code": 200, "response": {"a": 1}, "changes": []}),
]


@pytest.mark.parametrize(("expression", "value"), CASES)
def test_helper_in_our_own_python(expression: str, value: Json) -> None:
    """Each helper gives what the contract says; the expressions are this file's own."""
    assert eval(expression, dict(vars(prelude))) == value


async def test_helpers_in_the_sandbox() -> None:
    """The sandbox's Python gives the same for all of them."""
    source = f"def call(state, arguments, now):\n    return ok({{'x': [{', '.join(case for case, _ in CASES)}]}})\n"
    async with open_sandbox(1) as sandbox:
        (answer,) = await sandbox.answers([ProgramCall(source, {}, {}, "")])
    assert isinstance(answer, SimulatorOutput)
    assert answer.response == {"x": [value for _, value in CASES]}
