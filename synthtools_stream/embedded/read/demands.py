"""One sentence of a rule as what it demands: a condition between arguments, state and clock."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import cast

from synthtools_stream.embedded.english import tokens
from synthtools_stream.embedded.prose import number_in
from synthtools_stream.embedded.read.meanings import Condition, Meaning, Operand, Relation, Rule, Source
from synthtools_stream.embedded.read.operands import Frame
from synthtools_stream.values.jsontypes import Json

__all__ = ["EXCEEDS", "UNDER", "comparison_of", "conditions", "requirement", "rule_of"]

_NEEDS = re.compile(r"^(?P<value>[\w -]+?) (?:needs|requires|takes) (?P<side>at least|at most) (?P<bound>.+)$", re.I)
_ONLY_WHOSE = re.compile(
    (
        r"^only (?:an? |those |the )?(?P<noun>[\w -]+?) whose (?P<attr>[\w ]+?) (?:is|are) "
        r"(?P<values>.+?)(?: (?:can|may|could|will|is allowed) .+)?$"
    ),
    re.I,
)
_ONLY_STATE = re.compile(
    r"^only (?:an? |the )?(?P<values>.+?) (?P<noun>[a-z][\w-]*)(?: (?:can|may|could|will|move|are|is)\b.*| [a-z]+)?$",
    re.I,
)
_WHOSE_NOT = re.compile(
    (
        r"^(?:an?|no|the) (?P<noun>[\w -]+?) whose (?P<attr>[\w ]+?) is (?P<values>.+?) (?P<can>cannot|"
        r"can not|can|may not|may|must not) .+$"
    ),
    re.I,
)
_MUST_STATE = re.compile(
    (
        r"^(?:the |an? )?(?P<noun>[\w -]+?) (?:must|has to|needs to) (?P<no>not )?(?:still |already )?(?:be|have been) "
        r"(?P<values>[\w ,-]+?)(?: (?:first|before .+|by then))?$"
    ),
    re.I,
)
_MUST_HOLD = re.compile(
    r"^(?:the |an? )?(?P<noun>[\w -]+?)(?:'s|s') (?P<attr>[\w ]+?) (?:must|has to|needs to) (?P<no>not )?"
    r"(?:still |already )?be (?P<values>[\w ,-]+?)(?: (?:first|before .+|by then))?$",
    re.I,
)
_ONLY_WHILE = re.compile(
    r"^(?:(?:it |this )?(?:works|applies|is allowed|is possible|can be done|allowed|possible) )?only (?:on|for|to|"
    r"while|when|if|as long as) (?:an? |the )?(?P<noun>[\w -]+?)(?:(?:'s|s') (?P<attr>[\w ]+?))? (?:that |which )?"
    r"(?:is|are) (?:still )?(?P<values>[\w ,-]+)$",
    re.I,
)
_EITHER = re.compile(
    (
        r"^(?:give |use |name )?either (?P<names>.+?),? (?:but )?not both\b|^exactly one of "
        r"(?P<names2>.+?) (?:must|is|has)"
    ),
    re.I,
)
_ANY = re.compile(r"\bat least one of (?P<names>.+)$", re.I)
_NOT_BOTH = re.compile(
    (
        r"^(?P<names>.+?) (?:must not|cannot|can not|may not) (?:both )?(?:be (?:given|used|set|combined)|"
        r"go) ?(?:together|at once|both)?$"
    ),
    re.I,
)
_TOGETHER = re.compile(
    r"^(?P<names>.+?) (?:must|have to) (?:both )?be given together$|^(?P<names2>.+?) go together$", re.I
)
_GIVEN = re.compile(
    (
        r"^(?P<name>\w+) (?:is|must be) (?P<no>not )?(?:required|given|present|needed|set|filled in|"
        r"mandatory|stated)$|^(?P<no2>do not )?give (?P<name2>\w+)$"
    ),
    re.I,
)
_LENGTH = re.compile(
    (
        r"^(?P<name>\w+) (?:must (?:have|be)|may have|has) (?:(?P<side>at most|at least|no more than|up "
        r"to) )?(?P<n>\d+) characters(?: (?:long|or fewer|or less|at most|at least))*$"
    ),
    re.I,
)
_RELATIONS: tuple[tuple[Relation, str], ...] = (
    (
        Relation.ge,
        (
            r"must (?:be|lie|fall|come|start) (?:on or after|at or after|no earlier than|no less than|at "
            r"least|not before)|must not (?:be|lie|come|fall) (?:earlier than|before|less than|lower than|"
            r"smaller than|below|under)"
        ),
    ),
    (
        Relation.le,
        (
            r"must (?:be|lie|fall|come) (?:on or before|at or before|no later than|no more than|at most|not "
            r"after)|(?:must|may|can) ?not (?:exceed|be (?:later than|after|more than|greater than|higher "
            r"than|larger than|above|over))"
        ),
    ),
    (
        Relation.gt,
        (
            r"must (?:be|lie|fall|come) (?:strictly )?(?:later than|after|more than|greater than|higher than|"
            r"larger than|above|over)|must exceed"
        ),
    ),
    (
        Relation.lt,
        (
            r"must (?:be|lie|fall|come) (?:strictly )?(?:earlier than|before|less than|lower than|smaller "
            r"than|fewer than|below|under)"
        ),
    ),
    (
        Relation.ne,
        (
            r"(?:must|has to) (?:differ from|be different from|not be the same as|not equal)|must not (?:be "
            r"the same as|equal|be equal to|repeat)"
        ),
    ),
    (Relation.eq, r"must (?:equal|be equal to|be the same as|match)"),
    (Relation.le, r"(?:has|have) at most|is at most"),
    (Relation.ge, r"is at least"),
)
_COMPARED = tuple(
    (relation, re.compile(rf"^(?P<left>.+?) (?:{pattern}) (?P<right>.+)$", re.I)) for relation, pattern in _RELATIONS
)
_NOT_PAST = re.compile(
    r"^(?P<left>.+?) must (?:not (?:lie|be|fall) in the past|(?:lie|be|fall) (?:today or later|now or later))$", re.I
)
_FUTURE = re.compile(r"^(?P<left>.+?) must (?:lie|be|fall) in the future$", re.I)
_PAST = re.compile(
    r"^(?P<left>.+?) must (?:lie|be|fall) in the past$|^(?P<left2>.+?) must not (?:lie|be|fall) in the future$", re.I
)
_IS = re.compile(r"^(?P<left>.+?) (?:is|are|must be|equals|has been) (?P<no>not )?(?P<right>.+)$", re.I)
EXCEEDS = re.compile(
    r"^(?P<left>.+?) (?:exceeds|is (?:more|greater|higher|larger|later) than|is above|is after) (?P<right>.+)$", re.I
)
UNDER = re.compile(r"^(?P<left>.+?) (?:is (?:less|lower|smaller|earlier) than|is below|is before) (?P<right>.+)$", re.I)


def rule_of(sentence: str, require: Condition | Rule) -> Rule:
    """Return a demand as a rule, in the words of its sentence."""
    return replace(require, text=sentence) if isinstance(require, Rule) else Rule(sentence, "", require)


def requirement(text: str, frame: Frame) -> Condition | Rule | None:
    """Return what `text` demands; a Rule where the demand carries a condition of its own."""
    return (
        _group(text, frame)
        or _given(text, frame)
        or _length(text, frame)
        or _moment(text, frame)
        or _comparison(text, frame)
        or _entity_state(text, frame)
        or _value_needs(text, frame)
    )


def _group(text: str, frame: Frame) -> Condition | None:
    for relation, pattern in (
        (Relation.one_given, _EITHER),
        (Relation.any_given, _ANY),
        (Relation.together, _TOGETHER),
        (Relation.not_together, _NOT_BOTH),
    ):
        found = pattern.search(text)
        names = frame.parameters_in(found[0]) if found else []
        if len(names) > 1:
            return Condition(Operand(Source.constant), relation, Operand(Source.constant, value=cast(Json, names)))
    return None


def _given(text: str, frame: Frame) -> Condition | None:
    found = _GIVEN.match(text)
    name = (found["name"] or found["name2"]) if found else ""
    if found is None or frame.meaning(name) is None:
        return None
    negative = bool(found["no"] or found["no2"])
    return Condition(Operand(Source.parameter, name), Relation.absent if negative else Relation.given)


def _length(text: str, frame: Frame) -> Condition | None:
    found = _LENGTH.match(text)
    if found is None or frame.meaning(found["name"]) is None:
        return None
    relation = Relation.min_length if "at least" in text.lower() else Relation.max_length
    return Condition(
        Operand(Source.parameter, found["name"]), relation, Operand(Source.constant, value=int(found["n"]))
    )


def _moment(text: str, frame: Frame) -> Condition | None:
    for relation, pattern in ((Relation.ge, _NOT_PAST), (Relation.gt, _FUTURE), (Relation.le, _PAST)):
        found = pattern.match(text)
        if found is None:
            continue
        left = frame.operand(next(part for part in found.groups() if part))
        if left is not None:
            return Condition(left, relation, Operand(Source.now))
    return None


def _comparison(text: str, frame: Frame) -> Condition | None:
    for relation, pattern in _COMPARED:
        found = pattern.match(text)
        condition = comparison_of(found["left"], relation, found["right"], frame) if found else None
        if condition is not None:
            return condition
    return None


def comparison_of(left_text: str, relation: Relation, right_text: str, frame: Frame) -> Condition | None:
    """Return the comparison of what two phrases stand for."""
    left = frame.operand(left_text)
    if left is None:
        return None
    if relation in (Relation.ne, Relation.eq) and left.source is not Source.parameter:
        left = frame.referred(left_text) or left
    right = frame.operand(right_text, left.name if left.source is Source.parameter else "")
    return Condition(left, relation, right) if right is not None and right != left else None


def _entity_state(text: str, frame: Frame) -> Condition | None:
    for pattern in (_ONLY_WHOSE, _WHOSE_NOT, _ONLY_WHILE, _MUST_HOLD, _MUST_STATE, _ONLY_STATE):
        found = pattern.match(text)
        kind = frame.vocabulary.find(found["noun"]) if found else None
        if found is None or kind is None:
            continue
        parts = found.groupdict()
        if parts.get("attr"):
            left = frame.attribute(kind, found["attr"])
            values = frame.values(found["values"], left) if left is not None else ()
        else:
            state = frame.states_of(found["values"], kind)
            left = frame.attribute(kind, state[0].name) if state else None
            values = state[1] if state else ()
        if left is None or not values:
            continue
        can = parts.get("can") or ""
        negative = bool(parts.get("no")) or ("not" in can.lower()) != text.lower().startswith("no ")
        listed = Operand(Source.constant, value=cast(Json, list(values)))
        return Condition(left, Relation.none_of if negative and (can or parts.get("no")) else Relation.one_of, listed)
    return None


def _value_needs(text: str, frame: Frame) -> Rule | None:
    """`thyroid needs at least 2 ml`: a bound on a number for one value of a closed set."""
    found = _NEEDS.match(text)
    if found is None:
        return None
    bound, words = number_in(found["bound"]), tokens(found["value"])
    choice = next((m for m in frame.meanings if any(tokens(str(value)) == words for value in m.enum)), None)
    number = _number_parameter(found["bound"], frame.meanings)
    if choice is None or number is None or bound is None:
        return None
    value = next(value for value in choice.enum if tokens(str(value)) == words)
    relation = Relation.ge if found["side"].lower() == "at least" else Relation.le
    require = Condition(Operand(Source.parameter, number.parameter), relation, Operand(Source.constant, value=bound))
    return Rule(
        text,
        "",
        require,
        (
            Condition(
                Operand(Source.parameter, choice.parameter), Relation.one_of, Operand(Source.constant, value=[value])
            ),
        ),
    )


def _number_parameter(text: str, meanings: tuple[Meaning, ...]) -> Meaning | None:
    numbers = [meaning for meaning in meanings if meaning.type in ("integer", "float")]
    wanted = set(tokens(text))
    return max(numbers, key=lambda m: len(wanted & set(tokens(f"{m.parameter} {m.description}"))), default=None)


def conditions(text: str, frame: Frame) -> tuple[Condition, ...]:
    """Return the conditions that a clause sets; none where one of them is not understood."""
    parts = [_condition(part, frame) for part in re.split(r" and (?=\w+ is\b|the )", text)]
    return tuple(part for part in parts if part is not None) if all(part is not None for part in parts) else ()


def _condition(text: str, frame: Frame) -> Condition | None:
    given = _given(text, frame)
    if given is not None:
        return given
    for relation, pattern in ((Relation.gt, EXCEEDS), (Relation.lt, UNDER)):
        found = pattern.match(text)
        compared = comparison_of(found["left"], relation, found["right"], frame) if found else None
        if compared is not None:
            return compared
    compared = _comparison(text, frame)
    if compared is not None:
        return compared
    found = _IS.match(text)
    if found is None:
        return None
    left = frame.operand(found["left"]) or _entity_flag(found["left"], found["right"], frame)
    if left is None:
        return None
    values = frame.values(found["right"], left)
    if left.source is Source.attribute and values and isinstance(values[0], bool):
        values = (not re.search(r"\bfalse\b", found["right"]),)
    relation = Relation.none_of if found["no"] else Relation.one_of
    return Condition(left, relation, Operand(Source.constant, value=cast(Json, list(values))))


def _entity_flag(left: str, right: str, frame: Frame) -> Operand | None:
    """`the booking is hazardous`: a boolean or closed attribute of the entity itself."""
    kind = frame.vocabulary.find(left)
    if kind is None:
        return None
    state = frame.states_of(right, kind)
    return frame.attribute(kind, state[0].name if state else right)
