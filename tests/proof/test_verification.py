"""Verifying: true rows are proven, and no tampering goes unnoticed."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from synthtools_stream.proof.certificate import seal
from synthtools_stream.proof.verification import verify_task
from synthtools_stream.records import Task
from synthtools_stream.storage.datasets.jsonl_reader import RowProblem
from synthtools_stream.storage.datasets.task_row import task_from_row
from synthtools_stream.values.json_pointers import leaf_pointers
from synthtools_stream.values.jsontypes import Json, JsonObject, same_json
from tests.proof.freight import draft, proven

PROVEN = proven()


ROW = PROVEN.to_json()


LEAVES = [leaf for leaf in leaf_pointers(ROW) if not leaf.pointer.startswith("/meta/usage")]


def test_true_row_is_proven() -> None:
    """A certified task verifies, as it is and read back from its row."""
    assert verify_task(PROVEN).status == "proven"
    assert verify_task(task_from_row(ROW)).reasons == ()
    assert PROVEN.certificate is not None
    assert [entry.argument for entry in PROVEN.certificate.judged] == ["/text"]


def test_row_without_certificate_is_unproven() -> None:
    """Who claims nothing is not refuted."""
    assert verify_task(draft()).status == "unproven"


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        ("SearchVessels(arrive_by=3)", "parameter 'arrive_by' must be a string"),
        ("SearchVessels()", "required parameter 'arrive_by' is missing"),
        ("SearchVessels(arrive_by='2026-03-14', colour='x')", "unknown parameter 'colour'"),
        ("NoSuch()", "unknown tool 'NoSuch'"),
        ("broken((", "gt_tool_calls[0]: not a call"),
    ],
)
def test_ground_truth_must_pass_its_tools_without_certificate(call: str, reason: str) -> None:
    """A call that the row's own tools refuse is no ground truth, whatever the row claims or does not claim."""
    found = verify_task(draft().model_copy(update={"gt_tool_calls": [call]}))
    assert found.status == "failed"
    assert reason in found.reasons[0]


def _altered(value: Json) -> Json:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return f"{value}x" if isinstance(value, str) else "x"


def _set(row: JsonObject, pointer: str, value: Json) -> None:
    *path, last = (token.replace("~1", "/").replace("~0", "~") for token in pointer[1:].split("/"))
    target: Any = row
    for token in path:
        target = target[int(token)] if isinstance(target, list) else target[token]
    target[int(last) if isinstance(target, list) else last] = value


@pytest.mark.parametrize("leaf", LEAVES, ids=[leaf.pointer for leaf in LEAVES])
def test_altering_any_value_is_noticed(leaf: Any) -> None:
    """Whatever single value of a released row is altered, the row no longer loads or no longer verifies."""
    row = copy.deepcopy(ROW)
    _set(row, leaf.pointer, _altered(leaf.value))
    try:
        task = task_from_row(row)
    except RowProblem:
        return
    if same_json(task.to_json(), ROW):
        return  # the value stood for nothing, such as an empty list of a kind that is ignored
    assert verify_task(task).status == "failed"


TAMPERINGS: dict[str, Callable[[Any], object]] = {
    "final state": lambda row: row["final_state"]["bookings"]["BK-2041"].update(vessel_id="VS-77"),
    "initial state": lambda row: row["initial_state"]["bookings"].pop("BK-2057"),
    "extra write": lambda row: row["final_state"]["vessels"]["VS-77"].update(capacity_left=4),
    "call": lambda row: row["gt_tool_calls"].__setitem__(1, "MoveBooking(booking_id='BK-2057', vessel_id='VS-81')"),
    "call order": lambda row: row["gt_tool_calls"].reverse(),
    "step dropped": lambda row: (row["steps"].pop(0), row["gt_tool_calls"].pop(0)),
    "steps swapped": lambda row: (row["steps"].reverse(), row["gt_tool_calls"].reverse()),
    "change": lambda row: row["steps"][1]["changes"][0]["attributes"].update(vessel_id="VS-77"),
    "change dropped": lambda row: row["steps"][1].update(changes=[]),
    "response": lambda row: row["steps"][1]["response"].update(vessel_id="VS-77"),
    "new id": lambda row: row["steps"][2]["response"].update(notice_id="N-1002"),
    "turn": lambda row: row["steps"][1].update(turn="Move it."),
    "provenance": lambda row: row["steps"][1]["provenance"].pop("/booking_id"),
    "provenance added": lambda row: row["steps"][1]["provenance"].update({"/x": {"kind": "text"}}),
    "answer value": lambda row: row["answer"][0].update(value=2),
    "answer dropped": lambda row: row.update(answer=[]),
    "required": lambda row: row["tools"][0]["parameters"]["min_capacity"].update(maximum=5),
    "writes": lambda row: row["tools"][1]["effects"].update(writes=[]),
    "tool dropped": lambda row: row["tools"].pop(0),
    "tool doubled": lambda row: row["tools"].append(row["tools"][0]),
    "status": lambda row: row["steps"][0].update(status_code=404),
    "summary": lambda row: row.update(summary="Please move it."),
    "judged": lambda row: row["certificate"].update(judged=[]),
    "claim": lambda row: row["certificate"].update(necessity=False),
    "volatile": lambda row: row["meta"].update(volatile=["notices.text", "bookings.vessel_id"]),
}


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_tampering_is_noticed_behind_a_new_seal(tampering: str) -> None:
    """Whoever tampers and makes the digest anew is still found out by what no longer fits together."""
    row = copy.deepcopy(ROW)
    TAMPERINGS[tampering](row)
    try:
        task = seal(task_from_row(row))
    except RowProblem:
        return
    verification = verify_task(task)
    assert verification.status == "failed"
    assert not any("digest" in reason for reason in verification.reasons)


def test_another_proof_is_noticed_by_the_seal() -> None:
    """A row changed into another provable task is not the one that was certified."""
    row: Any = copy.deepcopy(ROW)
    row["answer"] = row["steps"][0]["answer"] = []
    row["steps"][0]["turn"] = "Find vessels that arrive by 16 March 2026 with room for 12 containers."
    row["summary"] = row["summary"].replace(" and tell me how many there are", "")
    task = task_from_row(row)
    assert [reason for reason in verify_task(task).reasons if "digest" not in reason] == []
    assert verify_task(task).status == "failed"


def test_missing_digest_fails() -> None:
    """A certificate without its seal is worth nothing."""
    assert PROVEN.certificate is not None
    bare = PROVEN.model_copy(update={"certificate": PROVEN.certificate.model_copy(update={"digest": ""})})
    assert verify_task(bare).status == "failed"


def test_tasks_stay_as_they_were() -> None:
    """Proving and judging change nothing."""
    task = Task.model_validate(copy.deepcopy(ROW))
    verify_task(task)
    assert task == PROVEN
