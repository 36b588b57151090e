"""The commands: `python -m pdqi check | map | load | demo | kpis | …`; `--help` lists them all.

Parsing and printing only; what is done lives in the modules named. Exit codes are those of the
error classes, 0 for success.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pdqi import __version__
from pdqi.errors import PdqiError, Problem, RequestError
from pdqi.places import Places


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code and prints errors as sentences."""
    try:
        options = _placed(_parser().parse_args(arguments))
        run: Callable[[argparse.Namespace], int] = options.run
        return run(options)
    except PdqiError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        # The reader of our output has gone, as `| head` does.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("Stopped. The store is as it was.", file=sys.stderr)
        return 130


def _placed(options: argparse.Namespace) -> argparse.Namespace:
    """Fill in the places that were not named."""
    named = vars(options)
    names = ("config", "content", "sources", "store")
    places = Places.of(named.get("pathway"), **{name: named.get(name) for name in names})
    named.update({name: getattr(places, name) for name in names if name in named})
    options.places = places
    return options


def check(options: argparse.Namespace) -> int:
    """Check config, content and mappings; every fault is listed."""
    from pdqi.checks import check_everything

    problems = check_everything(options.config, options.content, options.sources)
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        print(f"{len(problems)} to mend.", file=sys.stderr)
        return 2
    print("Config, content and mappings are in order.")
    return 0


def draft_mapping(options: argparse.Namespace) -> int:
    """Draft a mapping for extracts that nobody has mapped yet."""
    from pdqi.config import Config
    from pdqi.ingest.drafting import draft_of

    out: Path | None = options.out
    if out is not None and out.exists():
        fix = "Name another file: a mapping that somebody worked on is never overwritten."
        raise RequestError(Problem("The file is there already.", out.name, fix=fix))
    draft = draft_of(options.files, Config.load(options.config))
    if out is None:
        print(draft.text, end="")
    else:
        try:
            out.write_text(draft.text, encoding="utf-8")
        except OSError as error:
            fix = "Name a file in a folder that you may write in."
            raise RequestError(
                Problem("The draft cannot be written.", out.name, fix=fix)
            ) from error
    said = [*draft.said, *(f"To fill in: {one}" for one in draft.must)]
    said += [f"To look at: {one}" for one in draft.look]
    for sentence in said:
        print(sentence, file=sys.stderr)
    return 0


def load(options: argparse.Namespace) -> int:
    """Load a source's extracts into a store, all or nothing."""
    from pdqi.config import Config
    from pdqi.ingest import pseudonym
    from pdqi.ingest.loading import load as load_extracts
    from pdqi.store import folder

    config, say = Config.load(options.config), _say(options.json)
    if options.dry_run and not (options.store / "CURRENT").exists():
        # Nothing is kept, so nobody has to be known again.
        secret, note = os.urandom(32), None
    else:
        secret, note = pseudonym.secret(options.store, create=not options.dry_run)
    if note:
        print(note, file=sys.stderr)
    report = load_extracts(
        options.mapping, options.folder, options.store, config, secret, say,
        dry_run=options.dry_run,
    )  # fmt: skip
    if options.dry_run:
        print(json.dumps(report.as_json(), indent=1) if options.json else report.as_text())
        return 0
    if folder.manifest(folder.current(options.store)).kind == "trust":
        _derive(options.store, config, say)
    print(json.dumps(report.as_json(), indent=1) if options.json else report.as_text())
    return 0


def demo(options: argparse.Namespace) -> int:
    """Make a store of invented data."""
    from pdqi.config import Config
    from pdqi.demo import demo as make_demo

    config, say = Config.load(options.config), _say(False)
    manifest = make_demo(
        options.store,
        config,
        people=options.people,
        seed=options.seed,
        progress=say,
        numbers=options.places.world,
    )
    _derive(options.store, config, say)
    _invent_meetings(options.places, options.store, config, say)
    rows = ", ".join(f"{count:,} {name}" for name, count in manifest.rows.items())
    print(f"Invented data, version {manifest.version}: {rows}.")
    return 0


def _invent_meetings(places: Places, store: Path, config: Any, say: Callable[[str], None]) -> None:
    """Enter the invented meetings of the pathway, where there are any."""
    from pdqi.content import Library
    from pdqi.errors import ContentError
    from pdqi.meeting.invented import invent
    from pdqi.metrics.catalogue import chosen_ids

    if not places.meetings.is_file():
        return
    try:
        library = Library.load(places.content, config, chosen_ids(config))
    except ContentError:
        say("The content does not fit this config, so no meetings are invented.")
        return
    say("Entering the invented meetings.")
    if not invent(places.meetings, store, config, library):
        say("The journal beside the store was written in by somebody, so it is left as it is.")


