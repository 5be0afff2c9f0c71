"""A chart as SVG text: the one module that knows Vega.

Vega-Lite takes a chart as data and writes plain SVG: shapes and text with attributes, no style sheet, no ids and no
script, each mark named for those who do not see it; and a colour may be a variable of the page, so that one drawing
does for light and dark (matplotlib takes none, and writes style sheets). vl-convert brings all of it along in one
wheel, without a browser or a network.
"""

from __future__ import annotations

from collections.abc import Callable

from synthtools_stream.errors import UsageError
from synthtools_stream.report.page.section_charts import Chart, Form, Point
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["MOST_SERIES", "assert_charts", "chart_svg"]

MOST_SERIES = 6
"""Corpora side by side: as many colours are told apart, also by those who see few."""
_WIDTH = 420
"""Pixels of a chart: its text is as large as that of the table beside it, and two fit on a sheet of paper."""
_COLUMNS_HEIGHT = 150
"""Pixels of what stands on a horizontal axis."""
_BAR = 9
"""Pixels of a bar, where several corpora share a name; a single one is half again as high."""
_LABEL = 210
"""Pixels of a name at most: the table has it whole."""


def assert_charts() -> None:
    """Refuse to begin where charts cannot be drawn.

    :raises UsageError: where vl-convert is not installed.
    """
    _converter()


def chart_svg(chart: Chart) -> str:
    """Draw a chart in the page's colours: `--series-1` and so on, `--rule` for the grid, the text's own for the rest.

    :raises UsageError: where vl-convert is not installed.
    """
    return _converter()(_spec(chart))


def _converter() -> Callable[[JsonObject], str]:
    try:
        from vl_convert import vegalite_to_svg
    except ImportError as error:
        raise UsageError("a page's charts need vl-convert: pip install 'synthtools-stream[plots]'") from error
    return vegalite_to_svg


def _spec(chart: Chart) -> JsonObject:
    values: list[Json] = [_row(point, chart.form) for point in chart.points]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "description": chart.title,
        "background": None,
        "padding": {"left": 8, "right": 8, "top": 4, "bottom": 2},
        "autosize": {"type": "fit-x", "contains": "padding"},
        "width": _WIDTH,
        "height": _height(chart),
        "data": {"values": values},
        "encoding": {**_places(chart), "color": _colour(chart)},
        "layer": _layers(chart),
        "config": _look(),
    }


def _row(point: Point, form: Form) -> JsonObject:
    label = float(point.label) if form == "line" else point.label
    row: JsonObject = {"series": str(point.series), "label": label, "value": point.value}
    return row if point.low is None else {**row, "low": point.low, "high": point.high}


def _height(chart: Chart) -> Json:
    if chart.form != "bars":
        return _COLUMNS_HEIGHT
    return {"step": _BAR * max(1.5, chart.series) + _BAR, "for": "position"}


def _places(chart: Chart) -> JsonObject:
    """Return what stands along which axis."""
    flat = chart.form == "bars"
    label: JsonObject = {"field": "label", "type": "ordinal", "sort": None, "title": chart.axis or None}
    if chart.form == "line":
        ticks: list[Json] = [*sorted({float(point.label) for point in chart.points})]
        label |= {"type": "quantitative", "axis": {"values": ticks}}
        label["scale"] = {"zero": False, "nice": False, "padding": 12}
    else:
        label["axis"] = {"labelAngle": 0, "labelLimit": _LABEL, "ticks": False, "grid": False, "domain": not flat}
    value: JsonObject = {"field": "value", "type": "quantitative", "title": None, "stack": None}
    value["axis"] = {"format": _format(chart), "tickCount": 5, "domain": False, "ticks": False}
    if chart.are_shares:
        value["scale"] = {"domainMin": 0, "domainMax": _top(chart)}
    offset: JsonObject = {"field": "series", "type": "ordinal"}
    if flat:
        return {"y": label, "x": value, **({"yOffset": offset} if chart.series > 1 else {})}
    beside = chart.series > 1 and chart.form == "columns"
    return {"x": label, "y": value, **({"xOffset": offset} if beside else {})}


def _format(chart: Chart) -> str:
    """Return how numbers along an axis are said: in d3's words."""
    if chart.are_shares:
        return "%"
    return "~s" if max(point.value for point in chart.points) >= 1000 else ".3~g"


def _top(chart: Chart) -> float:
    """Return where an axis of shares ends: a little above the highest interval."""
    highest = max(point.value if point.high is None else point.high for point in chart.points)
    return next(top for top in (0.1, 0.25, 0.5, 0.75, 1.0) if highest <= top or top == 1.0)


def _colour(chart: Chart) -> JsonObject:
    names: list[Json] = [str(at) for at in range(chart.series)]
    colours: list[Json] = [f"var(--series-{at + 1})" for at in range(chart.series)]
    scale: JsonObject = {"domain": names, "range": colours}
    return {"field": "series", "type": "nominal", "legend": None, "scale": scale}


def _layers(chart: Chart) -> list[Json]:
    """Return the marks, and over them where each value lies."""
    first, second = ("x", "x2") if chart.form == "bars" else ("y", "y2")
    spread: JsonObject = {first: {"field": "low", "type": "quantitative"}, second: {"field": "high"}}
    over: JsonObject = {
        "transform": [{"filter": "isValid(datum.low)"}],
        "mark": {"type": "rule", "strokeWidth": 1, "opacity": 0.7},
        "encoding": {**spread, "color": {"value": "currentColor"}},
    }
    if chart.form == "line":
        band: JsonObject = {**over, "mark": {"type": "area", "opacity": 0.15}, "encoding": spread}
        return [band, {"mark": {"type": "line", "strokeWidth": 1.75, "point": {"size": 28, "filled": True}}}]
    # Percent of the room that a name has; bars of several corpora touch.
    return [{"mark": {"type": "bar", "cornerRadiusEnd": 1.5}}, over]


def _look() -> JsonObject:
    text: JsonObject = {"labelColor": "currentColor", "titleColor": "currentColor", "labelFontSize": 11}
    lines: JsonObject = {"gridColor": "var(--rule)", "domainColor": "var(--rule)", "tickColor": "var(--rule)"}
    return {
        "font": "system-ui, sans-serif",
        "axis": {**text, **lines, "titleFontSize": 11, "titleFontWeight": "normal", "labelPadding": 5},
        "scale": {"bandPaddingInner": 0.3, "bandPaddingOuter": 0.15, "offsetBandPaddingInner": 0.1},
        "view": {"stroke": None},
    }
