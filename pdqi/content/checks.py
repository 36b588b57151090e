"""What can be wrong between content files: ids, places, links, sources, placeholders."""

import re
from collections.abc import Iterator, Mapping, Set
from typing import Any

from pydantic import BaseModel

from pdqi.config import Config
from pdqi.content import links
from pdqi.content.evidence import (
    Glossary,
    MeasurabilityFile,
    PublishedFigures,
    Sources,
    Workstreams,
)
from pdqi.content.links import Written
from pdqi.content.models import DriverDiagram, ProcessMap, Statement
from pdqi.content.progress import Progress
from pdqi.content.records import Mark
from pdqi.content.rules import Rules
from pdqi.content.timeline import Timeline
from pdqi.content.voices import Voices
from pdqi.errors import Problem, one_of
from pdqi.labels import Labels
from pdqi.yamlfile import Frozen, Lines

FILES: dict[str, type[Frozen]] = {
    "process_map": ProcessMap,
    "driver_diagram": DriverDiagram,
    "voices": Voices,
    "workstreams": Workstreams,
    "published": PublishedFigures,
    "measurability": MeasurabilityFile,
    "sources": Sources,
    "glossary": Glossary,
    "timeline": Timeline,
    "rules": Rules,
    "progress": Progress,
}
"""Each content file, without `.yaml`, and what it holds."""

KINDS: dict[str, tuple[str, str]] = {
    "lane": ("process_map", "lanes"),
    "node": ("process_map", "nodes"),
    "arrow": ("process_map", "arrows"),
    "issue": ("process_map", "issues"),
    "aim": ("driver_diagram", "aim"),
    "branch": ("driver_diagram", "branches"),
    "primary": ("driver_diagram", "primary"),
    "gap": ("driver_diagram", "gaps"),
    "secondary": ("driver_diagram", "secondary"),
    "idea": ("driver_diagram", "ideas"),
    "focus_group": ("voices", "groups"),
    "voice": ("voices", "themes"),
    "group": ("workstreams", "groups"),
    "workstream": ("workstreams", "workstreams"),
    "published": ("published", "figures"),
    "data_type": ("published", "data_types"),
    "measurability": ("measurability", "items"),
    "lesson": ("measurability", "lessons"),
    "source": ("sources", "sources"),
    "term": ("glossary", "terms"),
    "mark": ("timeline", "marks"),
    "rebase": ("timeline", "rebases"),
    "rule": ("rules", "rules"),
    "accepted": ("rules", "accepted"),
}
"""Each kind of item, and the file and key that hold them."""


MANY_TIMES = frozenset({"moves", "target_of"})
"""Relations that one item may have to another more than once: moves have two ends each."""


def items_of(contents: Mapping[str, Any]) -> dict[str, BaseModel]:
    """Return every item of the files that could be read, by its reference."""
    return {
        f"{kind}:{item.id}": item
        for kind, (file, key) in KINDS.items()
        if file in contents
        for _, item in _listed(contents[file], key)
    }


def _listed(content: Any, key: str) -> list[tuple[links.Path, Any]]:
    """Items under a key with their paths; the aim is a single one."""
    value = getattr(content, key)
    return (
        [((key, i), item) for i, item in enumerate(value)]
        if isinstance(value, tuple)
        else [((key,), value)]
    )


def written_in(contents: Mapping[str, Any]) -> Iterator[Written]:
    """Give every link of the files that could be read."""
    for name, content in contents.items():
        of = getattr(links, f"of_{name}", None)
        if of is not None:
            yield from of(content, f"{name}.yaml")


