"""Whether a mapping makes sense: against the store's tables, against config, and in itself."""

from pathlib import Path

from pdqi.config import Config, folded
from pdqi.errors import LoadError, Problem, one_of
from pdqi.ingest.mapping import DATE_FORMS, ENDINGS, STILL_OPEN, ColumnMap, FileMap, Mapping
from pdqi.store.schema import LINKS, TABLES, Column, Table, table
from pdqi.yamlfile import Lines, read

Path_ = tuple[str | int, ...]
MADE_HERE = {"person_id", "episode_id"}
"""Columns that loading makes where a source has none."""


def read_mapping(path: Path, config: Config) -> Mapping:
    """Read and check a mapping file; raises `LoadError` with every fault and its line."""
    mapping, lines, problems = read(path, Mapping)
    if mapping is not None:
        problems += check_mapping(mapping, config, path.name, lines)
    if mapping is None or problems:
        raise LoadError(problems)
    return mapping


def check_mapping(
    mapping: Mapping,
    config: Config,
    file: str,
    lines: Lines,
    places: dict[int, Path_] | None = None,
) -> list[Problem]:
    """Return every fault of a mapping; `places` says where its files stand, if not in 'files'."""
    return _Checker(mapping, config, file, lines, places or {}).problems


class _Checker:
    """Collects every fault of one mapping."""

    def __init__(
        self,
        mapping: Mapping,
        config: Config,
        file: str,
        lines: Lines,
        places: dict[int, Path_],
    ) -> None:
        self._mapping = mapping
        self._config = config
        self._file = file
        self._lines = lines
        self.problems: list[Problem] = []
        self._check_source()
        for position, item in enumerate(mapping.files):
            self._check_file(places.get(position, ("files", position)), item)

    def _fault(
        self, path: Path_, what: str, allowed: str | None = None, fix: str | None = None
    ) -> None:
        where = ".".join(str(step) for step in path)
        self.problems.append(Problem(what, self._file, self._lines.of(path), where, allowed, fix))

    def _known(self, path: Path_, noun: str, value: str, allowed: set[str]) -> bool:
        if value not in allowed:
            self._fault(path, f"There is no {noun} '{value}'.", *one_of(value, allowed))
        return value in allowed

    def _check_source(self) -> None:
        mapping, teams = self._mapping, {team.id for team in self._config.teams}
        treatments = {item.id for item in self._config.treatments}
        for position, form in enumerate(mapping.dates):
            self._known(("dates", position), "form of dates", form, set(DATE_FORMS))
        if {"dd/mm/yyyy", "mm/dd/yyyy"} <= set(mapping.dates):
            what = "'dd/mm/yyyy' and 'mm/dd/yyyy' cannot be told apart."
            self._fault(("dates",), what, fix="Keep the one that the files use.")
        for team in mapping.teams:
            self._known(("teams", team), "team", team, teams)
        for treatment in mapping.treatments:
            self._known(("treatments", treatment), "treatment", treatment, treatments)
        self._check_spellings("teams", mapping.teams, _config_spellings(self._config, "team"))
        self._check_spellings(
            "treatments", mapping.treatments, _config_spellings(self._config, "treatment")
        )
        coded = {c.name: c for item in TABLES for c in item.columns if _may_have_codes(c)}
        for name, values in mapping.codes.items():
            if self._known(("codes", name), "coded column", name, set(coded)):
                choices = coded[name].choices
                for value in values if choices else ():
                    self._known(("codes", name, value), "value", value, set(choices))
                self._check_spellings(f"codes.{name}", values, {c: c for c in choices})
        lists = [i for i, item in enumerate(mapping.files) if item.declares_people]
        for position in lists[1:]:
            what = "A second file declares people; a source has one client list."
            self._fault(("files", position, "declares_people"), what, fix="Keep one.")

    def _check_spellings(
        self, place: str, given: dict[str, tuple[str, ...]], taken: dict[str, str]
    ) -> None:
        """Report a spelling that would stand for two things."""
        meanings = dict(taken)
        for name, spellings in given.items():
            for position, spelling in enumerate(spellings):
                other = meanings.setdefault(folded(spelling), name)
                if other != name:
                    path: Path_ = (*place.split("."), name, position)
                    self._fault(
                        path, f"'{spelling}' already stands for '{other}'.", fix="Keep one."
                    )

    def _check_file(self, path: Path_, item: FileMap) -> None:
        names = {one.name for one in (*TABLES, LINKS)}
        ending = "." + item.file.rsplit(".", 1)[-1].casefold()
        if item.format is None and ending not in ENDINGS:
            allowed = ", ".join(sorted(ENDINGS))
            self._fault(
                (*path, "file"), "The ending does not tell the format.", allowed, "Give 'format'."
            )
        if not self._known((*path, "table"), "table", item.table, names):
            return
        target = table(item.table)
        self._check_person(path, item, target)
        # person_id comes from 'person', code_system from the code's form unless it is constant.
        open_to_all = {c.name: c for c in target.columns if c.name != "person_id"}
        for name, column in item.columns.items():
            if name == "person_id":
                what = "The person is given by 'person', not among the columns."
                self._fault((*path, "columns", name), what)
            elif self._known(
                (*path, "columns", name), "column of this table", name, set(open_to_all)
            ):
                self._check_column((*path, "columns", name), column, open_to_all[name])
        for column_ in target.columns:
            mapped = item.columns.get(column_.name)
            if not column_.required or column_.name in MADE_HERE:
                continue
            if mapped is None:
                what = f"'{column_.name}' ({column_.meaning}) is required and not mapped."
                self._fault((*path, "columns"), what, fix="Add its column, or a constant.")
            elif mapped.optional:
                what = f"'{column_.name}' is required and cannot be optional."
                self._fault((*path, "columns", column_.name, "optional"), what)

    def _check_person(self, path: Path_, item: FileMap, target: Table) -> None:
        declared = set(self._mapping.identifiers)
        if target.has_person and item.person is None:
            what = f"Rows of '{target.name}' are about people, and 'person' is missing."
            self._fault(path, what, fix="Add 'person: {column: …, identifier: …}'.")
        if not target.has_person and item.person is not None:
            self._fault(
                (*path, "person"),
                f"Rows of '{target.name}' are not about people.",
                fix="Remove it.",
            )
        if item.person is not None:
            self._check_filled_in((*path, "person", "column"), item.person.column)
            place = (*path, "person", "identifier")
            self._known(place, "identifier", item.person.identifier, declared)
        if item.declares_people != (target.name == "people"):
            what = "A file that fills 'people' says 'declares_people: true', and no other does."
            self._fault((*path, "declares_people" if item.declares_people else "table"), what)
        for name in item.also_known_as:
            place = (*path, "also_known_as", name)
            self._known(place, "identifier", name, declared)
            if item.person is not None and name == item.person.identifier:
                self._fault(
                    place, f"'{name}' is the identifier of the list itself.", fix="Remove it."
                )
        if item.also_known_as and not item.declares_people and target is not LINKS:
            what = "Only the client list and link files tell by what else people are known."
            self._fault((*path, "also_known_as"), what)
        if target is LINKS and len(item.also_known_as) != 1:
            what = "A link file says by which one other number people are known."
            self._fault(path, what, fix="Give 'also_known_as: {KIND: COLUMN}', once.")

    def _check_filled_in(self, path: Path_, given: tuple[str, ...]) -> None:
        if STILL_OPEN in given:
            fix = "Put the name of the file's column in place of it."
            self._fault(path, f"'{STILL_OPEN}' is still open.", fix=fix)

    def _check_column(self, path: Path_, mapped: ColumnMap, column: Column) -> None:
        self._check_filled_in(path, mapped.column)
        if mapped.open_dates and column.type != "DATE":
            self._fault((*path, "open_dates"), f"'{column.name}' is not a date.", fix="Remove it.")
        if column.name == "code_system" and mapped.column:
            what = "'code_system' is a constant, or left out and told from the code."
            self._fault(path, what, ", ".join(column.choices))
        value = mapped.constant
        if value is None:
            return
        place = (*path, "constant")
        if column.vocabulary == "team":
            self._known(place, "team", value, {item.id for item in self._config.teams})
        elif column.vocabulary == "treatment":
            self._known(place, "treatment", value, {item.id for item in self._config.treatments})
        elif column.choices:
            self._known(place, "value", value, set(column.choices))
        elif column.type != "VARCHAR":
            self._fault(place, f"'{column.name}' differs from row to row.", fix="Name its column.")


def _may_have_codes(column: Column) -> bool:
    """Whether `codes` may translate a column: words, but no names from config and no codes."""
    own = column.name in {*MADE_HERE, "code_system", "code", "description"}
    return column.type == "VARCHAR" and not column.vocabulary and not own


def _config_spellings(config: Config, vocabulary: str) -> dict[str, str]:
    items = config.teams if vocabulary == "team" else config.treatments
    return {
        folded(name): item.id for item in items for name in (item.id, item.name, *item.spellings)
    }
