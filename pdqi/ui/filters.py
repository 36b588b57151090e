"""What is being looked at: scope, period, case definition and ages, kept in the link.

The link is read first and by hand, so that a value that does not exist is named on the page and
never quietly replaced. After a change every value is written into the link, defaults too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlencode

import streamlit as st

from pdqi import words
from pdqi.config import Config
from pdqi.content import Library
from pdqi.errors import PdqiError, one_of
from pdqi.labels import Labels
from pdqi.meeting.agenda import TOPICS
from pdqi.metrics.catalogue import SECTIONS
from pdqi.model import SYSTEM, Basis, Period, PeriodKind, Scope
from pdqi.service import PERIOD_KINDS, Service
from pdqi.store.schema import TABLES

NAMES = ("scope", "period", "definition", "ages")
"""The parameters of a link, which are also the keys of the widgets."""
EVERY_SECTION = "all"


@dataclass(frozen=True)
class Option:
    """A choice that only some pages have."""

    name: str
    page: str
    label: str
    names: Mapping[str, str]
    also: frozenset[str] = frozenset()
    """Further pages that have it."""
    by_page: bool = False
    """Whether the page draws it, and not the frame."""
    usual: str = ""
    """What stands unless the link says otherwise; the first name where this is empty."""

    def on(self, page: str) -> bool:
        """Say whether a page has it."""
        return page == self.page or page in self.also

    @property
    def default(self) -> str:
        """The value of a link that says nothing."""
        return self.usual or next(iter(self.names))


OPTIONS = (
    Option(
        "section",
        "findings",
        "Section",
        {item.id: item.name for item in SECTIONS} | {EVERY_SECTION: "Everything"},
    ),
    Option(
        "view",
        "findings",
        "Show",
        {
            "now": "Now",
            "months": "Over time",
            "between": "Between teams",
            "lengths": "Waits and lengths",
            "depends": "By definition",
        },
    ),
    Option(
        "map",
        "process_map",
        "Show",
        {
            "over": "Design and records together",
            "recorded": "As recorded",
            "designed": "As designed",
        },
    ),
    Option(
        "people",
        "process_map",
        "Of whom",
        {
            "everyone": "Everyone",
            "case": "{short}",
            "other": "Others",
            "apart": "{short} and others",
        },
    ),
    Option(
        "beside",
        "process_map",
        "Number beside an arrow",
        {"moves": "Moves", "people": "People", "days": "Median days between"},
    ),
    Option(
        "rare",
        "process_map",
        "Hide arrows with fewer moves than",
        {"0": "Hide none", "10": "10", "25": "25", "50": "50", "100": "100"},
        usual="25",
    ),
    Option(
        "quality",
        "data_quality",
        "Show",
        {
            "weak": "What is weak",
            "fields": "Fields",
            "language": "Words and certainty",
            "months": "Days and months",
            "files": "Files",
            "new": "A new extract",
        },
    ),
    Option(
        "part",
        "workstreams",
        "Show",
        {
            "work": "Workstreams",
            "actions": "Actions",
            "decisions": "Decisions",
            "risks": "Risks and issues",
            "entries": "Everything entered",
        },
    ),
    Option(
        "hour",
        "overview",
        "Show",
        {
            "month": "This month",
            "run": "Run the meeting",
            "present": "Present",
            "past": "Past meetings",
        },
    ),
)
RECORDS = Option(
    "records",
    "data_quality",
    "Records of",
    {item.name: item.name.capitalize() for item in TABLES},
    by_page=True,
    usual="episodes",
)
ITEM, NO_ITEM = "item", "none"
TOPIC = "topic"
THREAD, NO_THREAD = "thread", "none"
THREADED = frozenset({"voices", "workstreams", "process_map"})
"""The pages besides the driver diagram that show the thread of whatever was chosen."""
MANY = 40
"""Where more may stand in a link, a notice does not list them."""
STREAMLITS_OWN = frozenset({"embed", "embed_options"})
KIND_WORDS: Mapping[PeriodKind, str] = {
    "month": "Month",
    "quarter": "Quarter",
    "financial_year": "Financial year",
    "rolling_year": "12 months",
    "span": "All complete months",
}
SCOPE_WORDS = {"team": "Team", "service": "Service", "set": "Set"}


@dataclass(frozen=True)
class Choice:
    """What the reader chose, checked against the data."""

    scope: Scope
    basis: Basis
    options: Mapping[str, str]
    """What is chosen on the pages that have choices of their own."""

    @property
    def values(self) -> dict[str, str]:
        """Return every value as it stands in a link."""
        return {
            "scope": self.scope.key,
            "period": self.basis.period.key,
            "definition": self.basis.definition,
            "ages": self.basis.age_band,
        }


@dataclass(frozen=True)
class Read:
    """What a link asks for, with defaults where it says nothing, and what is wrong with it."""

    values: Mapping[str, str]
    notices: tuple[str, ...]


def options_of(library: Library | None, items: Sequence[str] = ()) -> tuple[Option, ...]:
    """Return every choice that pages have of their own.

    Those above, a table of the store, an item of the content, and one of the journal, of which
    `items` are the ids.
    """
    names = {NO_THREAD: "Nothing chosen"}
    names |= {ref: ref for ref in sorted(library.refs)} if library else {}
    thread = Option(THREAD, "driver_diagram", "Show the thread of", names, THREADED, by_page=True)
    known = {NO_ITEM: "Nothing chosen"} | {item: item for item in items}
    item = Option(ITEM, "workstreams", "Open", known, frozenset({"overview"}), by_page=True)
    topics = {each.id: each.title for each in TOPICS}
    topic = Option(TOPIC, "overview", "Topic", topics, by_page=True)
    return (*OPTIONS, RECORDS, thread, item, topic)


def defaults(service: Service, options: Sequence[Option] = OPTIONS) -> dict[str, str]:
    """Return the values of a link that says nothing; the store holds at least one month."""
    period = service.default_period
    return {
        "scope": SYSTEM,
        "period": period.key if period else "",
        "definition": service.config.default_definition,
        "ages": service.config.default_age_band,
    } | {option.name: option.default for option in options}


def read(link: Mapping[str, str], service: Service, options: Sequence[Option] = OPTIONS) -> Read:
    """Check what a link asks for; what does not exist is told, and its default stands instead."""
    values = defaults(service, options)
    notices: list[str] = []
    config = service.config
    allowed: dict[str, tuple[str, str, set[str]]] = {
        "scope": (
            "team, service or set of teams",
            "the whole system",
            {s.key for s in service.scopes},
        ),
        "definition": (
            "case definition",
            f"'{config.definition(config.default_definition).name}'",
            {item.id for item in config.case_definitions},
        ),
        "ages": (
            "age band",
            f"ages {config.age_band(config.default_age_band).name}",
            {item.id for item in config.age_bands},
        ),
    } | {
        option.name: (
            "item" if option.by_page else f"choice of '{option.label}'",
            f"'{option.names[option.default]}'",
            set(option.names),
        )
        for option in options
    }
    for name, (noun, instead, known) in allowed.items():
        asked = link.get(name)
        if asked is None:
            continue
        if asked in known:
            values[name] = asked
        else:
            names, near = one_of(asked, known)
            notices.append(
                f"The link asks for the {noun} '{_short(asked)}', which does not exist."
                f" {near + ' ' if near else ''}Shown instead: {instead}."
                + (f" There are: {names}." if len(known) <= MANY else "")
            )
    if "period" in link:
        period, problem = _period(link["period"], service)
        if period is not None:
            values["period"] = period.key
        else:
            notices.append(
                f"{problem} Shown instead: {period_words(Period.parse(values['period']))}."
            )
    for name in link:
        if name not in allowed and name != "period" and name not in STREAMLITS_OWN:
            notices.append(
                f"The link says '{_short(name)}', which this dashboard does not know, so it made no"
                f" difference. A link may say {', '.join((*NAMES, *(o.name for o in options)))}."
            )
    return Read(values, tuple(notices))


def _period(asked: str, service: Service) -> tuple[Period | None, str]:
    """Return the period, or None and a sentence that says what is wrong and what is allowed."""
    manifest = service.manifest
    first, last = manifest.first_day, manifest.last_day
    span = words.span(first, last) if first and last else "nothing yet"
    try:
        period = Period.parse(asked)
    except PdqiError:
        return None, (
            f"The link asks for the period '{_short(asked)}', which is not a period. A period is a"
            " month such as 2023-03, or a first and a last month such as 2022-04..2023-03."
        )
    try:
        service.basis(period)
    except PdqiError:
        said = period_words(period)
        return None, f"The link asks for {said}, but the data cover {span}."
    if period == service.default_period or period in service.periods(period.kind):
        return period, ""
    return None, (
        f"The link asks for {period_words(period)}, which is not one of the periods on offer:"
        " a month, a quarter, a financial year, or 12 months."
    )


def choose(
    service: Service, page: str, library: Library | None, items: Sequence[str] = ()
) -> tuple[Choice, tuple[str, ...]]:
    """Draw the filters and return what is chosen, with the sentences about the link."""
    every = options_of(library, items)
    state = st.session_state
    link = {name: str(st.query_params[name]) for name in st.query_params}
    asked = read(link, service, every)
    # A link is taken up when it is new: at first, and when the reader goes back or forward. The
    # menu's links carry nothing, and then what was chosen before stays chosen.
    known = [name for name in link if name not in STREAMLITS_OWN]
    if state.get("_link") != link and (known or "_values" not in state):
        state["_values"] = dict(asked.values)
        for name, value in asked.values.items():
            state[name] = value
        period = Period.parse(asked.values["period"])
        if period not in service.periods(state.get("kind", "span")):
            state["kind"] = _kind_of(period, service)
    for name, value in state["_values"].items():
        # Widgets that a page did not draw have lost their values, and these have not.
        state.setdefault(name, value)
    state.setdefault("kind", _kind_of(Period.parse(state["_values"]["period"]), service))
    with st.sidebar:
        _draw(service)
    own = [option for option in every if option.on(page)]
    labels = Labels.of(service.config)
    with st.container(horizontal=True, gap="medium", key="options"):
        for option in own:
            if state[option.name] not in option.names:
                # It stood in the content, and is gone from it since.
                state[option.name] = option.default
            if not option.by_page:
                draw_option(option, labels)
    values = {name: str(state[name]) for name in asked.values}
    wanted = {name: values[name] for name in (*NAMES, *(option.name for option in own))}
    changed = values != dict(asked.values)
    if changed or (not asked.notices and not wanted.items() <= link.items()):
        # From now on the address spells out everything. A link with a fault stays as it is, with
        # the sentence about it, until the reader changes something.
        st.query_params.from_dict(wanted)
        link, asked = wanted, read(wanted, service, every)
    state["_link"], state["_values"] = link, values
    basis = service.basis(Period.parse(values["period"]), values["definition"], values["ages"])
    options = {option.name: values[option.name] for option in every}
    return Choice(service.scope(values["scope"]), basis, options), asked.notices


def _draw(service: Service) -> None:
    config = service.config
    scopes = {scope.key: scope for scope in service.scopes}
    order = ("system", "service", "set", "team")
    keys = [key for kind in order for key, scope in scopes.items() if scope.kind == kind]
    st.selectbox(
        "Team or service",
        keys,
        key="scope",
        format_func=lambda key: scope_words(scopes[key], config),
    )
    kinds = [kind for kind in PERIOD_KINDS if service.periods(kind)] or ["span"]
    st.selectbox("Kind of period", kinds, key="kind", format_func=lambda kind: KIND_WORDS[kind])
    periods = _periods(cast(PeriodKind, st.session_state["kind"]), service)
    wanted = Period.parse(st.session_state["period"])
    if wanted not in periods:
        # Another kind of period: the one that ends with the last, or the nearest before.
        nearest = next((period for period in periods if period.last <= wanted.last), periods[-1])
        st.session_state["period"] = nearest.key
    st.selectbox(
        "Period",
        [period.key for period in periods],
        key="period",
        format_func=lambda key: short_period_words(Period.parse(key)),
    )
    st.selectbox(
        "Case definition",
        [item.id for item in config.case_definitions],
        key="definition",
        format_func=lambda name: config.definition(name).name,
    )
    st.selectbox(
        "Age on the last day",
        [item.id for item in config.age_bands],
        key="ages",
        format_func=lambda name: config.age_band(name).name,
    )


def draw_option(option: Option, labels: Labels) -> None:
    """Draw the buttons of a choice; a page calls it for one that the frame leaves to it."""
    st.segmented_control(
        option.label,
        list(option.names),
        key=option.name,
        format_func=lambda name: labels.fill(option.names[name]),
        required=True,
    )


def _kind_of(period: Period, service: Service) -> PeriodKind:
    return period.kind if period in service.periods(period.kind) else "span"


def _periods(kind: PeriodKind, service: Service) -> tuple[Period, ...]:
    default = service.default_period
    return service.periods(kind) or ((default,) if default else ())


def scope_words(scope: Scope, config: Config) -> str:
    """Return a scope as it stands in the list: its kind, then its name, a service's short one."""
    name = config.service(scope.id).short if scope.kind == "service" else scope.name
    return name if scope.kind == "system" else f"{SCOPE_WORDS[scope.kind]}: {name}"


