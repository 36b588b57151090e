"""Charts of a deck that can be edited: bars, lines and funnels, of shown figures only."""

from collections.abc import Sequence

from pptx.chart.chart import Chart
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.chart.series import LineSeries, XySeries
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
)
from pptx.enum.dml import MSO_LINE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.shapes.graphfrm import GraphicFrame
from pptx.slide import Slide
from pptx.util import Length, Pt

from pdqi.charts.theme import LIGHT
from pdqi.snapshot.frozen import Plot, Series

FORMATS = {"share": "0%", "count": "#,##0", "days": "#,##0", "ratio": "0.0", "date": "mmm yyyy"}
COLOURS = (LIGHT.blue, LIGHT.common, LIGHT.neutral, LIGHT.concern, LIGHT.ink)
DASHES = (MSO_LINE.SOLID, MSO_LINE.DASH, MSO_LINE.ROUND_DOT, MSO_LINE.LONG_DASH)
FEW_LABELS = 24
"""With more bars than this their values are not written beside them: the table has them."""


def add_chart(slide: Slide, plot: Plot, box: tuple[Length, Length, Length, Length]) -> GraphicFrame:
    """Add a plot to a slide as a chart of its own form."""
    if plot.form == "scatter":
        return _scatter(slide, plot, box)
    data = CategoryChartData(number_format=FORMATS[plot.unit])
    data.categories = list(plot.places)
    for series in plot.series:
        data.add_series(series.name, series.values)
    bars = plot.form == "bars"
    form = XL_CHART_TYPE.BAR_CLUSTERED if bars else XL_CHART_TYPE.LINE_MARKERS
    frame: GraphicFrame = slide.shapes.add_chart(form, *box, data)
    chart = frame.chart
    _look(chart, plot)
    if bars:
        _bars(chart, plot)
    else:
        _lines(chart, plot)
    return frame


def _look(chart: Chart, plot: Plot) -> None:
    chart.font.size, chart.font.color.rgb = Pt(12), _rgb(LIGHT.ink)
    chart.has_title = False
    chart.has_legend = len(plot.series) > 1
    if chart.has_legend:
        chart.legend.position = XL_LEGEND_POSITION.BOTTOM
        chart.legend.include_in_layout = False
    axis = chart.value_axis
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = (
        FORMATS[plot.unit],
        False,
    )
    axis.format.line.fill.background()
    axis.major_gridlines.format.line.color.rgb = _rgb(LIGHT.faint)


def _bars(chart: Chart, plot: Plot) -> None:
    # The first row stands at the top, as in the table.
    chart.category_axis.reverse_order = True
    chart.category_axis.format.line.color.rgb = _rgb(LIGHT.line)
    chart.value_axis.tick_label_position = XL_TICK_LABEL_POSITION.HIGH
    if plot.unit == "date":
        days = [v for series in plot.series for v in series.values if v is not None]
        chart.value_axis.minimum_scale = min(days) - 90
        chart.value_axis.maximum_scale = max(days) + 90
        chart.value_axis.major_unit = 182
    else:
        chart.value_axis.minimum_scale = 0
    drawn = chart.plots[0]
    drawn.gap_width, drawn.overlap = 50, -5
    if len(plot.places) * len(plot.series) <= FEW_LABELS:
        drawn.has_data_labels = True
        labels = drawn.data_labels
        labels.number_format, labels.number_format_is_linked = FORMATS[plot.unit], False
        labels.font.size = Pt(11)
        labels.position = XL_LABEL_POSITION.INSIDE_BASE
        labels.font.color.rgb = _rgb(LIGHT.on_ink)
    for series, drawn_series, colour in zip(plot.series, drawn.series, COLOURS * 3, strict=False):
        drawn_series.format.fill.solid()
        drawn_series.format.fill.fore_color.rgb = _rgb(_dark(colour))
        drawn_series.invert_if_negative = False
        if series.low:
            _whiskers(drawn_series._element, series)


def _dark(colour: str) -> str:
    """Return a colour on which white numbers can be read."""
    return LIGHT.muted if colour == LIGHT.common else colour


