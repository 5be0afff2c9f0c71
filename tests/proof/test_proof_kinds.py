"""By what kind of proof each part of a certificate holds: executed, consistent, worded, read."""

from __future__ import annotations

from synthtools_stream.proof.certificate import certify, seal
from synthtools_stream.proof.verification import verify_task
from synthtools_stream.records import Certificate, ProofKind, Reading, Task
from synthtools_stream.records.task import CERTIFICATE_VERSION
from tests.proof.coded_task import coded
from tests.proof.freight import proven


def _certificate(task: Task) -> Certificate:
    assert task.certificate is not None
    return task.certificate


def _with(task: Task, **claims: object) -> Task:
    return task.model_copy(update={"certificate": _certificate(task).model_copy(update=claims)})


def test_a_simulated_task() -> None:
    """Nothing of it is executed; a text rests on a judge's word."""
    assert _certificate(proven()).kinds == {
        "integrity": [ProofKind.consistent],
        "world": [ProofKind.consistent],
        "tools": [ProofKind.worded],
        "provenance": [ProofKind.worded, ProofKind.read],
        "request": [ProofKind.worded],
        "necessity": [ProofKind.consistent],
        "verdict": [ProofKind.consistent],
    }


def test_a_coded_task() -> None:
    """Programs made its calls again, and, at release, altered ones."""
    kinds = certify(coded(), stability=True, played=12).kinds
    assert (kinds["world"], kinds["stability"]) == ([ProofKind.executed], [ProofKind.executed])
    assert kinds["tools"] == [ProofKind.executed, ProofKind.worded]
    assert kinds["verdict"] == [ProofKind.executed, ProofKind.consistent]


def test_a_partly_coded_task() -> None:
    """What is code is executed, the rest only consistent; fresh answers of a simulator are a model's word."""
    task = coded()
    programs = {name: source for name, source in task.meta.programs.items() if name != "NotifyShipper"}
    partly = task.model_copy(update={"meta": task.meta.model_copy(update={"programs": programs})})
    kinds = certify(partly, stability=True).kinds
    assert kinds["world"] == [ProofKind.executed, ProofKind.consistent]
    assert kinds["stability"] == [ProofKind.executed, ProofKind.read]


def test_a_reading_is_told_with_its_recall() -> None:
    """Who read the request, and how often such a reader finds what is wrong, stand in the certificate."""
    reading = Reading(model="judge-7b", recall=0.97, false_alarms=0.01)
    certificate = certify(proven(), reading=reading)
    assert certificate.kinds["request"] == [ProofKind.worded, ProofKind.read]
    assert certificate.to_json()["reading"] == {"model": "judge-7b", "recall": 0.97, "false_alarms": 0.01}
    assert verify_task(proven().model_copy(update={"certificate": certificate})).status == "proven"


def test_kinds_are_verified() -> None:
    """A part that claims a stricter kind than it has is a false claim."""
    task = proven()
    claimed = {**_certificate(task).kinds, "world": [ProofKind.executed]}
    found = verify_task(_with(task, kinds=claimed))
    assert any(reason.startswith("certificate.kinds claims") for reason in found.reasons)


def _as_version_1(task: Task) -> Task:
    tests = _certificate(task).verdict.model_copy(update={"rejects_subset": None, "accepts_equivalent": None})
    return seal(_with(task, version=1, kinds={}, verdict=tests))


def test_version_1_verifies_as_ever() -> None:
    """Old rows claim less, and what they claim is held against today's proof."""
    for task in (proven(), coded()):
        old = _as_version_1(task)
        assert "kinds" not in _certificate(old).to_json()
        assert verify_task(old, old.to_json()).reasons == ()


def test_version_1_that_fails_today_says_so() -> None:
    """A row that an older proof passed and today's does not fails, and it is said that its proof looked at less."""
    old = _as_version_1(proven())
    tools = [tool.model_copy(update={"usage": "Do not use this tool."}) for tool in old.tools]
    found = verify_task(seal(old.model_copy(update={"tools": tools})))
    assert found.status == "failed"
    assert found.reasons[-1] == "its certificate is of version 1, whose proof looked at less"


def test_unknown_version() -> None:
    """A certificate of a later program claims what this one does not know."""
    found = verify_task(_with(proven(), version=CERTIFICATE_VERSION + 1))
    assert "certificate.version is 3; this program knows 1 and 2" in found.reasons
