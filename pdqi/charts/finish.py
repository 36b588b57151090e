"""From an Altair chart to a specification in this project's look.

Apart from the theme, because the process that draws files needs colours and not Altair.
"""

import altair as alt
from altair.utils import schemapi

from pdqi.charts.theme import LIGHT, SCHEMA, Palette, Spec, config

# Checking each part of a chart against Vega-Lite's schema takes as long as making it. The tests
# check whole charts.
schemapi.disable_debug_mode()


def finished(chart: alt.TopLevelMixin, description: str, colours: Palette = LIGHT) -> Spec:
    """Return an Altair chart as a specification: in this look, described for screen readers.

    It takes the width that it is given, words beside it included.
    """
    spec: Spec = chart.to_dict(validate=False)
    return {
        **spec,
        "$schema": SCHEMA,
        "description": description,
        "width": "container",
        "padding": {"left": 0, "top": 5, "right": 5, "bottom": 5},
        "autosize": {"type": "fit-x", "contains": "padding"},
        "config": config(colours),
    }
