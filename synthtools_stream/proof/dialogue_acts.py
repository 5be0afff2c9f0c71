"""Whether the acts of a planned dialogue ask for the same as its turns: nothing less, nothing new, nothing too early.

What the user says with all acts is read like a request that merges the turns. Besides, each kind has its own rule: what
is held back is not told before it is asked for, what is said wrongly is put right, what is said together could be
done at once, and small talk asks for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from synthtools_stream.proof.exchanges import exchanges
from synthtools_stream.proof.grounded.grounds import user_quotes
from synthtools_stream.proof.held_values import HeldValue, held_value
from synthtools_stream.proof.integrity import Replay
from synthtools_stream.proof.leaks import Secrets
from synthtools_stream.proof.told.declined import asks, words_for
from synthtools_stream.proof.variants.parallel_steps import parallel_steps
from synthtools_stream.proof.worded.checks import request_findings
from synthtools_stream.proof.worded.conversation import Conversation
from synthtools_stream.proof.worded.word_flaw import Finding
from synthtools_stream.records.dialogue import ActKind, DialogueAct
from synthtools_stream.records.task import Provenance, Task
from synthtools_stream.records.tool import Tool
from synthtools_stream.values.json_pointers import leaf_values
from synthtools_stream.wording.whole_words import holds_word

__all__ = ["act_problems", "due_quotes", "held_in_turn", "joinable", "misstated_in_turn"]

_WISH = re.compile(
    r"[?\d\"“]|\b(?:please|could you|can you|would you|will you|i need|i want|i'd like|tell me|let me know|let's)\b",
    re.IGNORECASE,
)
"""What a remark that asks for nothing does not hold."""
_LONGEST = 160
"""Characters of a remark, a question or a correction: one or two sentences."""
_VALUE = re.compile(r"\d|[\"“”]")
_PROSE = re.compile(r"[^\W_]+")
_SOME = frozenset({"another", "certain", "other", "some", "different", "particular", "a", "an", "one", "new"})
"""Words that point at a thing without telling which."""
_OF_WISHES = frozenset({"added_wish", "lost_wish", "opposite", "negations", "twists", "order", "characters"})
"""Checks of what is asked for, and in which order."""


def held_in_turn(task: Task, replayed: Replay, step: int, pointer: str) -> HeldValue | None:
    """Return where in its turn the value of an argument stands that its user may hold back; None where there is none.

    Nobody may have told it before: else there is nothing to ask for.
    """
    held = held_value(task, replayed, step, pointer, task.steps[step].turn)
    earlier = task.steps[:step]
    if held is None or any(holds_word(other.turn, held.quote) for other in earlier):
        return None
    told = (str(value) for other in earlier for value in leaf_values(other.response))
    return None if held.quote in told else held


def misstated_in_turn(task: Task, replayed: Replay, step: int, pointer: str) -> HeldValue | None:
    """Return where in its turn a value stands that its user may say wrongly first: no free text, which has no wrong."""
    held = held_value(task, replayed, step, pointer, task.steps[step].turn)
    return held if held is not None and held.sort != "text" else None


def joinable(task: Task, waves: Sequence[Sequence[int]], step: int) -> bool:
    """Say whether a step and the next one may be asked for, and done, at once; `waves` are those of parallel steps.

    The next turn must point back to nothing: behind another wish, `that list` would be another list.
    """
    if not any(step in wave and step + 1 in wave for wave in waves):
        return False
    return all(_stands_alone(proof, step + 1) for proof in task.steps[step + 1].provenance.values())


def _stands_alone(proof: Provenance, step: int) -> bool:
    own = proof.step is None and proof.turn in (None, step)
    return own and all(_stands_alone(part, step) for part in proof.inputs or ())


def due_quotes(task: Task, step: int, pointer: str = "") -> list[str]:
    """Return the words of a step's turn on which its arguments rest, but for one of them."""
    found = (
        quote
        for name, proof in task.steps[step].provenance.items()
        if name != pointer
        for quote in user_quotes(proof)
        if quote in task.steps[step].turn
    )
    return list(dict.fromkeys(found))


def act_problems(task: Task, replayed: Replay) -> Iterator[str]:
    """Yield what is wrong with the acts of a dialogue whose lines are the steps' turns."""
    if not any(line.act for line in task.dialogue):
        return
    problems = [*_line_problems(task, replayed)]
    yield from problems
    if problems:
        return
    yield from map(str, _findings(task, replayed, [*_as_meant(task)]))
    for line in task.dialogue:
        if line.act is not None and line.act.kind is ActKind.held_back:
            opening = _without_names(task, replayed, line.step, line.act)
            said = [f"{opening} {line.act.reveal}" if one is line else one.turn for one in task.dialogue]
            # Where the value stands is not to be read of words that leave it out.
            yield from (str(found) for found in _findings(task, replayed, said) if found.check in _OF_WISHES)


