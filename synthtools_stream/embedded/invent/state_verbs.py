"""Between a state and the act that leads into it: `cancelled` is entered by cancelling."""

from __future__ import annotations

import re

__all__ = ["participle", "verb_into"]

_IRREGULAR = {
    "sent": "send", "paid": "pay", "sold": "sell", "held": "hold", "built": "build", "cut": "cut", "made": "make",
    "given": "give", "taken": "take", "written": "write", "drawn": "draw", "withdrawn": "withdraw", "set": "set",
    "bought": "buy", "begun": "begin", "frozen": "freeze", "chosen": "choose", "found": "find", "lost": "lose",
    "worn": "wear", "shot": "shoot", "read": "read", "born": "bear", "fed": "feed", "hung": "hang", "put": "put",
}  # fmt: skip
_EXACT = {
    "aired": "air", "cellared": "cellar", "controlled": "control", "convened": "convene", "culled": "cull",
    "deleted": "delete", "depleted": "deplete", "gazetted": "gazette", "grouted": "grout", "ignored": "ignore",
    "invited": "invite", "killed": "kill", "poured": "pour", "repaired": "repair", "restored": "restore",
    "revoked": "revoke", "scouted": "scout", "voided": "void", "scored": "score", "toured": "tour", "paired": "pair",
}  # fmt: skip
_BEFALLS = frozenset(
    {
        "failed", "missed", "lost", "worn", "outdated", "occupied", "expired", "arrived", "congested", "injured",
        "suspected", "slowed", "exhausted", "alarmed", "overloaded", "unexplored", "unfounded", "unpaired", "departed",
        "waterlogged", "faulted", "crazed", "expected", "wanted", "satisfied", "preferred", "defaulted", "interrupted",
        "complied", "consented", "attended", "rested", "learned", "appealed", "eased", "born", "damaged", "grounded",
    }
)  # fmt: skip
"""What comes over a thing, or what it is; nobody does it to the thing."""
_DROPS_E = re.compile(
    r"(?:[^aeiou][aeiou](?:[cszvg]|tch)|at|iz|is|ur|ir|us|ut|id|ud|ok|iv|rv|lv|ng|rg|dg|nc|rc|[bcdfgkptz]l|as|os|ov|ak|ot|ar)$"
)
_KEEPS = re.compile(
    r"(?:sh|ch|ss|ct|pt|nt|st|rt|ld|nd|rm|rn|ck|lt|x|w|y|ft|it|en|er|or|ok|ail|ain|oad|eat|eck|ead|ear|eal|eed|ean|et|el|al|ow|op)$"
)
_DOUBLED = re.compile(r"([bdgmnprt])\1$")
_KEEP_LL = ("fill", "bill", "stall", "roll", "pull", "call", "drill", "mill", "fell", "shell")
_STATIVE = re.compile(r"[a-z]+(?:ed)$")


def verb_into(state: str) -> str:
    """Return the imperative that brings a thing into `state`: `cancel`, or `mark as overdue` where no verb shows."""
    if state in _BEFALLS:
        return f"mark as {state}"
    if state in _IRREGULAR or state in _EXACT:
        return _IRREGULAR.get(state) or _EXACT[state]
    if " " in state or not _STATIVE.fullmatch(state) or len(state) < 5:
        return f"mark as {state}"
    stem = state[:-2]
    if stem.endswith("i"):
        return stem[:-1] + "y"
    if stem.endswith("ll"):
        return stem if stem.endswith(_KEEP_LL) else stem[:-1]
    if _DOUBLED.search(stem):
        return stem[:-1]
    return _regular(stem, state)


_SILENT_E = re.compile(
    r"^(?:clos|approv|releas|schedul|archiv|resolv|receiv|complet|escalat|activat|invoic|stor|remov|retir|prepar|settl"
    r"|issu|quot|pric|stag|replac|reserv|declin|revis|nam|us|describ|licens|queu|trac|lin|rout|tun|acquir|requir|expir"
    r"|shar|merg|charg|manag|packag|engag|balanc|refin|welcom|secur|cur|clon|defin)$"
)


def _regular(stem: str, state: str) -> str:
    if _SILENT_E.match(stem):
        return stem + "e"
    if _KEEPS.search(stem):
        return stem
    return stem + "e" if _DROPS_E.search(stem) else f"mark as {state}"


_PARTICIPLES = {base: past for past, base in _IRREGULAR.items()} | {
    "put": "put", "withdraw": "withdrawn", "bring": "brought", "broadcast": "broadcast", "go": "gone", "lend": "lent",
    "recast": "recast", "shut": "shut", "get": "got", "show": "shown", "shrink": "shrunk", "sow": "sown",
    "abandon": "abandoned", "open": "opened", "edit": "edited", "annul": "annulled", "enrol": "enrolled",
    "fulfil": "fulfilled", "pencil": "pencilled", "refuel": "refuelled", "relabel": "relabelled", "dial": "dialled",
    "reopen": "reopened", "audit": "audited", "visit": "visited", "quit": "quit",
}  # fmt: skip
_DOUBLING = re.compile(r"(?:^|[^aeiou])[aeiou][bdgmnprt]$")
_UNSTRESSED = re.compile(r"(?:en|er|or|it|et|op|ig|el|al)$")
_DOUBLES = frozenset(
    {
        "cancel", "control", "model", "label", "refer", "admit", "commit", "permit", "submit", "transfer", "defer",
    }
)  # fmt: skip
_SINGLE = frozenset({"repair", "develop"})
"""They double their last letter, or do not, whatever the rule says."""


def participle(verb: str) -> str:
    """Return the past participle of an imperative; its first word changes: `checked in`, `sent out`."""
    first, _, rest = verb.partition(" ")
    return f"{_past(first)} {rest}".strip()


def _past(word: str) -> str:
    if word in _PARTICIPLES:
        return _PARTICIPLES[word]
    if word.endswith("e"):
        return word + "d"
    if re.search(r"[^aeiou]y$", word):
        return word[:-1] + "ied"
    stressed = len(word) <= 4 or not _UNSTRESSED.search(word)
    if word in _DOUBLES or (_DOUBLING.search(word) and stressed and word not in _SINGLE):
        return word + word[-1] + "ed"
    return word + "ed"
