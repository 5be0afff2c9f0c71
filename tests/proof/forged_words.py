"""Forged words: every kind of lie that request or turns can tell while calls, states and responses stay as they are.

A forger takes a row and yields altered copies, one for every place where its kind applies. What the proof demands for
another reason (the user's words to the letter, turns equal in dialogue and steps) a forger keeps, as a forger would.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from itertools import combinations
from typing import Any

from synthtools_stream.errors import StateProblem
from synthtools_stream.records import Change
from synthtools_stream.state import apply, as_json, as_state, refuse_mint
from synthtools_stream.toolcalls import parse_call
from synthtools_stream.values.json_pointers import leaves
from tests.proof.forged_share import Forger

__all__ = ["FORGERS"]

_ID = re.compile(r"(?<![\w-])[A-Z][A-Z0-9]{0,7}-\d+(?![\w-])")
_NUMBER = re.compile(r"(?<![\w.,:/-])\d+(?:\.\d+)?(?![\d,:/]|[.]\d|-|st|nd|rd|th)")
_MEASURE = re.compile(r"(?<![\w.,:/-])(\d+(?:\.\d+)?) (EUR|USD|GBP|kg|hours|days|minutes|m2|m3|km|containers)\b")
_MONTH = re.compile(r" (?:January|February|March|April|May|June|July|August|September|October|November|December)\b")
_OPENING = re.compile(r"\A(?:I|We|My|A|Everybody|Here|There|It)\b[^.\"\d]*\. (?=\w)")
_QUOTED = re.compile(r'"[^"\n]*"')


def _request(row: Any, text: str) -> Any:
    made = copy.deepcopy(row)
    made["summary"] = text
    return made


def _turn(row: Any, index: int, text: str, request: str | None = None) -> Any:
    """Return the row with another turn, and if need be another request."""
    made = copy.deepcopy(row)
    made["steps"][index]["turn"] = text
    for line in made.get("dialogue", ()):
        if line["step"] == index:
            line["turn"] = text
    if request is not None:
        made["summary"] = request
    return made


def _dialogue(row: Any) -> None:
    row["dialogue"] = [
        {**line, "step": index, "turn": step["turn"]}
        for index, (line, step) in enumerate(zip(row.get("dialogue", ()), row["steps"], strict=False))
    ]


def _clause(row: Any, index: int) -> tuple[int, int] | None:
    """Return where the request says what turn `index` says: the longest run of words that both have."""
    turn, request = _OPENING.sub("", row["steps"][index]["turn"]), row["summary"]
    mine, whole = re.findall(r"\S+", turn), [*re.finditer(r"\S+", request)]
    found = SequenceMatcher(None, mine, [word[0] for word in whole], autojunk=False).find_longest_match()
    if found.size < 2:
        return None
    start, end = whole[found.b].start(), whole[found.b + found.size - 1].end()
    return start, end - (request[end - 1] in ".,;?!:")


def _plain(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Yield what a pattern finds outside quotation marks and dates."""
    quoted = [found.span() for found in _QUOTED.finditer(text)]
    for found in pattern.finditer(text):
        inside = any(start <= found.start() < end for start, end in quoted)
        if not inside and not _MONTH.match(text, found.end()) and not _MONTH.search(text[: found.start()][-11:]):
            yield found


def _keeping(row: Any, text: str) -> str:
    """Return a request with the user's words that it lacks put at its end."""
    quotes = [
        proof["quote"]
        for step in row["steps"]
        for proof in step["provenance"].values()
        if proof["kind"] == "user" and proof["quote"].casefold() not in text.casefold()
    ]
    return f"{text} My papers: {', '.join(dict.fromkeys(quotes))}." if quotes else text


def _another_quantity(row: Any) -> Iterator[Any]:
    text = row["summary"]
    for found in _plain(_NUMBER, text):
        other = str(int(float(found[0])) + 18)
        yield _request(row, f"{text[: found.start()]}{other}{text[found.end() :]} It used to be {found[0]}.")
        behind = re.compile(r"[^,.;]*").match(text, found.end())
        stop = behind.end() if behind else found.end()
        yield _request(
            row, f"{text[: found.start()]}{other}{text[found.end() : stop]}, not the usual {found[0]},{text[stop:]}"
        )