def _without_names(task: Task, replayed: Replay, step: int, act: DialogueAct) -> str:
    """Return an opening without the words that stand for the value left out, and that its turn needs not: `a stall`."""
    turn = {word.lower() for word in _PROSE.findall(task.steps[step].turn)}
    names = {word.lower() for word in words_for(act.pointer, [_tool(task, replayed, step)])} | _SOME
    return _PROSE.sub(lambda word: "" if word[0].lower() in names - turn else word[0], act.opening)


def _tool(task: Task, replayed: Replay, step: int) -> Tool:
    return next(tool for tool in task.tools if tool.tool_name == replayed.calls[step].name)


def _findings(task: Task, replayed: Replay, said: Sequence[str]) -> Iterator[Finding]:
    start = replayed.states[0]
    told = Conversation.of(task.steps, task.tools, task.meta.entity_types, start, "\n".join(said))
    return request_findings(told)


def _line_problems(task: Task, replayed: Replay) -> Iterator[str]:
    waves = parallel_steps(task, replayed)
    covered = False
    for line in task.dialogue:
        act = line.act
        if act is not None:
            if covered:
                yield f"dialogue of step {line.step} has an act, and is said with the one before"
            problems = (*_own_problems(task, replayed, waves, line.step, act), *_leaks(task, line.step, act))
            yield from (f"dialogue of step {line.step}: {problem}" for problem in problems)
        covered = act is not None and act.kind is ActKind.together


def _own_problems(
    task: Task, replayed: Replay, waves: Sequence[Sequence[int]], step: int, act: DialogueAct
) -> Iterator[str]:
    needed = due_quotes(task, step, act.pointer)
    match act.kind:
        case ActKind.held_back:
            yield from _held_problems(task, replayed, step, act)
        case ActKind.corrected:
            yield from _corrected_problems(task, replayed, step, act)
        case ActKind.together:
            if not joinable(task, waves, step):
                yield "it is said with the next one, which waits for it or points back"
                return
            needed += due_quotes(task, step + 1)
        case ActKind.chat:
            needed = []
            if _WISH.search(act.opening) or len(act.opening) > _LONGEST or not act.reply:
                yield "its remark asks for something, is long, or goes without a reply"
    yield from (f"the opening lacks {quote[:60]!r}" for quote in needed if not holds_word(act.opening, quote))


def _held_problems(task: Task, replayed: Replay, step: int, act: DialogueAct) -> Iterator[str]:
    held = held_in_turn(task, replayed, step, act.pointer)
    if held is None:
        yield f"the value of {act.pointer} cannot be held back"
        return
    if any(holds_word(text, held.quote) for text in (act.opening, act.reply)):
        yield f"it tells {held.quote[:60]!r} before it is asked"
    if held.quote not in act.reveal or len(act.reveal) > len(held.quote) + _LONGEST:
        yield f"what is told when asked lacks {held.quote[:60]!r}, or is long"
    if set(_digits(act.opening + act.reveal)) - set(_digits(task.steps[step].turn)):
        yield "it holds a number that its turn does not"
    if not asks(act.reply, words_for(act.pointer, [_tool(task, replayed, step)])) or len(act.reply) > _LONGEST:
        yield "its question does not ask for what is held back"


def _corrected_problems(task: Task, replayed: Replay, step: int, act: DialogueAct) -> Iterator[str]:
    meant = misstated_in_turn(task, replayed, step, act.pointer)
    if meant is None:
        yield f"the value of {act.pointer} cannot be said wrongly first"
        return
    if not act.first or holds_word(act.first, meant.quote) or holds_word(meant.quote, act.first):
        yield "what is said first is the right value"
    if not act.first or len(_word(act.first).findall(act.opening)) != 1 or holds_word(act.opening, meant.quote):
        yield "the opening does not say the wrong value in place of the right one"
    if not holds_word(act.reveal, meant.quote) or len(act.reveal) > _LONGEST:
        yield f"the correction lacks {meant.quote[:60]!r}, or is long"
    elif _VALUE.search(_word(act.first).sub("", _word(meant.quote).sub("", act.reveal))):
        yield "the correction holds another value besides"


def _leaks(task: Task, step: int, act: DialogueAct) -> Iterator[str]:
    said = "\n".join(other.turn for other in task.steps[: step + 2 if act.kind is ActKind.together else step + 1])
    for word in Secrets.of(task.steps, task.tools).leaks(f"{act.opening}\n{act.reply}\n{act.reveal}", said):
        yield f"it holds {word[:60]!r}, which the user cannot know"


def _as_meant(task: Task) -> Iterator[str]:
    """Yield what the user wants in each exchange: slips put right, held back values in their place, no small talk."""
    for one in exchanges(task.dialogue):
        line = task.dialogue[one.steps[0]]
        match one.kind:
            case ActKind.together:
                yield one.opening
            case ActKind.corrected if line.act is not None:
                meant = task.steps[line.step].provenance[line.act.pointer].quote or ""
                yield meant.join(_word(line.act.first).split(line.act.opening))
            case _:
                yield line.turn


def _word(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(words)}(?![\w-])")


def _digits(text: str) -> list[str]:
    return re.findall(r"\d+", text)
