"""Judging rows: each one is stored, a duplicate, or quarantined with all its reasons.

The work is done set by set in the database. For file number n the tables are

    raw_n    what was read: row, c0 … ck, extra
    same_n   rows that repeat another one: row, same_as
    rows_n   every other row: row, person_id, reasons, stored columns, texts and aliases

The rules are those of DEFINITIONS, "Loading".
"""

from collections.abc import Callable, Sequence

import duckdb

from pdqi.config import Config
from pdqi.ingest.columns import Maker, Valued
from pdqi.ingest.mapping import Identifier, Mapping
from pdqi.ingest.pseudonym import without_nhs_numbers
from pdqi.ingest.readers import RowSet
from pdqi.ingest.reasons import ORDER
from pdqi.ingest.sql import Bound, folded_words, identifier_of, names, text_of
from pdqi.store.schema import LINKS, TABLES, Column, table

Pads = tuple[bytes, bytes]
NUMBERS_ALLOWED = {"person_id", "episode_id", "code"}
"""Text columns that may rightly hold ten digits in a row."""


def make_spellings(connection: duckdb.DuckDBPyConnection, mapping: Mapping, config: Config) -> None:
    """Make `spelling`: every word of every list, folded, and what it stands for."""
    rows: list[tuple[str, str, str]] = []
    for team in config.teams:
        known = (team.id, team.name, *team.spellings, *mapping.teams.get(team.id, ()))
        rows += [("team", name, team.id) for name in known]
    for item in config.treatments:
        known = (item.id, item.name, *item.spellings, *mapping.treatments.get(item.id, ()))
        rows += [("treatment", name, item.id) for name in known]
    for kind, values in mapping.codes.items():
        rows += [(kind, name, value) for value, words in values.items() for name in words]
    for target in TABLES:
        rows += [(c.name, choice, choice) for c in target.columns for choice in c.choices]
    connection.execute("create table spelling (kind varchar, name varchar, value varchar)")
    kinds, spellings, values_ = zip(*rows, strict=True)
    connection.execute(
        "insert into spelling select kind, folded(name), min(value) from (select "
        "unnest(cast($kinds as varchar[])) as kind, unnest(cast($names as varchar[])) as name, "
        "unnest(cast($values as varchar[])) as value) group by all",
        {"kinds": list(kinds), "names": list(spellings), "values": list(values_)},
    )


def judge(
    connection: duckdb.DuckDBPyConnection,
    number: int,
    source: RowSet,
    mapping: Mapping,
    pads: Pads | None,
    is_done: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Valued]:
    """Make `same_n` and `rows_n` from `raw_n`; the table `known` says who the people are.

    Without `pads` the identifiers are pseudonyms already. Returns how the stored columns were made;
    where that `is_done` already, it does no more.
    """
    bound = Bound()
    wanted, target = source.wanted, table(source.wanted.table)
    empty = folded_words(connection, mapping.empty)
    texts = {}
    if wanted.person:
        texts["text_person"] = text_of(source.place(wanted.person.column), empty, bound)
    for name, header in wanted.also_known_as.items():
        texts[f"text_alias_{name}"] = text_of(source.place((header,)), empty, bound)
    for position, header in enumerate(wanted.key):
        texts[f"text_key_{position}"] = text_of(source.place((header,)), empty, bound)
    for name, mapped in wanted.columns.items():
        if place := source.place(mapped.column):
            texts[f"text_{name}"] = text_of(place, empty, bound)
    maker = Maker(connection, mapping, bound, has_code="text_code" in texts)
    made = [
        maker.column(column, wanted.columns.get(column.name), f"text_{column.name}" in texts)
        for column in target.columns
        if column.name != "person_id"
    ]
    if is_done:
        return made
    find_repeats(connection, number, len(source.header.names))
    progress(f"Repeated rows of {source.name} are known; looking at every value.")
    faults = _faults(source, made, target.steps)
    hashes = {"person": wanted.person.identifier} if wanted.person else {}
    hashes |= {f"alias_{name}": name for name in wanted.also_known_as}
    values = {
        name: hashed(f"text_{name}", kind, mapping.identifiers[kind], pads, bound)
        if pads
        else f"text_{name}"
        for name, kind in hashes.items()
    }
    values |= {item.name: item.value for item in made}
    connection.execute(
        f"create table judged_{number} as "
        f"with texts as (select row, {_aliased(texts) or '1 as nothing'} "
        f"from raw_{number} anti join same_{number} using (row)), "
        f"valued as (select texts.*, {_aliased(values)} "
        f"from texts {' '.join(item.join for item in made)}) "
        f"select valued.*, {_person_and_key(source)}, "
        f"{names(f'({condition}) as fault_{i}' for i, (_, condition) in enumerate(faults))} "
        f"from valued {_known_join(source, bound)}",
        bound.values,
    )
    progress(f"Settling what was found in {source.name}.")
    _settle_keys(connection, number, source, made)
    _gather_reasons(connection, number, [reason for reason, _ in faults])
    for item in made:
        if item.has_text and _may_hold_number(item.column):
            _remove_nhs_numbers(connection, number, item.name)
    return made


