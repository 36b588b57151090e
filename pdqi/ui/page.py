"""What a page is: its name and address, what it may use, and what every page says of its data."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import streamlit as st

from pdqi import words
from pdqi.charts.theme import Mode
from pdqi.model import Published
from pdqi.ui.facts import Facts
from pdqi.ui.filters import Choice

ROOT = Path(__file__).resolve().parents[2]
INVENTED, MEANING = "INVENTED DATA.", "Nothing here is a finding about a real service."


@dataclass(frozen=True)
class Place:
    """A page: its id, which is also its file and its address, and its title."""

    id: str
    title: str

    @property
    def file(self) -> Path:
        """The page's script."""
        return ROOT / "pages" / f"{self.id}.py"


PLACES = (
    Place("overview", "Overview"),
    Place("process_map", "Process map"),
    Place("driver_diagram", "Driver diagram"),
    Place("findings", "Quantitative findings"),
    Place("voices", "Voices"),
    Place("workstreams", "Workstreams"),
    Place("data_quality", "Data quality"),
    Place("definitions", "Definitions"),
    Place("snapshots", "Snapshots"),
)


@dataclass(frozen=True, eq=False)
class Page:
    """What a page may use: figures for what is chosen, protected for who reads, and words."""

    place: Place
    facts: Facts
    choice: Choice
    mode: Mode

    def figures(self, kpi_id: str) -> Published:
        """Return a KPI at every scope for the chosen basis, protected for the reader."""
        return self.facts.service.figures(kpi_id, self.choice.basis, self.facts.viewer)

    def fill(self, text: str) -> str:
        """Return a text with the words of this pathway in place of `{short}` and the like."""
        return self.facts.labels.fill(text)


def page_of(place: Place) -> st.Page:
    """Return a page as links name it."""
    return st.Page(place.file, title=place.title, url_path=place.id)


def provenance(facts: Facts) -> str:
    """Return which data and which definitions: `Data to … · loaded … · definitions …`."""
    manifest = facts.service.manifest
    last = manifest.last_day
    loaded = datetime.fromisoformat(manifest.loaded_at).date()
    return " · ".join(
        (
            f"Data to {words.day(last)}" if last else "No complete month",
            f"loaded {words.day(loaded)}",
            f"data version {manifest.version}",
            f"definitions {facts.service.config.digest}",
        )
    )