def kpis(options: argparse.Namespace) -> int:
    """Print every KPI at every scope."""
    from pdqi import records

    service, basis, viewer = _asked(options)
    wanted = [item for item in service.kpis if item.id != "transitions"]
    published = service.all_figures(basis, viewer, wanted)
    data = records.of_figures(service, basis, viewer, published)
    _print(data, options.json, data["kpis"])
    return 0


def transitions(options: argparse.Namespace) -> int:
    """Print the moves between teams."""
    from pdqi import records

    service, basis, viewer = _asked(options)
    published = service.figures("transitions", basis, viewer)
    data = records.of_transitions(service, basis, viewer, published)
    _print(data, options.json, {"moves": data["transitions"]})
    return 0


def snapshot(options: argparse.Namespace) -> int:
    """Make a snapshot and its files, without a question."""
    from pdqi.config import Config
    from pdqi.model import Period
    from pdqi.service import Service
    from pdqi.snapshot import folder
    from pdqi.snapshot.make import make
    from pdqi.snapshot.pack import FORMS, forms_of, pack, stem

    forms = forms_of(options.formats.split(",") if options.formats else FORMS)
    config = Config.load(options.config)
    library = _library(options.content, config)
    rules = library.rules.rules if library else ()
    drawn = library.process_map if library else None
    service = Service.open(options.store, config, rules, drawn)
    viewer = service.viewer(options.role)
    basis = service.basis(Period(options.first, options.last), options.definition, options.ages)
    scope = service.scope(options.team)
    standing = _standing(options.store, service, library, viewer.role.id)
    role, brief = viewer.role.id, options.briefing
    made = make(
        service,
        library,
        viewer,
        basis,
        scope,
        standing,
        maker=role,
        briefing=brief,
        name=options.name,
    )
    invented = service.manifest.demonstration
    folder.keep(made, options.keep or folder.place(options.store, config, demonstration=invented))
    path = options.out / f"{stem(made)}.zip"
    try:
        options.out.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pack(made, forms))
    except OSError as error:
        what = f"The pack cannot be written to {options.out}."
        raise RequestError(Problem(what, fix="Name a folder that you may write in.")) from error
    print(f"{made.id}: {path}")
    return 0


def _library(content: Path, config: Any) -> Any:
    from pdqi.content import Library
    from pdqi.errors import ContentError
    from pdqi.metrics.catalogue import chosen_ids

    try:
        return Library.load(content, config, chosen_ids(config))
    except ContentError as error:
        print(f"The content is left out: {error.problems[0]}", file=sys.stderr)
        return None


def _standing(store: Path, service: Any, library: Any, role: str) -> Any:
    """Return what people entered, if there is a journal and the role may read it."""
    from pdqi.config import Permission
    from pdqi.errors import JournalError
    from pdqi.journal import Journal
    from pdqi.metrics.catalogue import chosen_ids

    invented = service.manifest.demonstration
    try:
        known = chosen_ids(service.config)
        journal = Journal.open(service.config, store, library, known, demonstration=invented)
        if journal.may(role, Permission.READ_JOURNAL):
            return None
        return journal.standing()
    except JournalError as error:
        print(f"The journal is left out: {error.problems[0]}", file=sys.stderr)
        return None


def verify(options: argparse.Namespace) -> int:
    """Say whether a snapshot is whole, and whether the store says the same."""
    from pdqi.config import Config
    from pdqi.snapshot import folder
    from pdqi.snapshot.verify import verify as verify_snapshot
    from pdqi.snapshot.verify import whole

    config = Config.load(options.config)
    name = f"{options.snapshot}{folder.ENDING}"
    places = {folder.place(options.store, config, demonstration=each) for each in (True, False)}
    kept = next((x / name for x in (options.keep, *places) if x and (x / name).is_file()), Path())
    found = whole(kept if kept.is_file() else Path(options.snapshot))
    library = _library(options.content, config)
    verdict = verify_snapshot(found, options.store, config, library)
    for note in verdict.notes:
        print(note)
    for difference in verdict.differences:
        print(difference)
    print(f"{found.id} is whole." + (" Every figure is equal." if verdict.equal else ""))
    return 0 if verdict.equal else 10


def _asked(options: argparse.Namespace) -> tuple[Any, Any, Any]:
    from pdqi.config import Config
    from pdqi.model import Period
    from pdqi.service import Service

    service = Service.open(options.store, Config.load(options.config))
    viewer = service.viewer(options.role)
    basis = service.basis(Period(options.first, options.last), options.definition, options.ages)
    return service, basis, viewer


