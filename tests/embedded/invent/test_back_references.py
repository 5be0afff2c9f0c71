"""Words that point at a thing pick exactly one at that moment."""

from __future__ import annotations

import random

from synthtools_stream.embedded.invent.back_references import Conversation
from synthtools_stream.values.jsontypes import Json, JsonObject

ACCOUNTS = ["LA-1001", "LA-1002", "LA-1003"]


def step(user: str, call: str, **response: Json) -> JsonObject:
    return {"user": user, "call": call, "status_code": 200, "response": response}


def ways(told: Conversation, identifier: str, noun: str = "account", *, may_be_it: bool = False) -> set[str]:
    """Return all words that the thing may be pointed at with."""
    reference = told.reference(identifier)
    assert reference is not None
    return {told.words_for(reference, noun, random.Random(seed), may_be_it=may_be_it) for seed in range(60)} - {""}


ENTRY = step("Show entry JE-1007.", "ShowEntry(entry_id='JE-1007')", entry_id="JE-1007", account_id="LA-1001")
SHOWN = step("Show account LA-1002.", "ShowAccount(account_id='LA-1002')", account_id="LA-1002", balance=5)


def test_last_of_its_kind_is_that_one() -> None:
    """`that account` is the account that was spoken of last."""
    assert ways(Conversation([ENTRY, SHOWN], ACCOUNTS), "LA-1002") == {"that account"}


def test_no_reference_to_what_only_describes_another() -> None:
    """An id that a response tells of another thing is not that thing's own."""
    assert Conversation([ENTRY], ACCOUNTS).reference("LA-1001") is None


def test_account_named_in_between_is_no_longer_that_one() -> None:
    """Once the user or a response speaks of another account, `that account` would be the other one."""
    named = step("Close account LA-1003.", "CloseAccount(account_id='LA-1003')", done=True)
    assert ways(Conversation([SHOWN, named], ACCOUNTS), "LA-1002") == set()
    told = step("Show entry JE-1007.", "ShowEntry(entry_id='JE-1007')", entry_id="JE-1007", account_id="LA-1003")
    assert ways(Conversation([SHOWN, told], ACCOUNTS), "LA-1002") == set()


def test_first_of_the_latest_list() -> None:
    """`the first of those accounts` is of the latest list; an older list's first has no words of its own."""
    rows: Json = [{"account_id": "LA-1003"}, {"account_id": "LA-1001"}]
    listed = step("List accounts.", "ListAccounts()", accounts=rows)
    assert "the first of those accounts" in ways(Conversation([listed], ACCOUNTS), "LA-1003")
    assert "that account" not in ways(Conversation([listed], ACCOUNTS), "LA-1003")
    again = step("List others.", "ListAccounts()", accounts=[{"account_id": "LA-1002"}])
    assert ways(Conversation([listed, again], ACCOUNTS), "LA-1003") == set()


def test_new_one_is_new_while_it_is_alone() -> None:
    """`the new account` is the only one that was made; of two, each needs other words."""
    one = step("Open an account.", "OpenAccount(side='debit')", account_id="LA-1001", side="debit")
    two = step("Open another.", "OpenAccount(side='credit')", account_id="LA-1002", side="credit")
    assert "the new account" in ways(Conversation([one], ACCOUNTS), "LA-1001")
    assert ways(Conversation([one, two], ACCOUNTS), "LA-1001") == set()


def test_it_is_all_that_was_spoken_of() -> None:
    """`it` needs a step before in which no other thing occurs, of whatever kind."""
    assert "it" in ways(Conversation([SHOWN], ACCOUNTS), "LA-1002", may_be_it=True)
    about = step("Show LA-1002 of JE-1007.", "Show(account_id='LA-1002')", account_id="LA-1002", entry_id="JE-1007")
    assert "it" not in ways(Conversation([about], ACCOUNTS), "LA-1002", may_be_it=True)
