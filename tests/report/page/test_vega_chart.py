"""A chart as SVG text."""

from __future__ import annotations

import re
import sys
from xml.etree.ElementTree import fromstring

import pytest

from synthtools_stream.errors import UsageError
from synthtools_stream.report.page.section_charts import Chart, Form, Point
from synthtools_stream.report.page.vega_chart import assert_charts, chart_svg

HOSTILE = '"><script>alert(1)</script><b onload=x>&amp;'
POINTS = (Point(0, "0.5", 0.25, 0.2, 0.4), Point(0, "0.9", 0.1, 0.0, 0.3), Point(1, "0.5", 0.5, 0.4, 0.6))


@pytest.mark.parametrize("form", ["columns", "bars", "line"])
def test_plain_and_in_the_colours_of_the_page(form: Form) -> None:
    """Shapes and text alone, in a page's own colours: so that it may stand under the strictest policy."""
    text = chart_svg(Chart("Any", form, "overlap", 2, True, POINTS))
    svg = fromstring(text)
    assert svg.get("viewBox")
    tags = {element.tag.rpartition("}")[2] for element in svg.iter()}
    assert tags <= {"svg", "g", "path", "line", "text", "title", "rect"}
    assert not {name for element in svg.iter() for name in element.attrib} & {"style", "id", "href", "onload"}
    assert {"var(--series-1)", "var(--series-2)", "currentColor"} <= set(
        re.findall(r'"(var\(--\S+\)|currentColor)"', text)
    )
    assert not re.findall(r'(?:fill|stroke)="(?:#|black|white)', text)
    assert "%" in "".join(svg.itertext())


def test_names_are_no_markup() -> None:
    """What a model or a file is called is text."""
    points = (Point(0, HOSTILE, 1.0), Point(0, "b", 2.0))
    text = chart_svg(Chart("Any", "bars", "", 1, False, points))
    assert "<script" not in text
    assert "<b" not in text
    assert "alert(1)" in "".join(fromstring(text).itertext()), "it is cut, perhaps, but read"


def test_the_same_chart_again() -> None:
    """Is the same text: pages of the same figures do not differ."""
    chart = Chart("Any", "bars", "", 2, True, POINTS)
    assert chart_svg(chart) == chart_svg(chart)


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line says what to install."""
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    with pytest.raises(UsageError, match=r"pip install 'synthtools-stream\[plots\]'"):
        assert_charts()
