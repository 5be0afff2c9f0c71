"""A probe's runs: their share, whether they agree, what was found right before, and how they stand in a row."""

from __future__ import annotations

from collections.abc import Sequence

from stages.auditing.probe_trial import Run, RunFault, Trial
from synthtools_stream.records import Change
from synthtools_stream.roles.audit_roles import Judgment, ProbeSpec
from synthtools_stream.simulator.answer import Answer
from synthtools_stream.simulator.tool_runtime import Served
from synthtools_stream.toolcalls import Call

GONE = Change(op="delete", collection="bookings", id="BK-1")
SHOWN, REMOVED = Answer(200, {"a": 1}), Answer(200, {"a": 1}, None, (GONE,))


def run(answer: Answer, judgment: Judgment | None = Judgment.correct, *, fault: RunFault | None = None) -> Run:
    """Return one run."""
    return Run(Served("T(x=1)", answer), fault=fault, judgment=judgment)


def trial(runs: Sequence[Run]) -> Trial:
    """Return a trial of these runs."""
    spec = {"mode": "happy_path", "purpose": "try", "arguments": {"x": 1}, "expected_status": 200}
    return Trial(0, ProbeSpec.model_validate(spec), Call("T", {"x": 1}), [*runs])


def test_unjudged_runs_count_for_nothing() -> None:
    """The share is that of judged runs; one wrong run makes a trial unclean."""
    some = trial([run(SHOWN), run(SHOWN, None), run(SHOWN, Judgment.inappropriate)])
    assert (some.scored, some.share, some.clean) == ([True, False], 0.5, False)
    assert trial([run(SHOWN), run(SHOWN, None)]).clean


def test_same_means_said_and_done() -> None:
    """An answer that does something else is another answer, though it says the same."""
    assert trial([run(SHOWN), run(SHOWN)]).stable
    assert not trial([run(SHOWN), run(REMOVED)]).stable
    assert trial([run(SHOWN)]).found_right(Served("T(x=1)", SHOWN))
    assert not trial([run(SHOWN)]).found_right(Served("T(x=1)", REMOVED))


def test_only_what_was_found_right_is_known() -> None:
    """What was found wrong, or not judged at all, is judged again."""
    assert not trial([run(SHOWN, None), run(SHOWN, Judgment.inappropriate)]).found_right(Served("T(x=1)", SHOWN))


def test_rows_say_a_fault_only_where_there_was_one() -> None:
    """A run's status and judgment stand in the row, and what was at fault."""
    told = trial([run(SHOWN), run(SHOWN, None, fault=RunFault.refused)]).to_json()
    assert told == {
        "mode": "happy_path",
        "purpose": "try",
        "call": "T(x=1)",
        "answers": [
            {"status_code": 200, "judgment": "correct"},
            {"status_code": 200, "judgment": None, "fault": "refused"},
        ],
    }
