"""Who asks, and what it has cost."""

from __future__ import annotations

from synthtools_stream.asking.origin import UsageMeter
from synthtools_stream.chat.language_model import Usage


def test_parts_count_for_the_whole() -> None:
    """What a part counts, the whole counts as well; what the whole counts by itself, no part does."""
    whole = UsageMeter()
    first, second = whole.part(), whole.part()
    for meter in (whole, first, first, second.part()):
        meter.read()
        meter.accept(Usage(10, 1))
    assert [meter.requests for meter in (whole, first, second)] == [4, 2, 1]
    assert whole.to_json() == {"prompt_tokens": 40, "completion_tokens": 4, "requests": 4}
    assert first.to_json() == {"prompt_tokens": 20, "completion_tokens": 2, "requests": 2}


def test_refusals_are_counted_by_check() -> None:
    """A check counts once for an output, in the part and in the whole; where none fired, nothing is said of them."""
    whole = UsageMeter()
    part = whole.part()
    part.refuse(["negations", "mentions", "negations"])
    whole.refuse(["mentions"])
    assert part.to_json()["refused"] == {"mentions": 1, "negations": 1}
    assert whole.to_json()["refused"] == {"mentions": 2, "negations": 1}
    assert "refused" not in UsageMeter().to_json()