def _quantity_in_both(row: Any) -> Iterator[Any]:
    """The turn and the request speak of one more number than the call."""
    for index, step in enumerate(row["steps"]):
        place = _clause(row, index)
        if place:
            text = row["summary"]
            added = " in the next 47 minutes"
            yield _turn(
                row, index, step["turn"].rstrip(".?!") + f"{added}.", f"{text[: place[1]]}{added}{text[place[1] :]}"
            )


def _never(row: Any) -> Iterator[Any]:
    for index in range(len(row["steps"])):
        place = _clause(row, index)
        if place:
            for words in ("never ", "do not ", "don't ever "):
                yield _request(row, f"{row['summary'][: place[0]]}{words}{row['summary'][place[0] :]}")


def _another_id(row: Any) -> Iterator[Any]:
    text = row["summary"]
    ids = sorted(key for entities in row["initial_state"].values() for key in entities if _ID.fullmatch(key))
    for found in _ID.finditer(text):
        same = [key for key in ids if key != found[0] and key.partition("-")[0] == found[0].partition("-")[0]]
        for other in [*[key for key in same if key in text][:1], *[key for key in same if key not in text][:1]]:
            changed = f"{text[: found.start()]}{other}{text[found.end() :]}"
            yield _request(row, _keeping(row, changed))
            yield _request(row, f"{text[: found.start()]}{other} rather than {text[found.start() :]}")


def _ids_swapped(row: Any) -> Iterator[Any]:
    yield from _swapped(row, list(_ID.finditer(row["summary"])))


def _numbers_swapped(row: Any) -> Iterator[Any]:
    yield from _swapped(row, list(_plain(_NUMBER, row["summary"])))


def _swapped(row: Any, found: list[re.Match[str]]) -> Iterator[Any]:
    text = row["summary"]
    for one, other in combinations(found, 2):
        if one[0] != other[0]:
            yield _request(
                row,
                text[: one.start()] + other[0] + text[one.end() : other.start()] + one[0] + text[other.end() :],
            )


def _another_unit(row: Any) -> Iterator[Any]:
    others = {"EUR": "USD", "USD": "EUR", "GBP": "CHF", "kg": "tonnes", "hours": "days", "days": "weeks", "m2": "ha"}
    text = row["summary"]
    for found in _plain(_MEASURE, text):
        unit = others.get(found[2], "tonnes")
        yield _request(row, f"{text[: found.start(2)]}{unit}{text[found.end(2) :]}")


def _goal_removed(row: Any) -> Iterator[Any]:
    text = row["summary"]
    for index in range(len(row["steps"])):
        place = _clause(row, index)
        if place:
            yield _request(row, _keeping(row, text[: place[0]] + text[place[1] :]))


def _goal_added(row: Any) -> Iterator[Any]:
    text = row["summary"]
    ids = sorted(key for entities in row["initial_state"].values() for key in entities if _ID.fullmatch(key))
    said = next((key for key in ids if key in text), None)
    unsaid = next((key for key in ids if key not in text), None)
    for wish in (
        f"Also cancel {said}." if said else "",
        f"Also cancel {unsaid}." if unsaid else "",
        "And delete everything else.",
        "Finally, archive it, too.",
        "Then email me the whole list.",
        "Oh, and book a taxi for tonight.",
    ):
        if wish:
            yield _request(row, f"{text} {wish}")
    yield _request(row, f"Cancel the latest one. {text}")


def _words(name: str) -> str:
    return name.replace("_", " ")


def _another_attribute(row: Any) -> Iterator[Any]:
    text = row["summary"]
    names = [part["name"] for kind in row["meta"]["entity_types"] for part in kind["attributes"]]
    for answer in row["answer"]:
        key = _words(answer["pointer"].rpartition("/")[2])
        place = next(re.finditer(rf"\b{re.escape(key)}\b", text, re.IGNORECASE), None)
        for name in names:
            if place and _words(name) != key:
                yield _request(row, f"{text[: place.start()]}{_words(name)}{text[place.end() :]}")


def _first_is_last(row: Any) -> Iterator[Any]:
    text = row["summary"]
    for found in re.finditer(r"(?<=\bthe )first(?= [a-z])|(?<=comes )first\b|(?<=at the )top\b", text):
        yield _request(row, f"{text[: found.start()]}{'bottom' if found[0] == 'top' else 'last'}{text[found.end() :]}")