def hashed(text: str, kind: str, rule: Identifier, pads: Pads, bound: Bound) -> str:
    """Return the pseudonym of an identifier of some kind, null where it is empty."""
    return (
        f"pseudonym({bound(pads[0])}, {bound(pads[1])}, {bound(kind)}, {identifier_of(text, rule)})"
    )


def find_repeats(connection: duckdb.DuckDBPyConnection, number: int, width: int) -> None:
    """Make `same_n`: the rows of `raw_n` that repeat an earlier one exactly."""
    cells = names([*(f"c{i}" for i in range(width)), "extra"])
    connection.execute(
        f"create table same_{number} as with repeated as ("
        f"select {cells}, min(row) as same_as from raw_{number} "
        f"group by {cells} having count(*) > 1) "
        f"select row, same_as from raw_{number} join repeated using ({cells}) where row <> same_as"
    )


def _aliased(columns: dict[str, str]) -> str:
    return names(f"{expression} as {name}" for name, expression in columns.items())


def _faults(source: RowSet, made: Sequence[Valued], steps: Sequence[str]) -> list[tuple[str, str]]:
    """Return every fault that a row of this file can have: a reason, and when it holds."""
    faults = [fault for item in made for fault in item.faults]
    faults.append(("end_before_start", _out_of_order(made, steps)))
    if source.wanted.person:
        faults.append(("missing_person", "text_person is null"))
    if source.wanted.person and not source.wanted.declares_people:
        faults.append(("unknown_person", "text_person is not null and known.person_id is null"))
        # A number that two people have: nothing says which of them is meant.
        faults.append(("conflicting_key", "coalesce(known.several, false)"))
    if source.wanted.table == LINKS.name:
        (alias,) = source.wanted.also_known_as
        faults.append(("missing_required", f"alias_{alias} is null"))
        faults.append(("conflicting_key", "coalesce(other.person_id <> known.person_id, false)"))
    return faults


def _out_of_order(made: Sequence[Valued], steps: Sequence[str]) -> str:
    there = [step for step in steps if any(item.name == step and item.has_text for item in made)]
    pairs = [
        f"coalesce({later} < {earlier}, false)"
        for position, earlier in enumerate(there)
        for later in there[position + 1 :]
    ]
    return " or ".join(pairs) or "false"


def _person_and_key(source: RowSet) -> str:
    """Return the person of a row, and what identifies it in its file, null where nothing does."""
    if source.wanted.declares_people:
        return "person as person_id, person as key"
    person = "known.person_id" if source.wanted.person else "cast(null as varchar)"
    if source.wanted.table == LINKS.name:
        # The other number may stand for one person only.
        (alias,) = source.wanted.also_known_as
        return f"{person} as person_id, alias_{alias} as key"
    parts = [f"text_key_{position}" for position in range(len(source.wanted.key))]
    if not parts:
        return f"{person} as person_id, cast(null as varchar) as key"
    filled = " and ".join(f"{part} is not null" for part in parts)
    key = f"case when {filled} then concat_ws(chr(31), {names(parts)}) end"
    return f"{person} as person_id, {key} as key"


