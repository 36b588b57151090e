"""The queries of a data set's mapping: run in a database of their own, which sees nothing else.

Such a query is part of a mapping, so it could be anybody's. It gets the tables of the set as they
stand, the lists of the mapping and the teams of config, and no file, no network, no setting.

Besides the tables of the set a query finds

    spelled(kind, name, value)    every spelling of a team or treatment, folded, and its id
    config_teams(team, service)   the teams of config
    team_types(service, code)     which types of teams belong to which service
    listed(list, value)           whether a value is in a list of the mapping
    folded(words)                 words as they are compared
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from pdqi.config import Config
from pdqi.errors import LoadError, Problem
from pdqi.ingest.checks import check_mapping
from pdqi.ingest.mapping import ColumnMap, FileMap, Mapping, PersonColumn
from pdqi.ingest.rows import make_spellings
from pdqi.ingest.set_mapping import SetMapping, SetRecord, SetTable
from pdqi.ingest.sql import make_macros
from pdqi.yamlfile import Lines, read

ALONE = {
    "enable_external_access": False,
    "python_enable_replacements": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "lock_configuration": True,
}
LISTED = (
    "create macro listed(list_name, value) as"
    " exists(select 1 from lists where lists.list = list_name and lists.code = folded(value))"
)
FACTS = {"origin", "person"}


@dataclass(frozen=True)
class SetPlan:
    """The mapping of a data set, and its records as an ordinary mapping of files.

    Those files are the results of the queries: their columns are called as the store's are.
    """

    mapping: SetMapping
    records: Mapping

    @property
    def name(self) -> str:
        """The name that people see."""
        return self.mapping.name


class Queries:
    """The database in which the queries of one mapping run."""

    def __init__(self, plan: SetMapping, config: Config) -> None:
        """Make the lists; the tables of the set are put in by `put`."""
        self._plan = plan
        self._connection = duckdb.connect(":memory:", config=dict(ALONE))
        make_macros(self._connection)
        names = Mapping.model_construct(
            teams=plan.teams, treatments=plan.treatments, codes={}, files=()
        )
        make_spellings(self._connection, names, config)
        self._connection.execute("create view spelled as select * from spelling")
        teams = [(team.id, team.service) for team in config.teams]
        self._fill("config_teams", ("team", "service"), teams)
        types = [(service, code) for service, codes in plan.team_types.items() for code in codes]
        self._fill("team_types", ("service", "code"), types)
        entries = [(name, code) for name, codes in plan.lists.items() for code in codes]
        self._fill("all_lists", ("list", "code"), entries)
        self._connection.execute(
            "create table lists as select distinct list, folded(code) as code from all_lists"
        )
        self._connection.execute(LISTED)

    def close(self) -> None:
        """Let go of everything."""
        self._connection.close()

    def put(self, name: str, rows: pa.Table) -> None:
        """Add a table of the set; its dates are dates, everything else is text."""
        self._connection.register("incoming", rows)
        self._connection.execute(f'create table "{name}" as select * from incoming')
        self._connection.unregister("incoming")

    def put_empty(self, name: str, table: SetTable) -> None:
        """Add a table of the set without rows, to see whether queries fit."""
        columns = [("origin", "bigint"), ("month", "date"), ("first_month", "date")]
        columns += [
            (column, "date" if item.date else "varchar") for column, item in table.columns.items()
        ]
        described = ", ".join(f'"{column}" {kind}' for column, kind in columns)
        self._connection.execute(f'create table "{name}" ({described})')

    def make_view(self, name: str) -> None:
        """Work out one of the mapping's views."""
        self._one_query(self._plan.views[name])
        self._connection.execute(f'create table "{name}" as {self._plan.views[name]}')

    def columns(self, record: SetRecord) -> list[str]:
        """Return the names of the columns that a record's query gives."""
        self._one_query(record.sql)
        found = self._connection.execute(f"describe ({_bare(record.sql)})").fetchall()
        return [name for name, *_ in found]

    def rows(self, record: SetRecord, columns: list[str]) -> pa.Table:
        """Return a record's rows as text, in a fixed order."""
        texts = ", ".join(f'cast("{c}" as varchar) as "{c}"' for c in columns)
        return self._connection.sql(
            f"select {texts} from ({_bare(record.sql)}) found order by cast(found.origin as bigint)"
        ).to_arrow_table()

    def _one_query(self, sql: str) -> None:
        statements = self._connection.extract_statements(sql)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise duckdb.ParserException("Give one query.")

    def _fill(self, name: str, columns: tuple[str, str], rows: list[tuple[str, str]]) -> None:
        first, second = columns
        self._connection.execute(f"create table {name} ({first} varchar, {second} varchar)")
        if rows:
            self._connection.executemany(f"insert into {name} values (?, ?)", rows)


