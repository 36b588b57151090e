"""Loading an event log: one file in, a new version of a store of its own out, or nothing at all.

Every row is stored, quarantined or a duplicate. In a log the same row twice is two events, for one
thing may happen twice in a moment: a row is a duplicate only under the number of its event.
"""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from pdqi.config import digest_of
from pdqi.errors import LoadError, Problem, StoreError, one_of
from pdqi.ingest import lock
from pdqi.ingest.log_mapping import CASE, LogMapping
from pdqi.ingest.mapping import ALWAYS_ACCEPTED, DATE_FORMS, Identifier
from pdqi.ingest.pseudonym import key_pads, without_nhs_numbers
from pdqi.ingest.readers import Filled, SourceFile, fill, open_files
from pdqi.ingest.reasons import ORDER
from pdqi.ingest.report import LoadReport
from pdqi.ingest.sources import mark_of
from pdqi.ingest.sql import Bound, folded_words, identifier_of, make_macros, one, text_of
from pdqi.store import folder as folders
from pdqi.store.folder import FileAccount
from pdqi.store.log import ABOUT, KIND, LOG_TABLES

MEMORY = "1500MB"
TIMES = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f")
"""The times of day that may stand behind a date."""
ZONE = r"(Z|[+-]\d{2}:?\d{2})$"
ANOTHER = "Load into another folder."


def load_log(
    plan: LogMapping,
    mapping: Path,
    folder: Path,
    store: Path,
    secret: bytes,
    progress: Callable[[str], None] = lambda _: None,
) -> LoadReport:
    """Load an event log into a store of its own; say where every row went.

    Raises `LoadError` with every fault, or `StoreError`; the store is then as it was. Loading the
    same file again changes nothing.
    """
    progress(f"Looking for the file of '{plan.name}'.")
    (file,), not_read = open_files(plan, folder)
    mark = mark_of(secret)
    load_id = digest_of([mapping.read_text(encoding="utf-8-sig"), file.name, file.digest])
    with lock.loading(store) as work:
        _refuse_another(store, plan, mark)
        with duckdb.connect(
            str(work / "load.duckdb"),
            config={"memory_limit": MEMORY, "temp_directory": str(work / "spill")},
        ) as connection:
            make_macros(connection)
            progress(f"Reading {file.name}.")
            filled = fill(connection, "raw", file)
            progress(f"Judging {filled.rows:,} rows.")
            _judge(connection, plan, file, secret)
            _keep(connection, file, load_id)
            _check_rules(connection, plan, mapping.name)
            account = _account(connection, plan, file, filled)
            first, last = one(connection, "select min(moment), max(moment) from kept where counted")
            with folders.new_version(store) as version:
                rows = _write(connection, version, plan, file)
                about = {
                    "id": plan.id,
                    "name": plan.name,
                    "cases": plan.cases,
                    "mark": mark,
                    "rules": [rule.model_dump(mode="json") for rule in plan.rules],
                }
                text = json.dumps(about, indent=1, sort_keys=True, ensure_ascii=False)
                (version / f"{ABOUT}.json").write_text(text, encoding="utf-8")
                manifest, changed = folders.publish(
                    store,
                    version,
                    rows=rows,
                    accounts=(account,),
                    data_from=_day(first),
                    data_to=_day(last),
                    demonstration=False,
                    kind=KIND,
                    tables=tuple(LOG_TABLES),
                )
    return LoadReport(manifest.version, changed, (account,), manifest.rows, (), tuple(not_read))


def _day(moment: Any) -> date | None:
    return None if moment is None else moment.date()


