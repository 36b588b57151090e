"""The numbers behind a figure under every variant: as a table to read, and as CSV."""

from collections.abc import Mapping, Sequence

from pdqi.charts.rows import Table
from pdqi.charts.sheet import as_csv
from pdqi.findings.depends import Dependence
from pdqi.findings.unidentified import WithoutEntry

WITHOUT = "No diagnosis entry, of people under care"


def table(found: Dependence, without: WithoutEntry | None = None) -> Table:
    """Return every variant with its value, interval and counts, and how it stands to the rest.

    Those about whom nothing can be told stand last.
    """
    columns = ("Definition", found.noun.removeprefix("The ").capitalize(), "95% interval", "Counts")
    against = [f"Against {item.label}" for item in found.against]
    return Table(
        (*columns, *against),
        tuple(
            (
                row.variant.name,
                row.said,
                row.interval,
                row.counts,
                *(
                    "not judged" if relation is None else relation.value
                    for relation in row.relations
                ),
            )
            for row in found.rows
        )
        + (
            (
                (
                    f"{WITHOUT}",
                    without.said,
                    "",
                    without.counts,
                    *[""] * len(against),
                ),
            )
            if without
            else ()
        ),
    )


def csv(found: Sequence[Dependence], about: Mapping[str, str]) -> bytes:
    """Return every variant of several places as CSV; numbers as numbers, each with its state."""
    held = list(dict.fromkeys(item.label for each in found for item in each.against))
    columns = ["figure", "scope", "scope_name", "changed", "definition", "value", "value_state"]
    columns += ["low", "high", "counts", *(f"against {name}" for name in held)]
    lines = []
    for each in found:
        for row in each.rows:
            told = {
                item.label: "not judged" if relation is None else relation.value
                for item, relation in zip(each.against, row.relations, strict=True)
            }
            lines.append(
                [
                    *about.values(),
                    each.kpi.id,
                    each.place.key,
                    each.place.name,
                    row.variant.setting or "",
                    row.variant.name,
                    row.cell.value,
                    row.cell.state.value,
                    *row.ends,
                    row.counts,
                    *(told.get(name, "") for name in held),
                ]
            )
    return as_csv([*about, *columns], lines)
