"""How long the layout of a large process map takes, as a share of the time that it may.

    python -m benchmarks.layout

60 steps and 200 arrows, each with a label, laid out in either direction and on a grid; the first
layout, which also loads what it needs, is told apart.
"""

import random
import time

AIM = 0.2
"""Seconds that a layout after the first may take."""
STEPS, ARROWS, TIMES = 60, 200, 15


def main() -> None:
    """Print the first time, then the median and worst of the others."""
    began = time.perf_counter()
    from pdqi.charts.pathway_layout import FREE, Line, Place, lay_out

    chance = random.Random(7)
    names = [f"step{n}" for n in range(STEPS)]
    ends = {(names[chance.randrange(max(0, n - 6), n)], names[n]) for n in range(1, STEPS)}
    while len(ends) < ARROWS:
        start = chance.randrange(STEPS)
        ends.add((names[start], names[min(STEPS - 1, max(0, start + chance.randrange(-4, 7)))]))
    lines = [
        Line(start, end, chance.uniform(1.5, 8), f"{chance.randrange(5, 9_999):,} moves")
        for start, end in sorted(ends)
    ]
    free = dict.fromkeys(names, FREE)
    grid = {name: Place(f"lane{n // 8}", n % 8 + 1) for n, name in enumerate(names)}
    lanes = [f"lane{n}" for n in range(-(-STEPS // 8))]
    lay_out(free, (), lines)
    print(f"first, with loading: {(time.perf_counter() - began) / AIM:.2f} of {AIM} s")
    for words, args in (
        ("left to right", (free, (), lines, "leftright")),
        ("top to bottom", (free, (), lines, "topbottom")),
        ("on a grid", (grid, lanes, lines)),
    ):
        took = []
        for _ in range(TIMES):
            began = time.perf_counter()
            lay_out(*args)
            took.append(time.perf_counter() - began)
        took.sort()
        print(
            f"{words}: median {took[TIMES // 2] / AIM:.2f}, worst {took[-1] / AIM:.2f} of {AIM} s"
        )


if __name__ == "__main__":
    main()
