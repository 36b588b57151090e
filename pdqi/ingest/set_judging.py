"""Judging the rows of one table of a data set: which are sound, which count, which are overtaken.

The latest sound state of a key counts; a later submission of a month replaces all that the earlier
one said of it. What is faulty is set aside and overtakes nothing.
"""

import duckdb

from pdqi.ingest.set_mapping import SetTable
from pdqi.ingest.sql import names

SHORTENED = r"\d(\.\d+)?[eE]\+\d+"
"""A number as a spreadsheet shortens it; no pseudonym looks like it."""

LATER = "_month desc, _created desc, _file desc, _row desc"


def judge_table(connection: duckdb.DuckDBPyConnection, name: str, table: SetTable) -> None:
    """Make `judged_t` and `current_t` from `set_t`; parents' `current_t` are there already.

    `judged_t` adds `_withdrawn`, `_reasons` and `_winner`: the number of the row that counts in
    its place, its own where it counts itself.
    """
    key = _joined(table.key) if table.key else "cast(_origin as varchar)"
    alone = "partition by _key, _provider, _month"
    connection.execute(
        f"""create table "keyed_{name}" as with told as (
            select *, max(_created) over (partition by _provider, _month) <> _created as _withdrawn,
                   [{names(_faults(table))}] as _own, {key} as _key,
                   {_joined(tuple(table.columns))} as _said
            from "set_{name}"
        ), sound as (
            select * exclude (_own), list_filter(_own, lambda r: r is not null) as _own,
                   not _withdrawn and len(list_filter(_own, lambda r: r is not null)) = 0 as _sound
            from told
        ), compared as (
            select *, _sound and min(case when _sound then _said end) over ({alone})
                      <> max(case when _sound then _said end) over ({alone}) as _differs
            from sound
        )
        select *, _sound and not _differs as _good from compared"""
    )
    nobody = [column for column in table.within if column == table.person]
    others = [column for column in table.within if column != table.person]
    connection.execute(
        f"""create table "judged_{name}" as with ranked as (
            select *,
                   case when _good then first_value(_origin)
                        over (partition by _good, _key order by {LATER}) end as _winner,
                   min(_month) over (partition by _good, _key) as _first_month
            from "keyed_{name}"
        ), linked as (
            select *, _winner = _origin and not ({_there(table, nobody)}) as _nobody,
                   _winner = _origin and not ({_there(table, others)}) as _lost
            from ranked
        )
        select * exclude (_own),
               case when _withdrawn then []
                    else list_concat(_own, case when _differs then ['conflicting_key'] else [] end,
                                     case when _nobody then ['unknown_person'] else [] end,
                                     case when _lost then ['unknown_parent'] else [] end)
               end as _reasons
        from linked"""
    )
    connection.execute(f'drop table "keyed_{name}"')
    connection.execute(
        f'create table "current_{name}" as select * from "judged_{name}"'
        " where _winner = _origin and len(_reasons) = 0"
    )


def _there(table: SetTable, columns: list[str]) -> str:
    """Return the condition that what these columns refer to is there and counts."""
    return (
        " and ".join(
            f'exists (select 1 from "current_{table.within[column]}" parent'
            f' where parent._key = ranked."{column}")'
            for column in columns
        )
        or "true"
    )


def current_rows(name: str, table: SetTable) -> str:
    """Return the query of the rows that count, as the mapping's queries see them."""
    columns = [
        f'cast("{column}" as date) as "{column}"' if item.date else f'"{column}"'
        for column, item in table.columns.items()
    ]
    days = [f"cast(_{month} || '-01' as date) as {month}" for month in ("month", "first_month")]
    return f'select _origin as origin, {names((*days, *columns))} from "current_{name}"'


def _faults(table: SetTable) -> list[str]:
    """Return the reasons against a row for its own sake, each null where it does not hold."""
    found = []
    for column, item in table.columns.items():
        if item.date:
            wrong = f'"{column}" is not null and try_cast("{column}" as date) is null'
            found.append(f"case when {wrong} then 'invalid_date' end")
        else:
            wrong = f"regexp_full_match(\"{column}\", '{SHORTENED}')"
            found.append(f"case when {wrong} then 'shortened_number' end")
        if table.needs(column):
            reason = "missing_person" if column == table.person else "missing_required"
            found.append(f"case when \"{column}\" is null then '{reason}' end")
    return found


def _joined(columns: tuple[str, ...]) -> str:
    """Return several columns as one text; one column alone stays as it is."""
    parts = [f"coalesce(\"{column}\", '')" for column in columns]
    return parts[0] if len(parts) == 1 else f"concat_ws(chr(31), {names(parts)})"
