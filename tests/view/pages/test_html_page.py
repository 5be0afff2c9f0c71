"""Pages in their shell, and the style and script that they bring."""

from __future__ import annotations

import re

import pytest

from synthtools_stream.view.pages.html_page import asset, render
from synthtools_stream.view.pages.page import Note, Page, Shell
from synthtools_stream.view.pages.reject_page import reject_page
from tests.view.pages.written_page import WrittenPage

_PAGE = reject_page({"id": "a", "stage": "auditing", "reason": "unreliable", "detail": "Why.", "evidence": None})
_WANTED = 4.5
"""Contrast of text that WCAG 2.2 asks for at level AA."""
_TEXT_ON_GROUND = [
    *((text, ground) for text in ("ink", "soft", "accent") for ground in ("ground", "surface", "sunk")),
    *((text, ground) for text in ("key", "string", "number", "word") for ground in ("surface", "sunk", "ground")),
    *((tone, f"{tone}-ground") for tone in ("good", "bad", "odd", "accent")),
    *(
        (text, ground)
        for text in ("string", "number", "word", "key")
        for ground in ("good-ground", "bad-ground", "mark")
    ),
    *((text, "mark") for text in ("ink",)),
    *(("soft", ground) for ground in ("bad-ground",)),
]


def shown(shell: Shell, page: Page = _PAGE) -> WrittenPage:
    """Return a page in a shell, parsed."""
    found = WrittenPage(render(page, shell))
    assert found.problems() == []
    return found


def test_navigation_tells_what_there_is() -> None:
    """Kinds without rows are left out; the one that is looked at is named as such."""
    page = shown(Shell("runs/demo", {"tasks": 1200, "attempts": 0, "rejects": 3}, kind="rejects", row_id="0"))
    assert {"/tasks", "/rejects"} <= set(page.links)
    assert not {"/attempts", "/tools"} & set(page.links)
    assert "1,200" in page.html
    assert [link.words.split()[0] for link in page.of("a", aria_current="true")] == ["Rejects"]


def test_a_reader_can_note() -> None:
    """The form says what was noted, and whose row it is; where nothing can be kept, there is none."""
    note = Note("odd <one>", "because\n& so on")
    shell = Shell("x", {"rejects": 3}, kind="rejects", row_id="0", note=note, labels=["odd <one>", "good"])
    page = shown(shell)
    (form,) = page.of("form", method="post")
    assert form.attributes["action"] == "/labels"
    values = {element.attributes.get("name"): element.attributes.get("value") for element in page.of("input")}
    assert (values["kind"], values["id"], values["label"]) == ("rejects", "0", "odd <one>")
    assert page.of("textarea")[0].words == "because\n& so on"
    assert [option.attributes["value"] for option in page.of("option")] == ["odd <one>", "good"]
    silent = Shell("x", {"rejects": 3}, kind="rejects", row_id="0", may_note=False)
    assert not shown(silent).of("textarea")


def test_live_pages_say_so() -> None:
    """The script asks for news from the count that the page was made of."""
    assert shown(Shell("x", {}, live=True, total=17)).of("body", data_live="")[0].attributes["data-total"] == "17"
    assert not shown(Shell("x", {}, total=17)).of("body", data_live="")


def test_assets_are_named_not_opened() -> None:
    """What is no file of ours is nothing."""
    assert asset("view.css")
    assert asset("view.js")
    for name in ("", ".", "..", "../page.py", "view", "VIEW.CSS", "/etc/passwd"):
        assert asset(name) is None


@pytest.mark.parametrize("name", ["view.css", "view.js", "icon.svg"])
def test_assets_come_from_here_alone(name: str) -> None:
    """Nothing is fetched from anywhere else, and no script makes markup or code of a text."""
    text = (asset(name) or b"").decode()
    assert set(re.findall(r"https?://[^\s\"']+", text)) <= {"http://www.w3.org/2000/svg"}
    assert not re.search(
        r"@import|url\(|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|Function\(", text
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), _TEXT_ON_GROUND)
def test_contrast(scheme: str, text: str, ground: str) -> None:
    """All text can be read on all that it stands on."""
    colours = colours_of(scheme)
    lighter, darker = sorted((luminance(colours[text]), luminance(colours[ground])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= _WANTED, (text, ground)


def colours_of(scheme: str) -> dict[str, str]:
    """Return the style's colours by name: the light ones, with the dark ones over them."""
    style = (asset("view.css") or b"").decode()
    light, dark = style.split("@media (prefers-color-scheme: dark)", 1)
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", light))
    return found if scheme == "light" else found | dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", dark))


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour as WCAG reckons it."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_class_has_a_style_or_a_use() -> None:
    """What the templates call a class is known to the style, or to the script."""
    style = (asset("view.css") or b"").decode() + (asset("view.js") or b"").decode()
    page = shown(Shell("x", {"rejects": 3}, kind="rejects", row_id="0"))
    classes = {name for element in page.elements for name in element.attributes.get("class", "").split()}
    assert {name for name in classes if f".{name}" not in style} <= {
        "probes",
        "text",
        "overview",
        "list-page",
        "list-main",
    }