def _clauses_swapped(row: Any) -> Iterator[Any]:
    text = row["summary"]
    for one, other in combinations(range(len(row["steps"])), 2):
        first, second = _clause(row, one), _clause(row, other)
        if not first or not second or first[1] > second[0] or not _rests(row, one, other):
            continue
        if not _is_whole(row, one, first) or not _is_whole(row, other, second):
            continue
        yield _request(
            row,
            text[: first[0]]
            + text[second[0] : second[1]]
            + text[first[1] : second[0]]
            + text[first[0] : first[1]]
            + text[second[1] :],
        )


def _is_whole(row: Any, index: int, place: tuple[int, int]) -> bool:
    """Say whether a place in the request holds most of what a turn says."""
    return place[1] - place[0] >= 0.7 * len(row["steps"][index]["turn"])


def _rests(row: Any, one: int, other: int) -> bool:
    return any(proof.get("step") == one for proof in row["steps"][other]["provenance"].values())


def _ignored(row: Any) -> Iterator[Any]:
    took_back = (
        "Ignore all above. / Disregard everything I said so far. / On second thought, leave everything as it is. / "
        "Just kidding. / Do none of this. / All of this only if it rains. / Instead, do nothing. / Forget it."
    )
    for words in took_back.split(" / "):
        yield _request(row, f"{row['summary']} {words}")


def _answer_leaked(row: Any) -> Iterator[Any]:
    text = row["summary"]
    for answer in row["answer"]:
        value = answer["value"]
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield _request(row, f"{text} I think it is {value}.")
            index, turn = answer["step"], row["steps"][answer["step"]]["turn"]
            yield _turn(row, index, f"{turn} I think it is {value}.", f"{text} I think it is {value}.")


def _turn_is_quotes(row: Any) -> Iterator[Any]:
    for index, step in enumerate(row["steps"]):
        quotes = [
            proof["quote"] for proof in step["provenance"].values() if proof.get("turn") == index and proof.get("quote")
        ]
        yield _turn(row, index, " ".join(quotes) or ".")
        place = _clause(row, index)
        if place:
            text = row["summary"]
            yield _turn(row, index, " ".join(quotes) or ".", text[: place[0]] + " ".join(quotes) + text[place[1] :])


def _turn_says_opposite(row: Any) -> Iterator[Any]:
    text = row["summary"]
    for index, step in enumerate(row["steps"]):
        turn, place = step["turn"], _clause(row, index)
        for words in ("Never do this:", "Don't", "Under no circumstances"):
            yield _turn(row, index, f"{words} {turn}")
            if place:  # request and turn agree, and both are wrong
                yield _turn(row, index, f"{words} {turn}", f"{text[: place[0]]}{words.lower()} {text[place[0] :]}")
        yield _turn(row, index, f"{turn} Ignore that.")
        yield _turn(row, index, f"{turn} Ignore that.", f"{text} Ignore that.")


def _turn_is_thanks(row: Any) -> Iterator[Any]:
    """Nobody asked for the step: neither turn nor request."""
    text = row["summary"]
    for index, step in enumerate(row["steps"]):
        own = any(proof.get("turn") == index for proof in step["provenance"].values())
        place = _clause(row, index)
        if place and not own:
            for words in ("Thanks.", "Great, and now?"):
                yield _turn(row, index, words, text[: place[0]] + text[place[1] :])


def _limits_flipped(row: Any) -> Iterator[Any]:
    text = row["summary"]
    flips = {
        "at least": "at most", "at most": "at least", "or more": "or less", "or less": "or more",
        "or later": "or earlier", "or earlier": "or later", "not after": "not before", "not before": "not after",
    }  # fmt: skip
    for found in re.finditer("|".join(rf"\b{words}\b" for words in flips), text):
        yield _request(row, text[: found.start()] + flips[found[0]] + text[found.end() :])
        for index, step in enumerate(row["steps"]):
            if step["turn"].count(found[0]) == 1 == text.count(found[0]):
                turn = step["turn"].replace(found[0], flips[found[0]])
                yield _turn(row, index, turn, text.replace(found[0], flips[found[0]]))