def problems_between(
    contents: Mapping[str, Any], lines: Mapping[str, Lines], config: Config, kpi_ids: Set[str]
) -> Iterator[Problem]:
    """Give every fault between items, as far as the files could be read."""
    labels = Labels.of(config)
    known: dict[str, set[str]] = {
        "kpi": set(kpi_ids),
        "service": {item.id for item in config.services},
        "team": {item.id for item in config.teams},
    }
    for kind, (name, key) in KINDS.items():
        if name not in contents:
            continue
        known[kind] = set()
        for path, item in _listed(contents[name], key):
            if item.id in known[kind]:
                yield _at(
                    lines,
                    name,
                    (*path, "id"),
                    f"The {_words(kind)} '{item.id}' is written twice.",
                    None,
                    "Rename one.",
                )
            known[kind].add(item.id)
    if "process_map" in contents:
        yield from _shared_places(contents["process_map"], lines)
        yield from _of_records(contents["process_map"], lines, config)
    if "timeline" in contents:
        yield from _unknown_scopes(contents["timeline"], lines, config)
    if "rules" in contents:
        yield from _unknown_in_rules(contents["rules"], lines, config)
    if "voices" in contents:
        yield from _teams_in_quotes(contents["voices"], lines, config)
    taken: set[tuple[str, str, str]] = set()
    for link in written_in(contents):
        unheard = [kind for kind in link.kinds if kind not in known and kind not in KINDS]
        name = link.file.removesuffix(".yaml")
        if unheard:
            allowed, fix = one_of(unheard[0], {*KINDS, *known})
            yield _at(
                lines, name, link.path, f"'{unheard[0]}' is not a kind of item.", allowed, fix
            )
            continue
        if any(kind not in known for kind in link.kinds):
            continue  # its file could not be read, which is reported already
        ids = set().union(*(known[kind] for kind in link.kinds))
        if link.to not in ids:
            noun = " or ".join(_words(kind) for kind in link.kinds)
            yield _at(
                lines, name, link.path, f"There is no {noun} '{link.to}'.", *one_of(link.to, ids)
            )
        elif link.relation not in MANY_TIMES:
            if (link.start, link.relation, link.to) in taken:
                what = f"This link to '{link.to}' is written already."
                yield _at(lines, name, link.path, what, None, "Keep one of them.")
            taken.add((link.start, link.relation, link.to))
    for name, content in contents.items():
        for path, value in links.walk(content):
            if isinstance(value, str):
                line = lines[name].of(path)
                yield from labels.problems(value, f"{name}.yaml", line, _dotted(path))
            elif isinstance(value, Statement) and value.source:
                if value.source in known.get("source", {value.source}):
                    continue
                what = f"There is no source '{value.source}'."
                allowed, fix = one_of(value.source, known["source"])
                yield _at(lines, name, (*path, "source"), what, allowed, fix)


def _shared_places(content: ProcessMap, lines: Mapping[str, Lines]) -> Iterator[Problem]:
    taken: dict[tuple[str, int, int], str] = {}
    for i, node in enumerate(content.nodes):
        first = taken.setdefault((node.lane, node.column, node.row), node.id)
        if first != node.id:
            place = f"lane {node.lane}, column {node.column}, row {node.row}"
            what = f"'{node.id}' stands where '{first}' stands: {place}."
            fix = "Give one of them another column or row."
            yield _at(lines, "process_map", ("nodes", i, "column"), what, None, fix)


def _of_records(
    content: ProcessMap, lines: Mapping[str, Lines], config: Config
) -> Iterator[Problem]:
    """Give every fault in what records the steps and routes of the map."""
    places = {s.id for s in config.services} | {t.id for t in config.teams}
    treatments = {item.id for item in config.treatments}
    taken: dict[tuple[str, ...], str] = {}
    seen: set[str] = set()
    for i, node in enumerate(content.nodes):
        marks: list[tuple[links.Path, Mark]] = [
            (("recorded_as", j), mark) for j, mark in enumerate(node.recorded_as)
        ]
        for at, mark in marks:
            for key, noun, names, known in (
                ("at", "service or team", mark.at, places),
                ("of", "treatment", mark.of, treatments),
            ):
                for k, name in enumerate(names):
                    if name not in known:
                        what = f"There is no {noun} '{name}'."
                        path: links.Path = ("nodes", i, *at, key, k)
                        yield _at(lines, "process_map", path, what, *one_of(name, known))
        told: list[tuple[links.Path, tuple[str, ...]]] = [
            (at, (mark.record, mark.step, team, who.strip().lower(), treatment))
            for at, mark in marks
            for team in config.teams_of(mark.at) or ("",)
            for who in mark.by or ("",)
            for treatment in mark.of or ("",)
        ]
        told += [
            (("episodes_of",), ("episode", "started", team, "", ""))
            for team in config.teams_of(node.episodes_of)
        ]
        for at, records in told:
            first = taken.setdefault(records, node.id)
            if first != node.id:
                what = f"The same records are '{first}' already, so '{node.id}' cannot be told."
                yield _at(lines, "process_map", ("nodes", i, *at), what, None, "Leave one out.")
        if node.recordable:
            seen.add(node.id)
    for i, arrow in enumerate(content.arrows):
        blind = [end for end in (arrow.start, arrow.end) if end not in seen]
        if arrow.recordable and not arrow.moves and blind:
            what = f"The route '{arrow.id}' is recordable, but its end '{blind[0]}' is not."
            fix = "Say which 'moves' record it, or write 'recordable: false'."
            yield _at(lines, "process_map", ("arrows", i, "recordable"), what, None, fix)


