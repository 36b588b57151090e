"""A driver diagram as large as one may get: 4 primary and 12 secondary drivers, 30 ideas."""

from typing import Any

LOCAL = {"basis": "local"}
WORDS = (
    "Assessment early and at a time that is the same everywhere",
    "Guidance",
    "People know who will see them next and by when, and are told in words that they can use",
)
MEASURES = (
    [],
    [{"kpi": "ebt_received", "type": "process"}],
    [
        {"kpi": "ebt_wait", "type": "outcome"},
        {"kpi": "episode_length", "type": "balancing"},
        {"kpi": "diagnosis_delay", "type": "process"},
    ],
)


def _idea(n: int) -> dict[str, Any]:
    """Ideas come in an order of their own; some move two drivers, two were given up."""
    driver = n * 7 % 12
    found: dict[str, Any] = {
        "id": f"I{n}",
        "text": f"{WORDS[n % 3]}, tried out in one team before the next",
        "short": WORDS[n % 3],
        "addresses": [{"to": f"G{driver}"}],
        "measured_by": MEASURES[n % 3],
        **LOCAL,
    }
    if n % 4 == 0:
        found["addresses"] += [{"to": f"G{(driver + 5) % 12}", "strength": "weak"}]
    if n in (11, 23):
        found["dropped"] = {
            "reason": "Nobody could be found who had the time for it",
            "version": 2,
            "date": "2026-03-01",
        }
    return found


STRESS: dict[str, Any] = {
    "version": 3,
    "agreed": {"by": "the oversight group", "date": "2026-02-01", "words": "Looked at each month."},
    "aim": {
        "id": "aim",
        "text": "Better care for {people} across the county, as people who use it judge it",
        "target": {"state": "not_yet_set", "words": "No measurable target has been set yet."},
        "measured_by": MEASURES[2][:2],
        **LOCAL,
    },
    "branches": [{"id": "branch", "name": "Patient pathway", **LOCAL}],
    "primary": [
        {
            "id": f"P{n}",
            "name": f"{WORDS[0]} ({n})",
            "branch": "branch",
            "measured_by": MEASURES[n % 3],
            **LOCAL,
        }
        for n in range(4)
    ],
    "gaps": [{"id": f"G{n}", "theme": f"P{n // 3}", "text": WORDS[2], **LOCAL} for n in range(12)],
    "secondary": [
        {
            "id": f"S{n}",
            "name": f"{WORDS[n % 3]} ({n})",
            "of": [{"to": f"P{n // 3}"}]
            + ([{"to": f"P{(n // 3 + 1) % 4}", "strength": "weak"}] if n % 5 == 0 else []),
            "gaps": [{"to": f"G{n}"}],
            "measured_by": MEASURES[(n + 1) % 3],
            **LOCAL,
        }
        for n in range(12)
    ],
    "ideas": [_idea(n) for n in range(30)],
}
"""As `driver_diagram.yaml` would hold it."""
