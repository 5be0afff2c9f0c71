"""A request is taken apart into its steps, whatever holds them together."""

from __future__ import annotations

import pytest

from synthtools_stream.embedded.play.request_steps import split_request


@pytest.mark.parametrize(
    ("request_text", "steps"),
    [
        (
            "I am new here. It would help if you could pull up claim CL-1; then close claim CL-2. Thank you!",
            ["I am new here. It would help if you could pull up claim CL-1", "close claim CL-2."],
        ),
        (
            "Before you close claim CL-2, please pull up claim CL-1 and tell me its fee.",
            ["pull up claim CL-1 and tell me its fee", "close claim CL-2"],
        ),
        (
            "When you are done with that, tell me the fee of that claim. From there, raise it by 2 EUR.",
            ["tell me the fee of that claim.", "raise it by 2 EUR."],
        ),
        (
            "Close claim CL-2. Tell me how many claims with status open there are.",
            ["Close claim CL-2.", "Tell me how many claims with status open there are."],
        ),
        (
            "Could you list claims with status open? I need to know how many claims there are.",
            ["Could you list claims with status open? I need to know how many claims there are."],
        ),
        (
            "Pull up claim CL-1, after which please send a notice. The fee of claim CL-1 needs to be lowered by 3 EUR.",
            ["Pull up claim CL-1", "send a notice.", "The fee of claim CL-1 needs to be lowered by 3 EUR."],
        ),
    ],
)
def test_request_is_split(request_text: str, steps: list[str]) -> None:
    """Reasons go with what they are given for, questions about what was seen with it; all else stands alone."""
    assert [*split_request(request_text)] == steps