def _teams_in_quotes(
    content: Voices, lines: Mapping[str, Lines], config: Config
) -> Iterator[Problem]:
    """Give every quote that tells of which team it is: a few people said it, and they are known.

    Words may speak of a service; only where somebody spoke, and who, may not be a team at all.
    """
    services = [team.service for team in config.teams]
    for i, theme in enumerate(content.themes):
        for j, quote in enumerate(theme.quotes):
            at: links.Path = ("themes", i, "quotes", j)
            told = {(*at, "text"): quote.text, (*at, "said_by"): quote.said_by}
            if theme.raised and theme.raised.where:
                told[("themes", i, "raised", "where")] = theme.raised.where
            for path, text in told.items():
                for team in config.teams:
                    alone = services.count(team.service) == 1 and path[-1] == "text"
                    names = (team.name, *team.spellings)
                    if not alone and any(_says(text, name) for name in names):
                        what = f"A quote is never shown by team, and this names '{team.name}'."
                        yield _at(lines, "voices", path, what, None, "Leave the team out.")


def _says(text: str, name: str) -> bool:
    """Say whether a text has a name in it, as whole words in any case."""
    return bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE))


def _unknown_scopes(
    content: Timeline, lines: Mapping[str, Lines], config: Config
) -> Iterator[Problem]:
    scopes = {"system", *(f"service:{service.id}" for service in config.services)}
    scopes |= {team.id for team in config.teams} | {group.id for group in config.team_sets}
    for i, item in enumerate(content.rebases):
        if item.scope is not None and item.scope not in scopes:
            what = f"There is no team, service or set '{item.scope}'."
            allowed, fix = one_of(item.scope, scopes)
            yield _at(lines, "timeline", ("rebases", i, "scope"), what, allowed, fix)


def _unknown_in_rules(
    content: Rules, lines: Mapping[str, Lines], config: Config
) -> Iterator[Problem]:
    places = {s.id for s in config.services} | {t.id for t in config.teams}
    treatments = {item.id for item in config.treatments}
    rules = {item.id for item in content.rules}
    named: list[tuple[links.Path, str, str, set[str]]] = []
    for i, rule in enumerate(content.rules):
        named += [
            (("rules", i, *path), "service or team", place, places) for path, place in rule.places
        ]
        named += [
            (("rules", i, *path, "of", j), "treatment", name, treatments)
            for path, what in rule.whats
            for j, name in enumerate(what.of)
        ]
    for i, item in enumerate(content.accepted):
        if item.rule is not None:
            named.append((("accepted", i, "rule"), "rule", item.rule, rules))
        named += [
            (("accepted", i, "moves", j, end), "service or team", place, places)
            for j, move in enumerate(item.moves)
            for end, place in (("from", move.start), ("to", move.end))
        ]
    for path, noun, name, known in named:
        if name not in known:
            yield _at(lines, "rules", path, f"There is no {noun} '{name}'.", *one_of(name, known))


def _at(
    lines: Mapping[str, Lines],
    name: str,
    path: links.Path,
    what: str,
    allowed: str | None,
    fix: str | None,
) -> Problem:
    return Problem(what, f"{name}.yaml", lines[name].of(path), _dotted(path), allowed, fix)


def _dotted(path: links.Path) -> str:
    return ".".join(str(step) for step in path)


def _words(kind: str) -> str:
    return "KPI" if kind == "kpi" else kind.replace("_", " ")