def _whiskers(element: object, series: Series) -> None:
    """Add the 95% intervals: what a bar's value differs by from either end."""
    ends = []
    for name, other in (("plus", series.high), ("minus", series.low)):
        points = "".join(
            f'<c:pt idx="{at}"><c:v>{abs(end - value):.6g}</c:v></c:pt>'
            for at, (value, end) in enumerate(zip(series.values, other, strict=True))
            if value is not None and end is not None
        )
        ends.append(
            f'<c:{name}><c:numLit><c:ptCount val="{len(series.values)}"/>{points}'
            f"</c:numLit></c:{name}>"
        )
    bars = parse_xml(
        f'<c:errBars {nsdecls("c", "a")}><c:errBarType val="both"/><c:errValType val="cust"/>'
        f'<c:noEndCap val="0"/>{"".join(ends)}<c:spPr><a:ln w="15875"><a:solidFill>'
        f'<a:srgbClr val="{LIGHT.ink.lstrip("#")}"/></a:solidFill></a:ln></c:spPr></c:errBars>'
    )
    element.find(f"{{{element.nsmap['c']}}}cat").addprevious(bars)  # type: ignore[attr-defined]


def _lines(chart: Chart, plot: Plot) -> None:
    chart.category_axis.tick_labels.font.size = Pt(11)
    chart.category_axis.format.line.color.rgb = _rgb(LIGHT.line)
    dashes = iter(DASHES[1:] * 3)
    for series, drawn in zip(plot.series, chart.plots[0].series, strict=True):
        main = series is plot.series[0]
        _line(drawn, LIGHT.blue if main else LIGHT.line, DASHES[0] if main else next(dashes))
        drawn.smooth = False
        drawn.marker.style = XL_MARKER_STYLE.CIRCLE if main else XL_MARKER_STYLE.NONE
        if main:
            drawn.marker.size = 6
            drawn.marker.format.fill.solid()
            drawn.marker.format.fill.fore_color.rgb = _rgb(LIGHT.blue)


def _line(drawn: LineSeries | XySeries, colour: str, dash: MSO_LINE) -> None:
    drawn.format.line.color.rgb = _rgb(colour)
    drawn.format.line.width = Pt(1.75)
    drawn.format.line.dash_style = dash


def _scatter(slide: Slide, plot: Plot, box: tuple[Length, Length, Length, Length]) -> GraphicFrame:
    data = XyChartData(number_format=FORMATS[plot.unit])
    for series in plot.series:
        added = data.add_series(series.name)
        for x, y in zip(series.at, series.values, strict=True):
            if y is not None:
                added.add_data_point(x, y)
    frame: GraphicFrame = slide.shapes.add_chart(XL_CHART_TYPE.XY_SCATTER, *box, data)
    chart = frame.chart
    _look(chart, plot)
    axis = chart.category_axis
    axis.minimum_scale = 0
    axis.has_major_gridlines = False
    axis.has_title = True
    axis.axis_title.text_frame.text = plot.across
    axis.axis_title.text_frame.paragraphs[0].font.size = Pt(11)
    axis.axis_title.text_frame.paragraphs[0].font.bold = False
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = "#,##0", False
    chart.value_axis.minimum_scale, chart.value_axis.maximum_scale = _room(plot.series)
    for series, drawn in zip(plot.series, chart.plots[0].series, strict=True):
        if series.points:
            _points(drawn, series)
            continue
        near = "95" in series.name
        dash = MSO_LINE.DASH if near else MSO_LINE.SOLID
        _line(drawn, LIGHT.line if series.quiet else LIGHT.ink, dash)
        drawn.marker.style = XL_MARKER_STYLE.NONE
    return frame


def _points(drawn: XySeries, series: Series) -> None:
    drawn.format.line.fill.background()
    drawn.marker.style, drawn.marker.size = XL_MARKER_STYLE.CIRCLE, 9
    drawn.marker.format.fill.solid()
    drawn.marker.format.fill.fore_color.rgb = _rgb(LIGHT.blue)
    for place, name in enumerate(series.points):
        label = drawn.points[place].data_label
        label.has_text_frame = True
        label.text_frame.text = name
        label.text_frame.paragraphs[0].font.size = Pt(11)
        label.position = XL_LABEL_POSITION.ABOVE


def _room(series: Sequence[Series]) -> tuple[float, float]:
    """Return where a scale of shares begins and ends: round the points, in steps of 10%."""
    drawn = [v for each in series if not each.quiet for v in each.values if v is not None]
    low, high = min(drawn), max(drawn)
    return max(0.0, (low * 10 - 1) // 1 / 10), min(1.0, -(-(high * 10 + 1) // 1) / 10)


def _rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(colour.lstrip("#").upper())
