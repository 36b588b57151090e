"""Links in both directions, threads, open ends."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pdqi.config import Config
from pdqi.content import Library
from pdqi.content.open_ends import open_ends
from pdqi.errors import RequestError
from pdqi.metrics.catalogue import KPI_IDS


def linked(library: Library, ref: str) -> set[tuple[str, str]]:
    return {(item.words, item.ref) for item in library.about(ref)}


def test_a_link_is_seen_from_both_ends(library: Library) -> None:
    assert ("answers", "gap:B3") in linked(library, "idea:CB3")
    assert ("is answered by", "idea:CB3") in linked(library, "gap:B3")
    assert ("is taken up by", "workstream:W2") in linked(library, "idea:CB3")


def test_what_is_known_about_a_gap(library: Library) -> None:
    assert linked(library, "gap:A3") == {
        ("is part of", "primary:A"),
        ("is turned round by", "secondary:options_known"),
        ("is answered by", "idea:CA1"),
        ("is answered by", "idea:CC1"),
        ("is answered by", "idea:CD1"),
        ("is pointed to by", "issue:M2"),
        ("is pointed to by", "voice:S2"),
    }


def test_strength_and_basis_of_a_link(library: Library) -> None:
    [weak] = [item for item in library.about("idea:CC1") if item.ref == "gap:A3"]
    assert (weak.strength, weak.basis) == ("weak", "inferred")


def test_what_is_known_about_a_kpi(library: Library) -> None:
    about = linked(library, "kpi:drop_in_waiting")
    assert ("has the reference", "published:P10") in about
    assert ("measures", "node:safe_haven") in about
    assert ("has its data described by", "measurability:safe_haven") in about


def test_a_kpi_without_links_is_known_all_the_same(library: Library) -> None:
    more = replace(library, kpi_ids=library.kpi_ids | {"quite_new"})
    assert more.about("kpi:quite_new") == ()
    assert more.name("kpi:quite_new") == "quite_new"


def test_unknown_item(library: Library) -> None:
    with pytest.raises(RequestError, match=r"There is no item 'gap:A9'\. Did you mean 'gap:A"):
        library.about("gap:A9")


def test_thread_of_an_idea(library: Library) -> None:
    assert library.thread("idea:CC2") == {
        "aim:aim",
        "branch:system",
        "primary:C",
        "secondary:supported_staff",
        "gap:C2",
        "idea:CC2",
        "workstream:W1",
        "voice:S3",
        "kpi:ebt_received",
        "kpi:multiple_episodes",
        "kpi:staff_trained",
        "kpi:supervision_delivered",
    }


def test_thread_of_a_voice_runs_both_ways(library: Library) -> None:
    thread = library.thread("voice:S3")
    assert {"gap:C2", "idea:CC3", "workstream:W1", "primary:C", "aim:aim"} <= thread
    assert "idea:CB3" not in thread


def test_node_of_a_team_is_that_of_its_service(library: Library) -> None:
    found = library.node_of("north_cmht")
    assert found is not None
    assert found.id == "cmht_care"
    assert library.node_of("primary_care") is None


def test_open_ends_of_the_shipped_content(library: Library) -> None:
    found = {(item.ref, item.what) for item in open_ends(library)}
    assert ("aim:aim", "No measurable target has been set yet.") in found
    assert ("idea:CE1", "No workstream takes this idea up.") in found
    assert ("idea:CD1", "Nothing measures this idea.") in found
    assert ("secondary:leadership", "No gap stands behind this driver.") in found
    assert ("node:cn_triage", "This step has still to be confirmed.") in found
    assert not any("answers" in what for _, what in found)


def test_a_gap_left_alone_is_an_open_end_and_no_fault(folder: Path, config: Config) -> None:
    file = folder / "driver_diagram.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("addresses: [{to: B3}]", "addresses: []"), encoding="utf-8")
    found = {(x.ref, x.what) for x in open_ends(Library.load(folder, config, KPI_IDS))}
    assert ("gap:B3", "No change idea answers this gap.") in found
    assert ("idea:CB3", "This idea answers no gap.") in found


def test_digest_follows_content(folder: Path, config: Config, library: Library) -> None:
    assert Library.load(folder, config, KPI_IDS).digest == library.digest
    file = folder / "glossary.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("said and", "told and"), "utf-8")
    assert Library.load(folder, config, KPI_IDS).digest != library.digest


def test_an_agreement_is_read(folder: Path, config: Config) -> None:
    """The key is `date`, because YAML reads a bare `on` as true."""
    file = folder / "process_map.yaml"
    text = file.read_text(encoding="utf-8")
    agreed = "agreed:\n  by: the stakeholder group\n  date: 2026-02-10\n"
    file.write_text(text.replace("agreed:\n", agreed), encoding="utf-8")
    library = Library.load(folder, config, KPI_IDS)
    assert library.process_map.agreed.on == date(2026, 2, 10)
    assert library.process_map.agreed.said.startswith(
        "Agreed by the stakeholder group on 10 February 2026. "
    )
    assert "Nobody has agreed the process map yet." not in {x.what for x in open_ends(library)}
