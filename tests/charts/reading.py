"""What a specification holds, taken apart for tests."""

from collections.abc import Iterator
from typing import Any

Spec = dict[str, Any]


def rows(spec: Spec, name: str) -> list[dict[str, Any]]:
    """Rows of the layer with this name."""
    return [
        row
        for layer in spec["layer"]
        if layer.get("name") == name
        for row in layer["data"]["values"]
    ]


def words(spec: Spec) -> list[str]:
    """Every text that is drawn, lines joined; a text drawn with a halo counts once."""
    found = []
    for layer in spec["layer"]:
        mark = layer["mark"]
        if mark["type"] == "text" and "stroke" not in mark:
            found += [" ".join(row["text"]) for row in layer["data"]["values"]]
    return found


def sizes(spec: Spec) -> set[float]:
    """Font sizes in use."""
    return {layer["mark"]["fontSize"] for layer in spec["layer"] if layer["mark"]["type"] == "text"}


def numbers(value: object) -> Iterator[float]:
    """Every number in what a specification says; not those of its geometry."""
    import re

    for text in value if isinstance(value, list) else [value]:
        yield from (float(n.replace(",", "")) for n in re.findall(r"\d[\d,]*(?:\.\d+)?", str(text)))