def _refuse_another(store: Path, plan: LogMapping, mark: str) -> None:
    """Refuse a store that holds something else, or was made with another secret."""
    if not (store / "CURRENT").exists():
        return
    version = folders.current(store)
    if folders.manifest(version).kind != KIND:
        what = f"The store '{store.name}' holds a trust's records: an event log has its own store."
        raise LoadError(Problem(what, fix=ANOTHER))
    try:
        about = json.loads((version / f"{ABOUT}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StoreError(Problem("The event log's store is damaged.", fix=ANOTHER)) from error
    if about["id"] != plan.id:
        what = f"The store '{store.name}' holds the event log '{about['id']}'."
        raise LoadError(Problem(what, fix=ANOTHER))
    if about["mark"] != mark:
        raise LoadError(
            Problem("The secret is not the one that this store was made with.", fix=ANOTHER)
        )


def _judge(
    connection: duckdb.DuckDBPyConnection, plan: LogMapping, file: SourceFile, secret: bytes
) -> None:
    """Make `judged`: what each row says, and the reasons against it; and `same`, the repeats."""
    bound = Bound()
    empty = folded_words(connection, plan.empty)
    wanted = file.wanted
    assert wanted.person is not None

    def text(names: tuple[str, ...]) -> str:
        return text_of(file.place(names), empty, bound)

    counted = " and ".join(
        f"coalesce(list_contains({bound(folded_words(connection, values))}, folded({place})),"
        " false)"
        for name, values in plan.only.items()
        if (place := file.place((name,)))
    )
    pads = key_pads(secret)
    key = text((plan.event,)) if plan.event else "cast(null as varchar)"
    rule = Identifier()
    connection.execute(
        f"""create table judged as with texts as (
            select row, {text(wanted.person.column)} as text_case,
                   {text(plan.activity)} as activity, {text(plan.at)} as text_at, {key} as key,
                   {counted or "true"} as counted
            from raw
        ), valued as (
            select *, {_moment("text_at", plan.dates)} as moment,
                   pseudonym({bound(pads[0])}, {bound(pads[1])}, {bound(CASE)},
                             {identifier_of("text_case", rule)}) as case_id
            from texts
        ), keyed as (
            select key, min(row) as same_as,
                   count(distinct concat_ws(chr(31), text_case, activity, text_at)) > 1 as differs
            from valued where key is not null group by key having count(*) > 1
        )
        select valued.*, same_as, coalesce(differs, false) as differs,
               list_filter([
                   case when text_case is null then 'missing_person' end,
                   case when text_at is not null and moment is null then 'invalid_date' end,
                   case when text_at is null or activity is null then 'missing_required' end,
                   case when differs then 'conflicting_key' end
               ], lambda reason: reason is not null) as reasons
        from valued left join keyed using (key)""",
        bound.values,
    )
    connection.execute(
        "create table same as select row, same_as from judged"
        " where not differs and same_as is not null and row <> same_as"
    )


def _moment(words: str, forms: tuple[str, ...]) -> str:
    """Return the moment that a text stands for, else null; with a zone, in universal time."""
    accepted = [DATE_FORMS[form] for form in dict.fromkeys((*forms, ALWAYS_ACCEPTED))]
    shape = "|".join(shape for shape, _ in accepted)
    patterns = ", ".join(f"'{form}{time}'" for _, form in accepted for time in TIMES)
    plain = f"regexp_replace(regexp_replace({words}, '{ZONE}', ''), '(\\d)T(\\d)', '\\1 \\2')"
    zone = f"nullif(replace(regexp_extract({words}, '{ZONE}'), ':', ''), 'Z')"
    minutes = (
        f"coalesce(try_cast({zone}[1:1] || '1' as integer)"
        f" * (try_cast({zone}[2:3] as integer) * 60 + try_cast({zone}[4:5] as integer)), 0)"
    )
    time = r"( \d{1,2}:\d{2}(:\d{2}(\.\d{1,6})?)?)?"
    # A date alone has no zone: its last digits would be taken for one.
    zoned = f"case when contains({words}, ':') then {plain} else {words} end"
    offset = f"case when contains({words}, ':') then {minutes} else 0 end"
    return (
        f"case when regexp_full_match({zoned}, '({shape}){time}')"
        f" then try_strptime({zoned}, [{patterns}]) - to_minutes({offset}) end"
    )


def _keep(connection: duckdb.DuckDBPyConnection, file: SourceFile, load_id: str) -> None:
    """Make `kept`, `known_cases` and `known_activities` from the rows without a fault."""
    good = "from judged anti join same using (row) where len(reasons) = 0"
    names = [name for (name,) in connection.execute(f"select distinct activity {good}").fetchall()]
    connection.execute(
        "create table known_activities as select cast(row_number() over (order by clean) - 1 as"
        " integer) as activity_key, clean as activity from (select distinct clean from"
        " (select unnest(cast($clean as varchar[])) as clean))",
        {"clean": [without_nhs_numbers(name) for name in names]},
    )
    connection.execute(
        "create table spelt as select unnest(cast($names as varchar[])) as activity,"
        " unnest(cast($clean as varchar[])) as clean",
        {"names": names, "clean": [without_nhs_numbers(name) for name in names]},
    )
    connection.execute(
        "create table known_cases as select cast(row_number() over (order by case_id) as integer)"
        f" as case_key, case_id from (select distinct case_id {good})"
    )
    connection.execute(
        "create table kept as select case_key, activity_key, moment, counted,"
        " $file as source_file, row as source_row, $load_id as load_id"
        f" from (select * {good}) join spelt using (activity)"
        " join known_activities on known_activities.activity = clean"
        " join known_cases using (case_id)",
        {"file": file.name, "load_id": load_id},
    )


def _check_rules(connection: duckdb.DuckDBPyConnection, plan: LogMapping, mapping: str) -> None:
    """Refuse rules that speak of activities which the log does not have."""
    found = connection.execute("select activity from known_activities").fetchall()
    known = {name for (name,) in found}
    problems = [
        Problem(
            f"The log has no activity '{name}'.",
            mapping,
            None,
            f"rules.{place}",
            *one_of(name, known),
        )
        for place, rule in enumerate(plan.rules)
        for name in rule.activities
        if name not in known
    ]
    if problems:
        raise LoadError(problems)


def _account(
    connection: duckdb.DuckDBPyConnection, plan: LogMapping, file: SourceFile, filled: Filled
) -> FileAccount:
    (stored,) = one(connection, "select count(*) from kept")
    (same,) = one(connection, "select count(*) from same")
    counted = connection.execute(
        "select reasons[1], count(*) from judged anti join same using (row)"
        " where len(reasons) > 0 group by all"
    ).fetchall()
    reasons = dict(counted)
    (left_out,) = one(connection, "select count(*) from kept where not counted")
    first, last = one(connection, "select min(moment), max(moment) from kept")
    notes = {
        "fewer cells than the header": filled.short,
        "more cells than the header": filled.long,
        "stored and not counted, for 'only' in the mapping": left_out,
    }
    account = FileAccount(
        source=plan.id,
        file=file.name,
        table="log",
        rows_in_file=filled.rows,
        stored=stored,
        duplicate_row=same,
        reasons={name: reasons[name] for name in ORDER if name in reasons},
        notes={name: rows for name, rows in notes.items() if rows},
        first_on=first and first.date().isoformat(),
        last_on=last and last.date().isoformat(),
    )
    if not account.adds_up:
        what = "The rows of this file do not add up, so nothing was stored."
        raise LoadError(Problem(what, file.name, fix="Report this: it is a fault of the software."))
    if not stored:
        reasons_said = ", ".join(f"{n:,} {name}" for name, n in account.reasons.items())
        raise LoadError(
            Problem(
                f"None of its {filled.rows:,} rows could be stored ({reasons_said or 'no rows'}).",
                file.name,
                fix="Is this the right file for this mapping? Correct the file or the mapping.",
            )
        )
    return account


def _write(
    connection: duckdb.DuckDBPyConnection, version: Path, plan: LogMapping, file: SourceFile
) -> dict[str, int]:
    rows = {}
    for name, query in LOG_TABLES.items():
        connection.sql(query).write_parquet(str(version / f"{name}.parquet"), compression="zstd")
        (rows[name],) = one(connection, f"select count(*) from ({query})")
    bound = Bound()
    cells = ", ".join(f"{bound(name)}, c{place}" for place, name in enumerate(file.header.names))
    query = (
        f"select {bound(plan.id)} as source, {bound(file.name)} as file, row, reasons,"
        f" json_object({cells}) as cells"
        " from judged anti join same using (row) join raw using (row)"
        " where len(reasons) > 0 order by row"
    )
    target = bound(str(version / "quarantine.parquet"))
    connection.execute(
        f"copy ({query}) to {target} (format parquet, compression zstd)", bound.values
    )
    connection.table("same").order("row").write_parquet(str(version / "duplicates.parquet"))
    return rows
