"""Mistakes in config: each is said with file, line, what is allowed and what to do."""

from pathlib import Path

import pytest

from pdqi.config import Config
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