def _known_join(source: RowSet, bound: Bound) -> str:
    person = source.wanted.person
    if person is None or source.wanted.declares_people:
        return ""
    join = (
        f"left join known on known.namespace = {bound(person.identifier)} and known.hash = person"
    )
    if source.wanted.table == LINKS.name:
        (alias,) = source.wanted.also_known_as
        join += (
            f" left join known other on other.namespace = {bound(alias)}"
            f" and other.hash = alias_{alias}"
        )
    return join


def _settle_keys(
    connection: duckdb.DuckDBPyConnection, number: int, source: RowSet, made: Sequence[Valued]
) -> None:
    """Find the keys that several rows share: `differs` where the rows do not say the same."""
    said = [f"coalesce(cast({i.name} as varchar), text_{i.name}, '')" for i in made if i.has_text]
    said += [f"coalesce(alias_{name}, '')" for name in source.wanted.also_known_as]
    said += ["coalesce(person, '')"] if source.wanted.person else []
    connection.execute(
        f"create table keyed_{number} as select key, min(row) as same_as, "
        f"count(distinct concat_ws(chr(31), {names(said)})) > 1 as differs "
        f"from judged_{number} where key is not null group by key having count(*) > 1"
    )
    # The same under one key, written differently: one of them is enough.
    connection.execute(
        f"insert into same_{number} select row, keyed_{number}.same_as from judged_{number} "
        f"join keyed_{number} using (key) where not differs and row <> keyed_{number}.same_as"
    )


def _gather_reasons(connection: duckdb.DuckDBPyConnection, number: int, faults: list[str]) -> None:
    """Give each row the list of its reasons, in the order in which they count."""
    pieces: list[str] = []
    conditions: list[str] = []
    for reason in ORDER:
        flags = [f"fault_{i}" for i, name in enumerate(faults) if name == reason]
        flags += ["coalesce(differs, false)"] if reason == "conflicting_key" else []
        if flags:
            conditions += flags
            pieces.append(f"case when {' or '.join(flags)} then '{reason}' end")
    # Most rows have no fault, and making a list for each costs seconds in a million.
    reasons = f"list_filter([{names(pieces)}], lambda r: r is not null)"
    connection.execute(
        f"create table rows_{number} as select judged_{number}.*, "
        f"case when {' or '.join(conditions)} then {reasons} else [] end as reasons "
        f"from judged_{number} left join keyed_{number} using (key) "
        f"anti join same_{number} using (row)"
    )
    connection.execute(f"drop table judged_{number}")
    connection.execute(f"drop table keyed_{number}")


def _may_hold_number(column: Column) -> bool:
    closed = column.vocabulary or column.choices or column.type != "VARCHAR"
    return not closed and column.name not in NUMBERS_ALLOWED


def _remove_nhs_numbers(connection: duckdb.DuckDBPyConnection, number: int, column: str) -> None:
    """Replace NHS numbers in a text column; the column `text_…` keeps them for counting."""
    found = connection.execute(
        f"select distinct {column} from rows_{number} "
        f"where regexp_matches({column}, '\\d{{3}}[ -]?\\d{{3}}[ -]?\\d{{4}}')"
    ).fetchall()
    changes = [(text, clean) for (text,) in found if (clean := without_nhs_numbers(text)) != text]
    if not changes:
        return
    old, new = zip(*changes, strict=True)
    connection.execute(
        f"update rows_{number} set {column} = changed.clean from (select "
        "unnest(cast($old as varchar[])) as old, unnest(cast($new as varchar[])) as clean) changed "
        f"where {column} = changed.old",
        {"old": list(old), "new": list(new)},
    )
