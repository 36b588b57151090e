import pytest

from pdqi.errors import ContentError
from pdqi.labels import Labels, capitalised

LABELS = Labels({"people": "people with asthma", "short": "asthma", "condition": "asthma"})


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Care for {people}.", "Care for people with asthma."),
        ("{people} wait.", "People with asthma wait."),
        ("It is long. {people} wait.", "It is long. People with asthma wait."),
        ("Is it long? “{people}” wait.", "Is it long? “People with asthma” wait."),
        ("Some, e.g. {people}, wait.", "Some, e.g. people with asthma, wait."),
        ("Nothing to fill", "Nothing to fill"),
    ],
)
def test_fill(text: str, filled: str) -> None:
    assert LABELS.fill(text) == filled


def test_a_fragment_in_mid_sentence_keeps_its_small_letter() -> None:
    assert LABELS.fill("{people}", begins=False) == "people with asthma"


@pytest.mark.parametrize("text", ["{people.__class__}", "{0}", "{", "}}", "{people!r}", "{shorts}"])
def test_nothing_but_declared_names_is_filled(text: str) -> None:
    with pytest.raises(ContentError):
        LABELS.fill(text)


def test_problem_names_the_place() -> None:
    [problem] = LABELS.problems("{shorts}", "voices.yaml", 7, "themes.0.text")
    assert str(problem) == (
        "voices.yaml:7: themes.0.text: '{shorts}' is not a word that is declared. "
        "Allowed: condition, people, short. Did you mean 'short'?"
    )


def test_capitalised_leaves_the_rest() -> None:
    assert capitalised("pD and NHS") == "PD and NHS"
    assert capitalised("“people”") == "“People”"
    assert capitalised("12 people") == "12 people"


def test_equal_words_are_one_cache_key() -> None:
    assert len({Labels({"a": "b"}), Labels({"a": "b"})}) == 1