def _bare(sql: str) -> str:
    return sql.strip().rstrip(";")


def read_set_mapping(path: Path, config: Config) -> SetPlan:
    """Read and check a data set's mapping; raises `LoadError` with every fault and its line."""
    plan, lines, problems = read(path, SetMapping)
    if plan is None or problems:
        raise LoadError(problems)
    problems = _faulty_services(plan, config, path.name, lines)
    columns, faulty = _try_queries(plan, config, path.name, lines)
    problems += faulty
    sound = [(n, r) for n, r in enumerate(plan.records) if n in columns]
    if not sound:
        raise LoadError(problems)
    made = Mapping(
        id=plan.id,
        name=plan.name,
        dates=plan.dates,
        empty=(),
        identifiers=plan.identifiers,
        teams=plan.teams,
        treatments=plan.treatments,
        codes=plan.codes,
        files=tuple(_as_file(record, columns[n]) for n, record in sound),
    )
    places: dict[int, tuple[str | int, ...]] = {
        n: ("records", position) for n, (position, _) in enumerate(sound)
    }
    problems += check_mapping(made, config, path.name, lines, places)
    if problems:
        raise LoadError(problems)
    return SetPlan(plan, made)


def _as_file(record: SetRecord, columns: list[str]) -> FileMap:
    own = [c for c in columns if c not in FACTS and c not in record.also_known_as]
    return FileMap(
        file=record.name,
        format="parquet",
        table=record.table,
        person=PersonColumn(column=("person",), identifier=record.person)
        if record.person
        else None,
        declares_people=record.declares_people,
        also_known_as={name: name for name in record.also_known_as},
        columns={name: ColumnMap(column=(name,)) for name in own},
    )


def _faulty_services(plan: SetMapping, config: Config, file: str, lines: Lines) -> list[Problem]:
    known = {service.id for service in config.services}
    return [
        Problem(
            f"There is no service '{name}'.",
            file,
            lines.of(("team_types", name)),
            f"team_types.{name}",
            ", ".join(sorted(known)),
        )
        for name in plan.team_types
        if name not in known
    ]


def _try_queries(
    plan: SetMapping, config: Config, file: str, lines: Lines
) -> tuple[dict[int, list[str]], list[Problem]]:
    """Run every query on empty tables: the columns of each record, and what is wrong."""
    problems: list[Problem] = []
    columns: dict[int, list[str]] = {}
    queries = Queries(plan, config)
    try:
        for name, table in plan.tables.items():
            if name != plan.submission.table:
                queries.put_empty(name, table)
        for name in plan.views:
            try:
                queries.make_view(name)
            except duckdb.Error as error:
                problems.append(_fault(error, file, lines, ("views", name)))
        # A record that uses a faulty view would only say the same again.
        for position, record in enumerate(plan.records if not problems else ()):
            path = ("records", position, "sql")
            try:
                columns[position] = queries.columns(record)
            except duckdb.Error as error:
                problems.append(_fault(error, file, lines, path))
                continue
            wanted = {"origin", *record.also_known_as, *(["person"] if record.person else [])}
            if lacking := sorted(wanted - set(columns[position])):
                what = f"The query lacks {', '.join(lacking)}."
                problems.append(Problem(what, file, lines.of(path), _dotted(path)))
    finally:
        queries.close()
    return columns, problems


def _fault(error: duckdb.Error, file: str, lines: Lines, path: tuple[str | int, ...]) -> Problem:
    what = f"The query cannot be run: {str(error).strip().splitlines()[0]}"
    return Problem(what, file, lines.of(path), _dotted(path), fix="Correct the query.")


def _dotted(path: tuple[str | int, ...]) -> str:
    return ".".join(str(step) for step in path)
