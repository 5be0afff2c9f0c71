"""What a model thought, apart from what it said, where a server sends both as one text.

Two habits are known: tags (`<think>…</think>`, `[THINK]…[/THINK]` and the like), whose opening one may stand in the
prompt, and whose closing one may never come; and the channels of harmony, of which only `final` is meant for anybody.
A thought is no answer: nothing that a user, a tool or a judge is told may come from it.
"""

from __future__ import annotations

import re

__all__ = ["answer_text", "split_answer", "split_speech", "thought_beside", "without_reasoning"]

_NAMES = "(?:seed:)?think(?:ing)?|thoughts?|reasoning|reflection|scratchpad|analysis"
_OPEN = rf"(?:<(?:{_NAMES})(?:\s[^<>]*)?>|\[THINK\]|<\|(?:begin_of_thought|start_thinking)\|>|◁think▷)"
_CLOSE = rf"(?:</(?:{_NAMES})\s*>|\[/THINK\]|<\|(?:end_of_thought|end_thinking)\|>|◁/think▷)"
_BLOCK = re.compile(rf"{_OPEN}(.*?)(?:{_CLOSE}|\Z)", re.DOTALL | re.IGNORECASE)
_CLOSED = re.compile(rf"{_OPEN}.*?{_CLOSE}", re.DOTALL | re.IGNORECASE)
_END = re.compile(_CLOSE, re.IGNORECASE)
_CHANNEL = re.compile(r"<\|channel\|>\s*(\w+)[^<\n]*(?:<\|constrain\|>[^<\n]*)?(?:<\|message\|>)?")
# Whatever else stands between bars is a marker of the format, and never a part of what was said.
_MARK = re.compile(r"<\|(?:start|end|return|call|message|channel)\|>(?:assistant)?")
_SPOKEN = "final"


def split_speech(text: str) -> tuple[str, str]:
    """Return a model's reasoning and what it said, of prose: a tag anywhere in it is the model's, never a string's."""
    thought, said = _channels(text)
    thoughts = [thought] if thought else []

    def keep(block: re.Match[str]) -> str:
        thoughts.append(block[1].strip())
        return ""

    said = _BLOCK.sub(keep, said)
    ends = list(_END.finditer(said))
    if ends:
        # What stood before an end without a beginning was thought: its beginning was in the prompt.
        thoughts.append(_END.sub("", said[: ends[-1].start()]).strip())
        said = said[ends[-1].end() :]
    return "\n".join(filter(None, thoughts)), said.strip()


def answer_text(text: str, reasoning: str) -> str:
    """Return the text that holds an answer: some servers put what a schema asked for into the reasoning, alone."""
    thought = reasoning.strip()
    return thought if not text.strip() and thought.startswith("{") and thought.endswith("}") else text


def thought_beside(text: str, reasoning: str) -> str:
    """Return what was thought beside an answer, or before it in the same text."""
    beside = reasoning.strip() if answer_text(text, reasoning) is text else ""
    return "\n".join(filter(None, (beside, split_answer(text)[0])))


def split_answer(text: str) -> tuple[str, str]:
    """Return a model's reasoning and its answer, which may be JSON: a tag in the answer's own strings is no reasoning.

    The opening tag may stand in the prompt. Reasoning that was cut off leaves no answer.
    """
    thought, said = _channels(text)
    if thought or said != text:
        return thought, said
    opened = _BLOCK.match(text.lstrip())
    if opened:
        return opened[1].strip(), text.lstrip()[opened.end() :].lstrip()
    end = _END.search(text)
    if end and "{" not in text[: end.start()]:
        return text[: end.start()].strip(), text[end.end() :].lstrip()
    return "", text


def without_reasoning(text: str) -> str:
    """Return `text` without its closed reasoning blocks, also one whose opening tag stood in the prompt."""
    _, text = _channels(text)
    text = _CLOSED.sub("", text)
    ends = list(_END.finditer(text))
    # Such a tag inside the answer's own strings is no end of reasoning.
    if ends and ("{" not in text[: ends[-1].end()] or "{" in text[ends[-1].end() :]):
        return text[ends[-1].end() :]
    return text


def _channels(text: str) -> tuple[str, str]:
    """Split harmony's channels; a text without them, or one that begins as JSON, is returned as it is."""
    found = list(_CHANNEL.finditer(text))
    if not found or text.lstrip().startswith("{"):
        return "", text
    thoughts, said = [text[: found[0].start()]], [""]
    for at, mark in enumerate(found):
        end = found[at + 1].start() if at + 1 < len(found) else len(text)
        (said if mark[1] == _SPOKEN else thoughts).append(text[mark.end() : end])
    return _plain(thoughts), _plain(said)


def _plain(parts: list[str]) -> str:
    return "\n".join(filter(None, (_MARK.sub("", part).strip() for part in parts)))
