"""A certificate, claim by claim: what was found to hold, in words, and by what kind of proof."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from synthtools_stream.records.task import Certificate, VerdictTests

__all__ = ["Claim", "claims"]

_TESTS = {
    "accepts_ground_truth": "the ground truth is accepted",
    "rejects_nothing": "doing nothing is rejected",
    "rejects_missing_write": "leaving out any one write is rejected",
    "rejects_subset": "leaving out any two writes, or all, is rejected",
    "rejects_altered_value": "any written value altered is rejected",
    "rejects_extra_write": "a write that nobody asked for is rejected",
    "accepts_equivalent": "the same end is accepted with numbers spelled otherwise, and keys in another order",
}


@dataclass(frozen=True)
class Claim:
    """One line of a certificate."""

    name: str
    words: str
    holds: bool | None
    """None: not tried."""
    kinds: Sequence[str] = ()
    """Kinds of proof on which it rests."""
    tests: Sequence[Claim] = ()


def claims(certificate: Certificate) -> list[Claim]:
    """Return what a certificate says, part by part."""
    return list(_claims(certificate))


def _claims(found: Certificate) -> Iterator[Claim]:
    kinds = {part: [kind.value for kind in by] for part, by in found.kinds.items()}
    yield Claim("integrity", "the row's parts agree; the changes replay", found.integrity, kinds.get("integrity", ()))
    if "world" in kinds:
        executed = f"{len(found.executed)} steps made again by programs" if found.executed else "no step is code"
        yield Claim("world", f"responses and changes are the tools' own: {executed}", True, kinds["world"])
    if "tools" in kinds:
        yield Claim("tools", "tools are told apart, effects are exact, rules are kept", True, kinds["tools"])
    yield Claim("provenance", "every argument has a source", found.provenance, kinds.get("provenance", ()))
    if "request" in kinds:
        yield Claim("request", "request and turns say what the calls do", True, kinds["request"])
    yield Claim("necessity", "every call is needed", found.necessity, kinds.get("necessity", ()))
    tests = [*_tests(found.verdict)]
    holds = all(test.holds is not False for test in tests)
    yield Claim("verdict", "tried on this very task", holds, kinds.get("verdict", ()), tests)
    if found.played is not None:
        words = f"{found.played} altered ground truths were played by programs, each judged as it must be"
        yield Claim("played", words, True, ())
    yield Claim("stability", "the same once more on fresh answers", found.stability, kinds.get("stability", ()))


def _tests(verdict: VerdictTests) -> Iterator[Claim]:
    for name, words in _TESTS.items():
        holds: bool | None = getattr(verdict, name)
        yield Claim(name, words, holds)
