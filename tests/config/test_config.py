"""Mistakes in config: each is said with file, line, what is allowed and what to do."""

from pathlib import Path

import pytest

from pdqi.config import Config, Permission
from pdqi.errors import ConfigError

SHIPPED = Path(__file__).parents[2] / "config.yaml"
WORLD = Path(__file__).parents[1] / "world.yaml"


def faults(tmp_path: Path, *changes: tuple[str, str]) -> list[str]:
    """Return what is said about the world's config after some replacements."""
    text = WORLD.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    file = tmp_path / "config.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError) as raised:
        Config.load(file)
    return [str(problem) for problem in raised.value.problems]


def test_the_shipped_config_is_in_order() -> None:
    assert Config.load(SHIPPED).default_role == "stakeholder"


def test_a_typo_in_a_service_names_line_and_neighbour(tmp_path: Path) -> None:
    (said,) = faults(
        tmp_path, ("name: Alpha team, service: community", "name: Alpha team, service: comunity")
    )
    assert said == (
        "config.yaml:12: teams.0.service: 'comunity' is not declared. "
        "Allowed: community, crisis, drop, special, ward. Did you mean 'community'?"
    )


def test_a_typo_in_a_key_says_which_keys_there_are(tmp_path: Path) -> None:
    said = faults(tmp_path, ("name: Alpha team, service:", "name: Alpha team, servce:"))
    assert "config.yaml:12: teams.0.service: 'service' is missing. Add it." in said
    assert any("'servce' is not a key that is known here." in line for line in said)


def test_faults_of_form_and_of_links_are_said_together(tmp_path: Path) -> None:
    said = faults(
        tmp_path,
        ("default_role: reader", "default_role: raeder\ncolour: red"),
        ("services: [community, crisis]}", "services: [community, crises]}"),
        ("threshold", "threshold")
        if "threshold" in WORLD.read_text()
        else ("version: 1", "version: 0"),
    )
    text = "\n".join(said)
    assert "'colour' is not a key that is known here." in text
    assert "'raeder' is not declared." in text
    assert "Did you mean 'crisis'?" in text
    assert "version" in text


def test_nobody_is_cleared_by_default(tmp_path: Path) -> None:
    (said,) = faults(tmp_path, ("default_role: reader", "default_role: cleared"))
    assert "has a cleared policy" in said


def test_one_spelling_cannot_mean_two_teams(tmp_path: Path) -> None:
    (said,) = faults(
        tmp_path,
        ("name: Beta team, service: community", "name: ' ALPHA  team', service: community"),
    )
    assert "'alpha team' is used twice" in said


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("services: [a\nteams: 3", "config.yaml:2"),
        ("a: 1\na: 2", "'a' is written twice."),
        ("- 1", "is not allowed"),
        ("", "'teams' is missing."),
        ("a: &x [1]\nb: *x", "aliases"),
        ("a: !!python/object/apply:os.system ['true']", "config.yaml"),
    ],
)
def test_files_that_are_no_config(tmp_path: Path, text: str, expected: str) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError) as raised:
        Config.load(file)
    assert expected in str(raised.value)


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(ConfigError, match="cannot be read as text"):
        Config.load(file)


ALTERNATIVES = """
alternatives:
  merge_gap_days: [0, 28]
  look_back_months: [12]
  treatment_lists:
    - {id: all, name: All, treatments: [T1, T2, T3]}
rules:"""


def test_alternatives_are_read(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(WORLD.read_text().replace("\nrules:", ALTERNATIVES))
    config = Config.load(file)
    assert (config.rules.merge_gap_days, config.rules.look_back_months) == (5, 24)
    assert config.alternatives.merge_gap_days == (0, 28)
    assert config.alternatives.treatment_lists[0].treatments == ("T1", "T2", "T3")
    assert Config.load(WORLD).alternatives.merge_gap_days == ()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("[0, 28]", "[0, 5]", "alternatives.merge_gap_days.1: 5 stands twice"),
        ("[0, 28]", "[0, 0]", "alternatives.merge_gap_days.1: 0 stands twice"),
        ("[0, 28]", "[0, 91]", "alternatives.merge_gap_days.1"),
        ("[12]", "[24]", "alternatives.look_back_months.0: 24 stands twice"),
        ("[12]", "[3]", "alternatives.look_back_months.0"),
        ("[12]", "[6, 9, 12, 18, 36]", "alternatives.look_back_months"),
        ("[T1, T2, T3]", "[T1, T4]", "treatments.1: 'T4' is not declared."),
        ("[T1, T2, T3]", "[T2, T1]", "The list 'all' names the same treatments"),
        ("[T1, T2, T3]", "[]", "alternatives.treatment_lists.0.treatments"),
        ("merge_gap_days: [", "merge_gaps: [", "'merge_gaps' is not a key that is known here."),
    ],
)
def test_alternatives_that_are_none(tmp_path: Path, old: str, new: str, expected: str) -> None:
    changed = ALTERNATIVES.replace(old, new)
    assert changed != ALTERNATIVES
    said = faults(tmp_path, ("\nrules:", changed))
    assert any("config.yaml:" in line and expected in line for line in said), said


def test_who_may_write_and_where_leave_the_digest_alone(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    text = WORLD.read_text().replace("name: Reader,", "name: Reader, may: [read_journal],")
    file.write_text(text + "journal: {folder: /srv/journal}\n")
    config = Config.load(file)
    assert config.role("reader").may == (Permission.READ_JOURNAL,)
    assert config.role("cleared").may == ()
    assert config.journal.folder == "/srv/journal"
    assert config.digest == Config.load(WORLD).digest


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{folder: journal}", "not a whole path"),
        ("{folder: /a, url: 'postgresql://me@host/db'}", "not both"),
        ("{url: 'postgresql://me:secret@host/db'}", "PDQI_JOURNAL_PASSWORD"),
        ("{url: 'mysql://me@host/db'}", "postgresql://USER@HOST:5432/DATABASE"),
        ("{url: 'postgresql://me@host:port/db'}", "postgresql://USER@HOST:5432/DATABASE"),
        ("{url: 'postgresql://me@host'}", "postgresql://USER@HOST:5432/DATABASE"),
        ("{file: /a}", "'file' is not a key"),
    ],
)
def test_places_of_the_journal_that_cannot_be(tmp_path: Path, written: str, expected: str) -> None:
    (said,) = faults(
        tmp_path, ("default_role: reader", f"default_role: reader\njournal: {written}")
    )
    assert expected in said
    assert "secret" not in said


def test_a_permission_that_does_not_exist_and_one_without_reading(tmp_path: Path) -> None:
    (said,) = faults(tmp_path, ("name: Reader,", "name: Reader, may: [read_journals],"))
    assert "'read_journals' is not allowed" in said
    assert "close_meeting" in said
    (said,) = faults(tmp_path, ("name: Reader,", "name: Reader, may: [close_meeting],"))
    assert "Add 'read_journal'" in said
