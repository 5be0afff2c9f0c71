"""Whatever a row holds: it is left out with a reason, or every reader of tasks takes what is written."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from synthtools_stream.intake.format_table import FORMATS
from synthtools_stream.storage.datasets.columns import COLUMNS
from tests.intake.intakekit import WEATHER, Row, as_text, call, imported

ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
MESSAGES: list[Row] = [
    {"role": "user", "content": "Oslo?"},
    {"role": "assistant", "content": None, "tool_calls": [call("get_weather", {"city": "Oslo"})]},
    {"role": "tool", "tool_call_id": "call_1", "content": "rain"},
]
OSLO: object = [{"name": "get_weather", "arguments": {"city": "Oslo"}}]
TRUE: dict[str, Row] = {
    "openai": {"messages": [*MESSAGES], "tools": [WEATHER]},
    "toucan": {"messages": as_text([*MESSAGES]), "tools": as_text([WEATHER]), "question": "Oslo?", "target_tools": "x"},
    "sharegpt": {
        "conversations": [{"from": "human", "value": "Oslo?"}, {"from": "function_call", "value": as_text(OSLO)}],
        "tools": as_text([WEATHER]),
        "system": "",
    },
    "xlam": {"query": "Oslo?", "answers": as_text(OSLO), "tools": as_text([WEATHER])},
    "bfcl": {
        "id": "simple_0",
        "question": [[{"role": "user", "content": "Oslo?"}]],
        "function": [WEATHER],
        "ground_truth": [{"get_weather": {"city": ["Oslo"]}}],
    },
    "tau2": {
        "user_scenario": {"instructions": "Oslo?"},
        "evaluation_criteria": {"actions": OSLO},
        "tools": [WEATHER],
        "initial_state": None,
    },
}
TRUE["apigen-mt"] = TRUE["sharegpt"]


def _places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, part in inner for place in _places(part, (*path, key)))]


def _altered(value: object, path: tuple[str | int, ...], other: object) -> object:
    if not path:
        return other
    key, *rest = path
    if isinstance(value, dict):
        return {**value, str(key): _altered(value[str(key)], tuple(rest), other)}
    assert isinstance(value, list)
    return [_altered(part, tuple(rest), other) if place == key else part for place, part in enumerate(value)]


def test_true_rows_are_imported(tmp_path: Path) -> None:
    """Each format has one here, and what is written has the columns of tasks."""
    assert TRUE.keys() == FORMATS.keys()
    for name, row in TRUE.items():
        found = imported(tmp_path, name, row)
        assert [(task.summary, task.gt_tool_calls) for task in found.tasks] == [("Oslo?", ["get_weather(city='Oslo')"])]
    assert set(COLUMNS["tasks"]) >= {"id", "field", "summary", "tools", "gt_tool_calls", "initial_state", "final_state"}


@given(st.sampled_from([*TRUE]), st.data())
@settings(max_examples=300, deadline=None)
def test_anything_anywhere(name: str, data: st.DataObject) -> None:
    """One value of a row becomes another: no crash, and nothing is written that cannot be read again."""
    row = TRUE[name]
    path = data.draw(st.sampled_from([place for place in _places(row) if place]))
    other = data.draw(ANY | ANY.map(as_text))
    with TemporaryDirectory() as folder:
        # The second row is whole: the first may look like another format now.
        altered = _altered(row, path, other)
        found = imported(Path(folder), name, row, altered, refused=None)
    assert found.report.imported + found.report.left_out.total() == 2
