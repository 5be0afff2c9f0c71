"""What trials say of a tool, and the story of one that is not reliable."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from stages.auditing.probe_trial import Run, Trial
from stages.auditing.reliability import Reliability
from synthtools_stream.errors import Rejection
from synthtools_stream.roles.audit_roles import Judgment, ProbeSpec
from synthtools_stream.simulator.answer import Answer
from synthtools_stream.simulator.tool_runtime import Served
from synthtools_stream.toolcalls import Call

RIGHT, WRONG = Judgment.correct, Judgment.inappropriate


def trial(judgments: Sequence[Judgment | None], mode: str = "happy_path") -> Trial:
    """Return a trial whose runs all answered the same and were judged like this."""
    spec = {"mode": mode, "purpose": "", "arguments": {}, "expected_status": 200}
    runs = [Run(Served("T()", Answer(200, {})), judgment=judgment) for judgment in judgments]
    return Trial(0, ProbeSpec.model_validate(spec), Call("T", {}), runs)


def test_right_answers_decide_when_no_mode_is_short() -> None:
    """Eight right answers decide for the tool only where every mode clears the floor; a few wrong ones against it."""
    wide = [trial([RIGHT]) for _ in range(8)]
    assert Reliability(wide, 0.3).is_decided
    assert not Reliability(wide[:4], 0.3).is_decided
    assert not Reliability([*wide, trial([RIGHT], "state_pinned")], 0.3).is_decided
    assert Reliability([trial([WRONG]), trial([WRONG])], 0.3).is_decided


def test_a_probe_counts_once_with_its_share() -> None:
    """Runs of one probe are a share of one probe; a run without a usable judgment is none."""
    found = Reliability([trial([RIGHT, WRONG, None]), trial([RIGHT]), trial([None], "rule_violation")], 0.0)
    assert found.overall == 0.75
    assert found.per_mode == {"happy_path": 0.75}
    assert found.stability == 1.0


def test_nothing_scored_is_unaudited() -> None:
    """Where no probe of the happy path was scored, nothing says that the tool can succeed."""
    with pytest.raises(Rejection) as caught:
        Reliability([trial([None]), trial([RIGHT], "state_pinned")], 0.0).assert_enough()
    assert caught.value.reason == "unaudited"


def test_short_mode_is_told_with_its_worst_probe() -> None:
    """The mode that does not clear the floor is named, with its bound, and its worst probe is the evidence."""
    good = [trial([RIGHT] * 4) for _ in range(6)]
    bad = [trial([RIGHT, WRONG], "state_pinned"), trial([WRONG], "state_pinned")]
    with pytest.raises(Rejection) as caught:
        Reliability([*good, *bad], 0.3).assert_enough()
    assert caught.value.detail == (
        "state_pinned: 0 of 2 probes answered well, lower bound 0.04 below 0.30; "
        "in all modes 2 of 27 answers were wrong"
    )
    assert caught.value.evidence == {"probe": bad[1].to_json(), "probes": 8, "answers": 27}


def test_too_many_wrong_answers_are_unreliable_in_any_mode() -> None:
    """A tool that clears every floor is unreliable all the same where wrong answers outweigh right ones."""
    with pytest.raises(Rejection, match=r"happy_path: 1 of 2 .* in all modes 1 of 2 answers were wrong"):
        Reliability([trial([RIGHT]), trial([WRONG])], 0.0).assert_enough()