def period_words(period: Period) -> str:
    """Return a period in words; a financial year and a quarter by their names."""
    span = words.span(period.first, period.last)
    if period.kind == "financial_year":
        return f"{period.first.year}/{period.last.year % 100:02d} ({span})"
    return span


def short_period_words(period: Period) -> str:
    """Return a period as it fits a list in the sidebar."""
    if period.kind == "financial_year":
        return period_words(period).partition(" (")[0]
    return words.short_span(period.first, period.last)


def in_words(choice: Choice, service: Service) -> str:
    """Return the whole choice as one line: where, when, who."""
    config = service.config
    definition = config.definition(choice.basis.definition).name
    ages = config.age_band(choice.basis.age_band)
    age_words = ages.name if ages.first is None and ages.last is None else f"Ages {ages.name}"
    return " · ".join((choice.scope.name, period_words(choice.basis.period), definition, age_words))


def full_link(choice: Choice, page: str) -> str:
    """Return the address of this view with every value spelt out, defaults included."""
    url = (st.context.url or "").partition("?")[0].partition("#")[0]
    return f"{url}?{urlencode(spelt_out(choice, page), safe=':.')}"


def spelt_out(choice: Choice, page: str, **other: str) -> dict[str, str]:
    """Return every parameter of a link to a page, as chosen but for those that are given."""
    own = [option.name for option in options_of(None) if option.on(page)]
    return choice.values | {name: choice.options[name] for name in own} | other


def _short(text: str) -> str:
    return "".join(letter for letter in text[:40] if letter.isprintable())
