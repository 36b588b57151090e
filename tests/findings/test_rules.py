"""What is said of a rule is true for the numbers that are shown, whatever they are."""

import re
from datetime import date
from pathlib import Path
from typing import cast

from hypothesis import given, settings
from hypothesis import strategies as st

from pdqi.config import Config
from pdqi.content.rules import Rule
from pdqi.disclosure import protect
from pdqi.findings.rules import rules, sentence
from pdqi.labels import Labels
from pdqi.metrics.kpis.rules import OUTCOMES, RULES
from pdqi.metrics.measure import Raw, RawRow
from pdqi.model import Basis, Period
from pdqi.service import Service
from pdqi.statistics.intervals import difference
from pdqi.store.store import Store

ROOT = Path(__file__).parents[2]
CONFIG = Config.load(ROOT / "config.yaml")
LABELS = Labels.of(CONFIG)
RULE = Rule.model_validate(
    {"id": "R", "text": "a rule", "basis": "local", "never": {"first": ["cmht"], "then": ["crhtt"]}}
)
SERVICE = Service(cast(Store, None), CONFIG, (RULE,))
SYSTEM = SERVICE.scope("system")
BASIS = Basis(Period(date(2023, 1, 1), date(2023, 12, 31)), "standard", "working_age")
NUMBERS = st.one_of(st.integers(0, 12), st.integers(0, 400))
COUNTS = st.tuples(NUMBERS, NUMBERS, NUMBERS)
MORE, LESS, NONE = "kept more often", "kept less often", "No clear difference"


@settings(max_examples=300, deadline=None)
@given(COUNTS, COUNTS, st.sampled_from(["stakeholder", "analyst"]))
def test_the_sentence_is_true_for_the_numbers(
    mine: tuple[int, ...], others: tuple[int, ...], role: str
) -> None:
    rows = [RawRow("system", "R", {"case_people": sum(mine), "other_people": sum(others)}, {})]
    rows += [
        RawRow("system", f"R>{outcome}", {"case_people": a, "other_people": b}, {})
        for outcome, a, b in zip(OUTCOMES, mine, others, strict=True)
    ]
    raw = Raw("rules", RULES.kind, BASIS, tuple(rows))
    policy = CONFIG.policy_of(role)
    published = protect(raw, SERVICE._families(raw), policy)
    (found,) = rules(published, SYSTEM, (RULE,))
    said = sentence(found, LABELS)
    numbers = [
        (int(kept.replace(",", "")), int(judged.replace(",", "")))
        for kept, judged in re.findall(r"Kept for ([\d,]+) of ([\d,]+) ", said)
    ]
    shown = [g for g in found.groups if g.share[0].value is not None]
    expected = [(g.kept.value, int(g.could_be_judged)) for g in shown if g.people.value]
    assert numbers == expected
    if role == "stakeholder":
        assert not [n for pair in numbers for n in pair if 0 < n < policy.threshold]
    verdicts = [word for word in (MORE, LESS, NONE) if word in said]
    if len(numbers) == 2:
        (a, n), (b, m) = numbers
        apart = difference(a, n, b, m)
        assert apart is not None
        verdict = MORE if apart.low > 0 else LESS if apart.high < 0 else NONE
        assert verdicts == [verdict]
    else:
        assert not verdicts


def test_a_rule_that_applies_to_nobody_says_so() -> None:
    published = protect(Raw("rules", RULES.kind, BASIS, ()), (), CONFIG.policy_of("analyst"))
    (found,) = rules(published, SYSTEM, (RULE,))
    assert sentence(found, LABELS).startswith("It applies to nobody here")
