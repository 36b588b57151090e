"""Where the files of a pathway are: its settings, content, mappings, invented data and store.

A pathway is a folder that is laid out as the project's root is: `config.yaml`, and in `data` its
`content`, `sources`, `demonstration` and `store`. The root is the first one; others lie in
`pathways`. Each place can be set on its own, by an argument or in the environment.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pdqi.errors import Problem, RequestError, one_of

ROOT = Path(__file__).resolve().parent.parent
PATHWAYS = ROOT / "pathways"


@dataclass(frozen=True)
class Places:
    """The files of one pathway; none of them need be there."""

    config: Path
    content: Path
    sources: Path
    world: Path
    """The numbers behind its invented people."""
    meetings: Path
    """Its invented meetings."""
    store: Path

    @classmethod
    def of(
        cls,
        pathway: str | None = None,
        *,
        config: Path | None = None,
        content: Path | None = None,
        sources: Path | None = None,
        store: Path | None = None,
    ) -> Self:
        """Return the places of a pathway, by its name in `pathways` or by its folder.

        What is not given is taken from PDQI_PATHWAY, PDQI_CONFIG, PDQI_CONTENT and PDQI_STORE, and
        otherwise lies in the pathway's folder. Raises `RequestError` for a pathway that is none.
        """
        folder = folder_of(pathway or os.environ.get("PDQI_PATHWAY") or None)
        data = folder / "data"
        return cls(
            config=config or _set("PDQI_CONFIG") or folder / "config.yaml",
            content=content or _set("PDQI_CONTENT") or data / "content",
            sources=sources or data / "sources",
            world=data / "demonstration" / "world.yaml",
            meetings=data / "demonstration" / "meetings.yaml",
            store=store or _set("PDQI_STORE") or data / "store",
        )


def folder_of(pathway: str | None) -> Path:
    """Return the folder of a pathway; the project's root where none is named."""
    if pathway is None:
        return ROOT
    for folder in (PATHWAYS / pathway, Path(pathway)):
        if (folder / "config.yaml").is_file():
            return folder.resolve()
    names = {each.parent.name for each in PATHWAYS.glob("*/config.yaml")}
    what = f"There is no pathway '{pathway[:60]}'."
    allowed, fix = one_of(pathway, names)
    raise RequestError(Problem(what, None, None, "--pathway", allowed, fix))


def _set(name: str) -> Path | None:
    value = os.environ.get(name)
    return Path(value) if value else None
