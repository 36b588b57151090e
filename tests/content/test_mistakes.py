"""Each kind of mistake in a content file, and the sentence that the person who made it gets."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pdqi.config import Config
from pdqi.content import Library
from pdqi.content.checks import FILES
from pdqi.errors import ContentError
from pdqi.metrics.catalogue import KPI_IDS
from tests.content.conftest import Mistake

LineOf = Callable[[str, str], int]


REBASE = (
    "rebases:\n  - {id: r, kpi: staff_trained, scope: north_cmht, date: 2026-01-01,"
    " reason: Why not, agreed_by: the oversight group, basis: local}\n"
)


def test_unknown_key(mistake: Mistake, line_of: LineOf) -> None:
    [message] = mistake(
        ("voices", "  - {id: staff, name: Staff}", "  - {id: staff, nome: Staff, name: S}")
    )
    line = line_of("voices", "nome")
    assert message == (
        f"voices.yaml:{line}: groups.1.nome: 'nome' is not a key that is known here. "
        "Allowed: id, name. Did you mean 'name'?"
    )


def test_missing_key(mistake: Mistake) -> None:
    messages = mistake(("driver_diagram", "    short: Prescribing guidance\n", ""))
    assert len(messages) == 1
    assert "ideas.3.short: 'short' is missing. Add it." in messages[0]


def test_value_outside_the_vocabulary(mistake: Mistake, line_of: LineOf) -> None:
    [message] = mistake(("process_map", "    kind: team_work", "    kind: panel"))
    line = line_of("process_map", "kind: panel")
    assert message == (
        f"process_map.yaml:{line}: nodes.18.kind: 'panel' is not allowed. Allowed: "
        "entry, step, decision, waiting_list, team_work, support or exit."
    )


def test_published_without_a_source(mistake: Mistake) -> None:
    [message] = mistake(
        (
            "driver_diagram",
            "{id: system, name: System, basis: published, source: assessment}",
            "{id: system, name: System, basis: published}",
        )
    )
    assert message.startswith("driver_diagram.yaml:")
    assert "What is published needs a 'source'. Name one of sources.yaml." in message


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        (
            "driver_diagram", "addresses: [{to: B3}]", "addresses: [{to: B9}]",
            "ideas.3.addresses.0.to: There is no gap 'B9'. "
            "Allowed: A1, A2, A3, A4, B1, B2, B3, C1, C2, D1, D2.",
        ),
        (
            "process_map", "{id: pt_starts, from: pt_waiting_list, to: pt_therapy,",
            "{id: pt_starts, from: pt_waiting_list, to: pt_theraphy,",
            "arrows.13.to: There is no node 'pt_theraphy'. Allowed: care_ends,",
        ),
        (
            "process_map", "moves: [{from: cmht, to: complex_needs}]",
            "moves: [{from: cmhts, to: complex_needs}]",
            "arrows.14.moves.0.from: There is no service or team 'cmhts'. Allowed: central_cmht,",
        ),
        (
            "workstreams", "addresses: [{to: CB3}]", "addresses: [{to: CB4}]",
            "workstreams.1.addresses.0.to: There is no idea 'CB4'.",
        ),
        (
            "voices", "to: kpi:entry_points", "to: kpi:entry_point",
            "themes.6.evidence.1.to: There is no KPI 'entry_point'.",
        ),
        (
            "voices", "to: issue:M2", "to: isue:M2",
            "themes.7.evidence.0.to: 'isue' is not a kind of item.",
        ),
        (
            "published", "kpis: [multiple_episodes_ratio]", "kpis: [multiple_episode_ratio]",
            "figures.6.kpis.0: There is no KPI 'multiple_episode_ratio'.",
        ),
        (
            "published", "services: [safe_haven]", "services: [safe_heaven]",
            "figures.9.services.0: There is no service 'safe_heaven'.",
        ),
        (
            "driver_diagram", "    basis: published\n    source: paper\n",
            "    basis: published\n    source: papers\n",
            "ideas.9.source: There is no source 'papers'.",
        ),
        (
            "measurability", "{id: L2,", "{id: L1,",
            "lessons.1.id: The lesson 'L1' is written twice. Rename one.",
        ),
        (
            "glossary", "counted as having a {condition}.", "counted as having a {conditon}.",
            "terms.0.meaning: '{conditon}' is not a word that is declared. "
            "Allowed: condition, look_back, other_people, panel, people, short, study, watched. "
            "Did you mean 'condition'?",
        ),
        (
            "voices", "caring for {people}.", "caring for {people.",
            "themes.9.text: A brace stands alone.",
        ),
        (
            "published", "    low: 0.60\n", "",
            "'low' and 'high' go together. Give both, or neither.",
        ),
        (
            "published", "    unit: ratio\n", "",
            "A value needs its 'unit', and words alone have none.",
        ),
        (
            "timeline", "kpis: [staff_trained, supervision_delivered]", "kpis: [staff_traned]",
            "marks.6.kpis.0: There is no KPI 'staff_traned'.",
        ),
        (
            "timeline", "W1\n    kpis: [assessed", "W9\n    kpis: [assessed",
            "marks.3.workstream: There is no workstream 'W9'. Allowed: W1, W2, W3.",
        ),
        (
            "timeline", "services: [crhtt]", "services: [crht]",
            "marks.1.services.0: There is no service 'crht'.",
        ),
        (
            "timeline", "teams: [north_cmht]", "teams: [north_chmt]",
            "Did you mean 'north_cmht'?",
        ),
        (
            "timeline", "until: 2023-11-30", "until: 2023-10-31",
            "'until' is before 'date'. Swap them.",
        ),
        (
            "timeline", "2024-08-31\n", "2024-08-31\n    workstream: W1\n",
            "An event is nobody's work. Leave 'workstream' out, or call it an improvement.",
        ),
        (
            "timeline", "date: 2020-03-01", "date: spring 2020",
            "marks.0.date: 'spring 2020' is not allowed.",
        ),
        (
            "timeline", "id: demo_outage", "id: demo_crisis_spike",
            "marks.2.id: The mark 'demo_crisis_spike' is written twice. Rename one.",
        ),
        (
            "timeline", "rebases: []", REBASE.replace("north_cmht", "service:cmhts"),
            "rebases.0.scope: There is no team, service or set 'service:cmhts'.",
        ),
        (
            "timeline", "rebases: []", REBASE.replace("staff_trained", "staff"),
            "rebases.0.kpi: There is no KPI 'staff'.",
        ),
        (
            "timeline", "rebases: []", REBASE.replace(", agreed_by: the oversight group", ""),
            "rebases.0.agreed_by: 'agreed_by' is missing. Add it.",
        ),
        (
            "timeline", "rebases: []", REBASE.replace("date:", "on:"),
            "A key is one of the words yes, no, on and off, which YAML takes for a value.",
        ),
    ],
)  # fmt: skip
def test_one_mistake_one_message(
    mistake: Mistake, line_of: LineOf, name: str, old: str, new: str, expected: str
) -> None:
    messages = mistake((name, old, new))
    assert any(expected in message for message in messages), messages
    assert all(message.startswith(f"{name}.yaml:") for message in messages)
    assert "None" not in messages[0]


def test_a_misspelt_link_says_what_was_meant(mistake: Mistake, line_of: LineOf) -> None:
    [message] = mistake(("measurability", "kpis: [prescribing]", "kpis: [prescribng]"))
    line = line_of("measurability", "prescribng")
    allowed = ", ".join(sorted(KPI_IDS))
    assert message == (
        f"measurability.yaml:{line}: items.12.kpis.0: There is no KPI 'prescribng'. "
        f"Allowed: {allowed}. Did you mean 'prescribing'?"
    )


def test_two_boxes_in_one_place(mistake: Mistake, line_of: LineOf) -> None:
    old = "    lane: ways_in\n    column: 2\n"
    [message] = mistake(("process_map", old, old.replace("2", "1")))
    line = line_of("process_map", "id: self_referral") + 4
    assert message == (
        f"process_map.yaml:{line}: nodes.1.column: 'self_referral' stands where 'gp' stands: "
        "lane ways_in, column 1, row 1. Give one of them another column or row."
    )


LIMBO = "    short: Limbo on the waiting list\n"
CONSENT = "consent: {date: 2026-02-10, record: Form}"
APPROVED = "approved: {by: the participation lead, date: 2026-02-20}"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "recorded_as: [{treatment: started, of: [SCM]}]",
            "recorded_as: [{treatment: started, of: [SCN]}]",
            "nodes.8.recorded_as.0.of.0: There is no treatment 'SCN'.",
        ),
        (
            "recorded_as: [{episode: assessed, at: [cmht]}]",
            "recorded_as: [{episode: assessed, at: [cmth]}]",
            "nodes.6.recorded_as.0.at.0: There is no service or team 'cmth'.",
        ),
        (
            "recorded_as: [{episode: assessed, at: [complex_needs]}]",
            "recorded_as: [{episode: referred, at: [complex_needs]}]",
            "nodes.14.recorded_as.0: The same records are 'cn_waiting_list' already, so"
            " 'cn_assessment' cannot be told. Leave one out.",
        ),
        (
            "    recorded_as: [{event: panel_review}]\n",
            "",
            "nodes.18: 'recordable' is true: say how, with 'episodes_of' or 'recorded_as'.",
        ),
        (
            "recorded_as: [{event: panel_review}]",
            "recorded_as: [{event: panel_review, by: [GP]}]",
            "nodes.18.recorded_as.0: 'by' says who referred. Leave it out, or give"
            " 'episode: referred'.",
        ),
        (
            "to: cn_triage, recordable: false",
            "to: cn_triage, recordable: true",
            "The route 'cn_opted_in' is recordable, but its end 'cn_referral' is not. Say which"
            " 'moves' record it, or write 'recordable: false'.",
        ),
    ],
)
def test_how_the_map_is_recorded(mistake: Mistake, old: str, new: str, expected: str) -> None:
    [message] = mistake(("process_map", old, new))
    assert expected in message


@pytest.mark.parametrize(
    ("given", "lacking"),
    [
        ("", "'consent' and 'approved'"),
        (f", {CONSENT}", "'approved'"),
        (f", {APPROVED}", "'consent'"),
        (f", consent: , {APPROVED}", "'consent'"),
    ],
)
def test_a_quote_needs_consent_and_approval(mistake: Mistake, given: str, lacking: str) -> None:
    quoted = f"{LIMBO}    quotes: [{{text: Words, said_by: A carer{given}}}]\n"
    [message] = mistake(("voices", LIMBO, quoted))
    assert f"themes.3.quotes.0: A quote without {lacking} is not shown." in message
    assert "take the quote out" in message


@pytest.mark.parametrize(
    ("text", "said_by", "where", "fault"),
    [
        ("At north cmht nobody called.", "A carer", "A group", "quotes.0.text"),
        ("Nobody called.", "A nurse (CMHT North)", "A group", "quotes.0.said_by"),
        ("Nobody called.", "A nurse of Oak Ward", "A group", "quotes.0.said_by"),
        ("Nobody called.", "A carer", "Complex Needs Service", "raised.where"),
    ],
)
def test_a_quote_names_no_team(
    mistake: Mistake, text: str, said_by: str, where: str, fault: str
) -> None:
    quoted = (
        f"{LIMBO}    raised: {{where: {where}}}\n"
        f"    quotes: [{{text: {text}, said_by: {said_by}, {CONSENT}, {APPROVED}}}]\n"
    )
    [message] = mistake(("voices", LIMBO, quoted))
    assert f"themes.3.{fault}: A quote is never shown by team, and this names '" in message
    assert message.endswith("Leave the team out.")


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("judgement: agrees", "People judge, so 'agrees' needs 'why', 'by' and 'date'."),
        ("judgement: silent, why: So, by: the group", "'silent' needs 'why', 'by' and 'date'."),
        ("by: the group", "What is not yet judged has no 'why', 'by' or 'date'."),
        ("judgement: maybe", "Allowed: agrees, partly_agrees, silent, disagrees or not_yet_judged"),
    ],
)
def test_who_judged_and_when(mistake: Mistake, more: str, expected: str) -> None:
    old = "to: issue:M2\n"
    [message] = mistake(("voices", f"- {old}", f"- {{to: 'issue:M2', {more}}}\n"))
    assert "themes.7.evidence.0" in message
    assert expected in message


def test_where_or_when_or_neither(mistake: Mistake) -> None:
    [message] = mistake(("voices", LIMBO, f"{LIMBO}    raised: {{}}\n"))
    assert (
        "themes.3.raised: Give 'where' or 'date', or leave 'raised' out where neither is known."
        in message
    )


@pytest.mark.parametrize(
    ("name", "old", "new", "where"),
    [
        ("driver_diagram", "[{to: B3}]\n", "[{to: B3}, {to: B3, strength: weak}]\n", "addresses.1"),
        ("workstreams", "[{to: CB3}]", "[{to: CB3}, {to: CB3}]", "addresses.1"),
        ("voices", "- to: issue:M2\n", "- to: issue:M2\n      - to: issue:M2\n", "evidence.1"),
    ],
)
def test_a_link_is_written_once(
    mistake: Mistake, name: str, old: str, new: str, where: str
) -> None:
    [message] = mistake((name, old, new))
    assert where in message
    assert "is written already. Keep one of them." in message


def test_faults_of_every_file_are_reported_at_once(mistake: Mistake) -> None:
    """A file that cannot be read at all does not hide the faults of the others."""
    messages = mistake(
        ("glossary", "terms:\n", "terms: [\n"),
        ("driver_diagram", "addresses: [{to: B3}]", "addresses: [{to: B9}]"),
        ("voices", "to: issue:M2", "to: issue:M9"),
    )
    assert {message.partition(":")[0] for message in messages} == {
        "glossary.yaml",
        "driver_diagram.yaml",
        "voices.yaml",
    }


def test_a_file_that_cannot_be_read_is_not_blamed_on_those_that_link_to_it(
    mistake: Mistake,
) -> None:
    messages = mistake(("driver_diagram", "version: 1\n", "version: first\n"))
    assert [message.partition(":")[0] for message in messages] == ["driver_diagram.yaml"]


def test_missing_folder(tmp_path: Path, config: Config) -> None:
    with pytest.raises(ContentError) as raised:
        Library.load(tmp_path / "nowhere", config, KPI_IDS)
    assert len(raised.value.problems) == len(FILES)
    assert raised.value.exit_code == 3
