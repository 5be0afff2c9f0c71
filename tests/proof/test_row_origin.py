"""What may differ in rows that somebody brought, and in no row of ours."""

from __future__ import annotations

from synthtools_stream.proof.certificate import seal
from synthtools_stream.proof.integrity import replay
from synthtools_stream.proof.row_origin import exempt_steps, origin_problems
from synthtools_stream.proof.verification import VerificationStatus, verify_task
from synthtools_stream.proof.verify_report import VerifyReport
from synthtools_stream.records import Task
from tests.proof.brought_rows.retail import altered, certification, retail
from tests.proof.freight import draft, proven


def problems(task: Task) -> list[str]:
    """Return what is wrong with a task's origin."""
    return list(origin_problems(task, replay(task).calls))


def test_ours_have_ids_of_our_form() -> None:
    """Any prefix is read; in rows of ours it must be capitals and a hyphen, and no read is declared."""
    assert problems(draft()) == []
    assert problems(altered(draft(), (["meta", "entity_types", 0, "id_prefix"], ""))) == [
        "meta.entity_types: '' is no prefix of ids, which is capitals and a hyphen"
    ]
    assert problems(altered(draft(), (["meta", "exempt"], [0]))) == [
        "meta.exempt is for rows that were brought: see `certify`"
    ]


def test_steps_are_declared_by_number_or_tool() -> None:
    """Of brought rows only."""
    row = altered(draft(), (["meta", "exempt"], [1, "SearchVessels"]))
    calls = replay(row).calls
    assert exempt_steps(row, calls) == set()
    brought = altered(row, (["meta", "origin"], "brought"))
    assert exempt_steps(brought, calls) == {0, 1}
    assert problems(brought) == []


async def test_brought_row_passes_for_none_of_ours() -> None:
    """Without its origin, and sealed anew, its ids are strange."""
    task = (await certification(retail("steps"))).task
    forged = verify_task(seal(altered(task, (["meta", "origin"], ""))))
    assert forged.status is VerificationStatus.failed
    assert any("is no prefix of ids" in reason for reason in forged.reasons)


def test_row_of_ours_that_claims_to_be_brought_still_has_to_hold() -> None:
    """It is counted apart, and gains strange ids and declared reads, no more: its words are read all the same."""
    claiming = altered(proven(), (["meta", "origin"], "brought"))
    assert verify_task(claiming).status is VerificationStatus.failed
    report = VerifyReport()
    report.add(1, verify_task(seal(claiming)), seal(claiming))
    assert (report.proven, report.brought) == (0, 1)
    wrong = altered(claiming, (["summary"], claiming.summary.replace("12", "30")))
    assert verify_task(seal(wrong)).status is VerificationStatus.failed
