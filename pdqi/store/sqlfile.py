"""SQL files as named blocks: `-- table: NAME` begins each; comments above the SQL are its words."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_HEAD = re.compile(r"^-- table: (\w+)\n", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """One named statement, the sentence that it implements and the parameters it binds."""

    name: str
    words: str
    sql: str

    @property
    def parameters(self) -> frozenset[str]:
        """The names of the `$parameters` in the statement."""
        return parameters(self.sql)


def parameters(sql: str) -> frozenset[str]:
    """Return the names of the `$parameters` of a statement, comments left aside."""
    return frozenset(re.findall(r"\$(\w+)", re.sub(r"--[^\n]*", "", sql)))


@cache
def blocks(path: Path) -> tuple[Block, ...]:
    """Return the blocks of an SQL file in the order in which they stand."""
    parts = _HEAD.split(path.read_text(encoding="utf-8"))[1:]
    found = []
    for name, body in zip(parts[::2], parts[1::2], strict=True):
        lines = body.strip().splitlines()
        sql_from = next(i for i, line in enumerate(lines) if not line.startswith("--"))
        words = " ".join(line.removeprefix("--").strip() for line in lines[:sql_from])
        found.append(Block(name, words, "\n".join(lines[sql_from:])))
    return tuple(found)