def _derive(store: Path, config: Any, say: Callable[[str], None]) -> None:
    """Work out at loading what does not depend on the census day, so that no reader waits."""
    from pdqi.variants import prepare

    say("Working out merged episodes, waits and moves, also as other definitions would have them.")
    prepare(store, config)


def _print(data: dict[str, Any], as_json: bool, tables: dict[str, Any]) -> None:
    if as_json:
        print(json.dumps(data, indent=1))
        return
    if data["invented_data"]:
        print("INVENTED DATA: nothing here is a finding about a real service.")
    print(f"Period {data['period'][0]} to {data['period'][1]}, definition {data['definition']}.")
    print("Exact counts." if data["cleared"] else "Small numbers are suppressed.")
    for name, rows in tables.items():
        print(f"\n{name}")
        for scope, row in rows.items():
            print(f"  {scope}: {_line(row)}")


def _line(row: Any) -> str:
    if not isinstance(row, dict):
        return "suppressed" if row is None else str(row)
    states = row.get("states", {})
    return ", ".join(
        f"{name} {states.get(name, value if not isinstance(value, float) else round(value, 4))}"
        for name, value in row.items()
        if name != "states" and not isinstance(value, dict)
    )


def _say(quiet: bool) -> Callable[[str], None]:
    def say(sentence: str) -> None:
        if not quiet:
            print(sentence, file=sys.stderr, flush=True)

    return say


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise RequestError(
            Problem(f"'{text[:40]}' is not a date.", allowed="a day such as 2022-04-01")
        ) from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pdqi", description="The shared picture of a care pathway."
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        words = (run.__doc__ or "").strip()
        added = commands.add_parser(name, help=words, description=words)
        words = "a folder of 'pathways', or any other that is laid out like one"
        added.add_argument("--pathway", metavar="NAME", help=words)
        added.add_argument("--config", type=Path, metavar="FILE")
        added.set_defaults(run=run)
        return added

    checked = command("check", check)
    checked.add_argument("--content", type=Path, metavar="DIR")
    checked.add_argument("--mappings", dest="sources", type=Path, metavar="DIR")

    drafted = command("map", draft_mapping)
    drafted.add_argument("files", type=Path, nargs="+", metavar="FILE", help="a keeper's extracts")
    drafted.add_argument("--out", type=Path, metavar="MAPPING", help="printed if unset")

    loaded = command("load", load)
    loaded.add_argument("mapping", type=Path, metavar="MAPPING", help="the source's mapping file")
    loaded.add_argument("--from", dest="folder", type=Path, required=True, metavar="DIR")
    _add_store(loaded)
    loaded.add_argument("--dry-run", action="store_true", help="say what would happen, no more")
    loaded.add_argument("--json", action="store_true", help="print the row accounts as JSON")

    made = command("demo", demo)
    _add_store(made)
    made.add_argument("--people", type=int, default=20_000, metavar="N")
    made.add_argument("--seed", type=int, default=1, metavar="S")

    frozen = command("snapshot", snapshot)
    frozen.add_argument("--team", default="system", metavar="ID", help="team, service or set")
    frozen.add_argument("--out", type=Path, required=True, metavar="DIR")
    frozen.add_argument("--formats", metavar="LIST", help="such as pptx,pdf; all if unset")
    frozen.add_argument("--name", default="", metavar="TEXT", help="what people call it")
    frozen.add_argument("--briefing", action="store_true", help="the headline and the work alone")
    proved = command("verify", verify)
    proved.add_argument("snapshot", metavar="ID_OR_ZIP")
    _add_store(proved)
    for kept in (frozen, proved):
        kept.add_argument("--content", type=Path, metavar="DIR")
        kept.add_argument("--keep", type=Path, metavar="DIR", help="where snapshots are kept")

    for asked in (command("kpis", kpis), command("transitions", transitions), frozen):
        _add_store(asked)
        asked.add_argument("--from", dest="first", type=_day, required=True, metavar="DATE")
        asked.add_argument("--to", dest="last", type=_day, required=True, metavar="DATE")
        asked.add_argument(
            "--definition", metavar="ID", help="case definition; the default if unset"
        )
        asked.add_argument("--ages", metavar="ID", help="age band; the default if unset")
        asked.add_argument("--role", metavar="ROLE", help="reader's role; the default if unset")
        if asked is not frozen:
            asked.add_argument("--json", action="store_true")
    return parser


def _add_store(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--store", type=Path, metavar="DIR")


if __name__ == "__main__":
    sys.exit(main())