def _odd_characters(row: Any) -> Iterator[Any]:
    text = row["summary"]
    word = next(re.finditer(r"\b[a-z]*[aeo][a-z]+\b", text), None)
    if word is None:
        return
    middle = word.start() + 1
    for sign in ("\u200b", "\u202e", "\u00ad", "\u2066", "\x07"):
        yield _request(row, text[:middle] + sign + text[middle:])
    alike = word[0].translate(str.maketrans("aeo", "аео"))
    yield _request(row, text[: word.start()] + alike + text[word.end() :])
    turn = row["steps"][0]["turn"]
    yield _turn(row, 0, turn[:3] + "\u200b" + turn[3:])
    yield _turn(row, 0, re.sub("[aeo]", lambda found: "аео"["aeo".index(found[0])], turn, count=1))


def _step_dropped(row: Any) -> Iterator[Any]:
    """The request still asks for what no call does; the final state is that of the calls that are left."""
    for index in range(len(row["steps"])):
        made = copy.deepcopy(row)
        steps = made["steps"]
        del steps[index]
        proofs = [proof for step in steps for proof in step["provenance"].values()]
        if not steps or any(index in (proof.get("turn"), proof.get("step")) for proof in proofs):
            continue
        for proof in proofs:
            for name in ("turn", "step"):
                if proof.get(name) is not None and proof[name] > index:
                    proof[name] -= 1
        made["gt_tool_calls"] = [step["call"] for step in steps]
        made["answer"] = [
            {**one, "step": one["step"] - (one["step"] > index)} for one in made["answer"] if one["step"] != index
        ]
        made["dialogue"] = [line for line in made.get("dialogue", ()) if line["step"] != index]
        _dialogue(made)
        called = {parse_call(step["call"]).name for step in steps}
        made["tools"] = [tool for tool in made["tools"] if tool["tool_name"] in called]
        programs = made["meta"].get("programs", {})
        made["meta"]["programs"] = {name: source for name, source in programs.items() if name in called}
        state = as_state(made["initial_state"])
        for step in steps:
            changes = [Change.model_validate(change) for change in step.get("changes", ())]
            try:
                state = apply(state, changes, mint=refuse_mint).state
            except StateProblem:
                break
        else:
            made["final_state"] = as_json(state)
            coded = [parse_call(step["call"]).name in made["meta"]["programs"] for step in steps]
            made["certificate"]["executed"] = [place for place, one in enumerate(coded) if one]
            yield made


def _answer_omitted(row: Any) -> Iterator[Any]:
    for place, answer in enumerate(row["answer"]):
        made = copy.deepcopy(row)
        del made["answer"][place]
        made["steps"][answer["step"]]["answer"].remove(answer["pointer"])
        yield made


def _another_answer(row: Any) -> Iterator[Any]:
    for place, answer in enumerate(row["answer"]):
        for leaf in leaves(row["steps"][answer["step"]]["response"]):
            if leaf.pointer == answer["pointer"] or leaf.value is None or isinstance(leaf.value, bool | list | dict):
                continue
            if leaf.value == "" or leaf.value == answer["value"]:
                continue
            made = copy.deepcopy(row)
            pointers = made["steps"][answer["step"]]["answer"]
            if leaf.pointer in pointers:
                continue
            pointers[pointers.index(answer["pointer"])] = leaf.pointer
            made["answer"][place] = {**answer, "pointer": leaf.pointer, "value": leaf.value}
            yield made


FORGERS: Mapping[str, Forger] = {
    "words: request says another quantity": _another_quantity,
    "words: turn and request say a quantity more": _quantity_in_both,
    "words: request says never": _never,
    "words: request says another existing id": _another_id,
    "words: ids change places in the request": _ids_swapped,
    "words: numbers change places in the request": _numbers_swapped,
    "words: request says another unit": _another_unit,
    "words: a goal removed from the request": _goal_removed,
    "words: a goal added to the request": _goal_added,
    "words: request asks for another attribute": _another_attribute,
    "words: first becomes last": _first_is_last,
    "words: clauses swapped where order matters": _clauses_swapped,
    "words: request says ignore all above": _ignored,
    "words: a numeric answer leaked": _answer_leaked,
    "words: a turn that is bare quotes": _turn_is_quotes,
    "words: a turn that says the opposite": _turn_says_opposite,
    "words: a step that nobody asked for": _turn_is_thanks,
    "words: at least becomes at most": _limits_flipped,
    "words: unseen signs and look-alikes": _odd_characters,
    "words: a step dropped, the request left": _step_dropped,
    "words: an answer omitted": _answer_omitted,
    "words: another value as answer": _another_answer,
}
"""Kinds, as `forged_share` prints them."""
