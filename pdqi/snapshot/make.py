"""Making a snapshot: the figures of what is chosen, frozen for an audience."""

from collections.abc import Collection
from datetime import UTC, date, datetime

from pdqi import __version__, words
from pdqi.content import Library
from pdqi.errors import Problem, RequestError
from pdqi.journal import Standing
from pdqi.labels import Labels
from pdqi.model import Basis, Scope
from pdqi.service import Service, Viewer
from pdqi.snapshot.frozen import About, Snapshot
from pdqi.snapshot.sections import pages_of, sections
from pdqi.snapshot.shown import Shown
from pdqi.stand import Stand

MOST_CHARACTERS = 80
"""Of a name."""
INVENTED = "INVENTED DATA. Nothing here is a finding about a real service."


def make(
    service: Service,
    library: Library | None,
    viewer: Viewer,
    basis: Basis,
    scope: Scope,
    standing: Standing | None,
    *,
    maker: str,
    briefing: bool = False,
    pages: Collection[str] | None = None,
    name: str = "",
    now: datetime | None = None,
) -> Snapshot:
    """Return a snapshot of what a reader may see; `maker` is the role that makes it.

    `pages` are the ids of those that are wanted; without them it is every page of a full snapshot,
    or of a briefing. Raises `RequestError` where the name is too long.
    """
    made_at = (now or datetime.now(UTC)).replace(microsecond=0)
    shown = Shown(
        service,
        library,
        Labels.of(service.config),
        viewer,
        basis,
        scope,
        standing,
        made_at.date(),
    )
    wanted = pages_of(briefing=briefing) if pages is None else tuple(pages)
    called = " ".join(name.split())
    if len(called) > MOST_CHARACTERS:
        raise RequestError(Problem("The name is too long.", allowed=f"{MOST_CHARACTERS} letters"))
    about = _about(shown, maker, made_at, wanted, called, briefing=briefing)
    made = sections(shown, wanted)
    stand = Stand.taken(service, library, viewer, basis, scope, service.kpis, made_at.date())
    return Snapshot(about=about, sections=made, stand=stand.to_json())


def _about(
    shown: Shown,
    maker: str,
    made_at: datetime,
    pages: tuple[str, ...],
    name: str,
    *,
    briefing: bool,
) -> About:
    service, basis = shown.service, shown.basis
    config, manifest, policy = service.config, service.manifest, shown.viewer.policy
    organisation = config.organisation
    ages = config.age_band(basis.age_band)
    chosen = (
        shown.scope.name,
        words.span(basis.period.first, basis.period.last),
        config.definition(basis.definition).name,
        ages.name if ages.first is None and ages.last is None else f"Ages {ages.name}",
    )
    return About(
        name=name,
        made_at=made_at,
        maker=maker,
        role=shown.viewer.role.id,
        audience=shown.viewer.role.name,
        policy=policy.id,
        cleared=policy.cleared,
        marking=organisation.marking_cleared if policy.cleared else organisation.marking,
        invented=INVENTED if manifest.demonstration else "",
        organisation=organisation.name,
        pathway=config.pathway.name,
        chosen=" · ".join(chosen),
        scope=shown.scope.key,
        period=basis.period.key,
        definition=basis.definition,
        ages=basis.age_band,
        data_version=manifest.version,
        loaded_at=words.day(date.fromisoformat(manifest.loaded_at[:10])),
        data_to=words.day(manifest.last_day) if manifest.last_day else "no complete month",
        config_digest=config.digest,
        content_digest=shown.library.digest if shown.library else "none",
        software=__version__,
        briefing=briefing,
        pages=pages,
    )
