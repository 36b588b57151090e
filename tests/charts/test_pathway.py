"""How maps are laid out and drawn: nothing collides at any size, and every state has a look."""

import random
from itertools import combinations, pairwise
from typing import get_args

import pytest

from pdqi.charts.geometry import Box
from pdqi.charts.pathway import Arrow, Picture, Step, Style, draw
from pdqi.charts.pathway_layout import FREE, Laid, Line, Place, lay_out
from pdqi.charts.theme import DARK, LIGHT
from tests.charts.reading import rows, words

SIZES = [(12, 26), (20, 45), (40, 90), (60, 200)]


def graph(steps: int, arrows: int, seed: int) -> tuple[dict[str, Place], list[Line]]:
    """A pathway as records give it: mostly onwards, sometimes back or to the same step."""
    chance = random.Random(seed)
    names = [f"step{n}" for n in range(steps)]
    ends = {(names[chance.randrange(max(0, n - 6), n)], names[n]) for n in range(1, steps)}
    while len(ends) < arrows:
        start = chance.randrange(steps)
        end = min(steps - 1, max(0, start + chance.randrange(-4, 7)))
        ends.add((names[start], names[end]))
    lines = [
        Line(start, end, chance.uniform(1.5, 8), f"{chance.randrange(5, 9_999):,} moves")
        for start, end in sorted(ends)
    ]
    return dict.fromkeys(names, FREE), lines


def problems(laid: Laid) -> list[str]:
    """Everything that collides: boxes, labels, and arrows that run through a box."""
    found = [f"{a} on {b}" for a, b in combinations(laid.boxes, 2)
             if laid.boxes[a].meets(laid.boxes[b])]  # fmt: skip
    labels = [label for label in laid.labels if label]
    found += ["label on label" for a, b in combinations(labels, 2) if a.meets(b)]
    found += [f"label on {n}" for n, box in laid.boxes.items() for x in labels if x.meets(box)]
    for route in laid.routes:
        for (ax, ay), (bx, by) in pairwise(route):
            run = Box(min(ax, bx) + 1, min(ay, by) + 1, abs(ax - bx) - 2, abs(ay - by) - 2)
            flat = Box(run.x, run.y, max(run.width, 0.1), max(run.height, 0.1))
            found += [
                f"arrow through {n}" for n, b in laid.boxes.items() if b.grown(-2).meets(flat)
            ]
    return found


@pytest.mark.parametrize("direction", ["leftright", "topbottom"])
@pytest.mark.parametrize(("steps", "arrows"), SIZES)
def test_nothing_collides(steps: int, arrows: int, direction: str) -> None:
    for seed in range(4):
        places, lines = graph(steps, arrows, seed)
        laid = lay_out(places, (), lines, direction)  # type: ignore[arg-type]
        assert problems(laid) == []
        # Hardly a label has no room; its arrow says so itself.
        assert sum(label is None for label in laid.labels) <= max(2, 0.03 * arrows)


@pytest.mark.parametrize("seed", range(4))
def test_nothing_collides_on_a_grid_that_people_gave(seed: int) -> None:
    places, lines = graph(24, 40, seed)
    placed = {name: Place(f"lane{n // 6}", n % 6 + 1) for n, name in enumerate(places)}
    laid = lay_out(placed, [f"lane{n}" for n in range(4)], lines)
    found = [item for item in problems(laid) if not item.startswith("arrow through")]
    assert found == []
    assert list(laid.lanes) == [f"lane{n}" for n in range(4)]
    everything = [*laid.boxes.values(), *(label for label in laid.labels if label)]
    for box in everything:
        assert box.x >= 0
        assert box.y >= 0
        assert box.right <= laid.width
        assert box.bottom <= laid.height
    for route in laid.routes:
        assert all(-20 <= x <= laid.width + 20 and 0 <= y <= laid.height for x, y in route)


def test_steps_stand_in_their_columns_and_rows() -> None:
    places = {"a": Place("x", 1), "b": Place("x", 3), "c": Place("y", 1), "d": Place("y", 1, 2)}
    boxes = lay_out(places, ("x", "y"), ()).boxes
    assert boxes["a"].x == boxes["c"].x == boxes["d"].x < boxes["b"].x
    assert boxes["a"].y == boxes["b"].y < boxes["c"].y < boxes["d"].y


def test_there_and_back_are_two_lines() -> None:
    places, lines = dict.fromkeys("ab", FREE), [Line("a", "b", 3, ""), Line("b", "a", 3, "")]
    for laid in (
        lay_out(places, (), lines),
        lay_out({"a": Place("x", 1), "b": Place("x", 3)}, ("x",), lines),
    ):
        there, back = laid.routes
        assert there != tuple(reversed(back))


def test_the_same_map_is_always_laid_out_the_same() -> None:
    places, lines = graph(30, 70, 1)
    assert lay_out(places, (), lines) == lay_out(places, (), lines)


STYLES: tuple[Style, ...] = tuple(
    style for part in get_args(Style) for style in (get_args(part) or (part,))
)


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_every_style_can_be_told_without_colour(colours: object) -> None:
    """By its dashes, its head or its width: no two arrows differ in colour alone."""
    steps = tuple(Step(f"s{n}", f"Step {n}", "") for n in range(len(STYLES) + 1))
    arrows = tuple(
        Arrow(style, f"s{n}", f"s{n + 1}", style, weight=0.5, style=style)
        for n, style in enumerate(STYLES)
    )
    spec = draw(Picture("all", steps, arrows, key={s: s for s in STYLES}), colours)  # type: ignore[arg-type]
    heads = {row["id"]: row["fill"] == row["stroke"] for row in rows(spec, "heads")}
    looks: dict[tuple[object, ...], str] = {}
    for row in rows(spec, "arrows"):
        look = (tuple(row["dash"]), heads[row["id"]])
        other = looks.setdefault(look, row["id"])
        # A route as it is published and one that is recorded too never stand on one map.
        assert other == row["id"] or {other, row["id"]} == {"plain", "designed_and_recorded"}
    assert set(STYLES) <= set(words(spec))


def test_what_is_chosen_has_a_ring() -> None:
    picture = Picture("two", (Step("a", "A", "A."), Step("b", "B", "B.")), ())
    plain, chosen = (len(rows(draw(picture, chosen=ref), "boxes")) for ref in ("", "a"))
    assert chosen == plain + 1


def test_a_label_without_room_is_told_by_its_arrow() -> None:
    places = (Step("a", "A", "A."), Step("b", "B", "B."))
    wide = "a label that is far too long for any place between two boxes of this picture" * 3
    spec = draw(Picture("x", places, (Arrow("r", "a", "b", "A to B.", wide),)))
    [row] = rows(spec, "arrows")
    drawn = any(wide in text for text in words(spec))
    assert drawn != row["tip"].endswith("has no room on the picture.")
