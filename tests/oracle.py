"""A second reading of the definitions: slow, obvious, without SQL.

It shares nothing with the code under test but the config's words. Figures come out as
`{scope: {field: number}}`, like the raw figures of `pdqi.metrics`.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from statistics import median
from typing import Any

from pdqi.config import Config
from pdqi.model import Basis

Rows = list[dict[str, Any]]
Figures = dict[Any, dict[str, Any]]
BORN = date(1985, 6, 15)


@dataclass(frozen=True)
class Merged:
    """One merged episode, as known on the census day."""

    person: str
    team: str
    start: date
    end: date | None


class Oracle:
    """Every KPI of one world for one basis."""

    def __init__(self, world: dict[str, Rows], config: Config, basis: Basis) -> None:
        self.world, self.config, self.basis = world, config, basis
        self.first, self.to = basis.period.first, basis.period.last
        born = {row["id"]: row["born"] for row in world.get("people", [])}
        everyone = {row["id"] for rows in world.values() for row in rows if "id" in row}
        self.people = {name for name in everyone if self._of_age(born.get(name, BORN))}
        self.status = {name: self._status(name) for name in everyone}
        self.merged = [m for name in sorted(everyone) for m in self._merge(name)]
        self.scopes = self._scopes()

    # People

    def _of_age(self, birth: date | None) -> bool:
        band = self.config.age_band(self.basis.age_band)
        if band.first is None and band.last is None:
            return True
        if birth is None:
            return False
        had_birthday = (self.to.month, self.to.day) >= (birth.month, birth.day)
        age = self.to.year - birth.year - (0 if had_birthday else 1)
        return (band.first is None or age >= band.first) and (band.last is None or age <= band.last)

    def _status(self, name: str) -> str | None:
        definition = self.config.definition(self.basis.definition)
        concepts = {c.id for c in self.config.snomed_lists.get(definition.snomed or "", ())}
        confirmed = False
        suspected: list[date] = []
        ruled_out: list[date] = []
        for row in self.world.get("diagnoses", []):
            if row["id"] != name or row["recorded_on"] > self.to:
                continue
            code = (row.get("code") or "").strip()
            words = row.get("description") or ""
            plain = re.sub(r"[^A-Z0-9]", "", code.upper()).rstrip("XDA")
            if row.get("code_system") == "snomed":
                coded = code in concepts
            else:
                coded = any(plain.startswith(prefix) for prefix in definition.icd10)
            worded = not code and any(_has_word(words, term) for term in definition.terms)
            if not (coded or worded):
                continue
            if row["certainty"] == "ruled_out":
                ruled_out.append(row["recorded_on"])
            elif coded and row["certainty"] == "confirmed":
                confirmed = True
            else:
                suspected.append(row["recorded_on"])
        if confirmed:
            return "confirmed" if "confirmed" in definition.counts else None
        if suspected and "suspected" in definition.counts:
            latest = max(suspected)
            if not any(day >= latest for day in ruled_out):
                return "suspected"
        return None

    def is_case(self, name: str) -> bool:
        return self.status[name] is not None

    # Episodes

    def _merge(self, name: str) -> list[Merged]:
        found: list[Merged] = []
        for team in sorted({row["team"] for row in self.world.get("episodes", [])}):
            rows = [
                (row["started_on"], row.get("ended_on"))
                for row in self.world["episodes"]
                if row["id"] == name
                and row["team"] == team
                and row.get("started_on")
                and row["started_on"] <= self.to
            ]
            here: list[Merged] = []
            for start, end in sorted(rows, key=lambda r: (r[0], r[1] or date.max)):
                last = here[-1] if here else None
                gap = self.config.rules.merge_gap_days
                if last and (last.end is None or (start - last.end).days <= gap):
                    open_now = last.end is None or end is None
                    here[-1] = Merged(
                        name, team, last.start, None if open_now else max(last.end, end)
                    )
                else:
                    here.append(Merged(name, team, start, end))
            found += here
        return sorted(found, key=lambda m: (m.start, m.team))

    def _scopes(self) -> dict[str, set[str]]:
        teams = {team.id for team in self.config.teams}
        active = {row["team"] for row in self.world.get("episodes", []) if row.get("started_on")}
        found = {team: {team} for team in teams}
        for service in self.config.services:
            found[f"service:{service.id}"] = {
                team.id for team in self.config.teams if team.service == service.id
            }
        for group in self.config.team_sets:
            found[group.id] = set(self.config.members(group))
        found["system"] = teams
        return {key: members for key, members in found.items() if members & active}

    def under_care(self, members: set[str]) -> list[Merged]:
        return [
            m
            for m in self.merged
            if m.person in self.people
            and m.team in members
            and m.start <= self.to
            and (m.end is None or m.end >= self.first)
        ]

    def caseload(self, members: set[str]) -> set[str]:
        return {m.person for m in self.under_care(members)}

    # Figures

    def _two_years_from(self) -> date:
        year = self.to.year - 2
        try:
            day = self.to.replace(year=year)
        except ValueError:
            day = date(year, 2, 28)
        return day + timedelta(days=1)

    def _counted(self) -> set[str]:
        return {item.id for item in self.config.treatments if item.evidence_based}

    def _proportions(self, has: Any, of: Any) -> Figures:
        found = {}
        for key, members in self.scopes.items():
            whole = {name for name in self.caseload(members) if of(name)}
            found[key] = {"denominator": len(whole), "numerator": sum(map(has, whole))}
        return found

    def case_prevalence(self) -> Figures:
        return self._proportions(self.is_case, lambda name: True)

    def case_prevalence_confirmed_only(self) -> Figures:
        return self._proportions(lambda n: self.status[n] == "confirmed", lambda name: True)

    def case_confirmed_share(self) -> Figures:
        return self._proportions(lambda n: self.status[n] == "confirmed", self.is_case)

    def no_diagnosis_entry(self) -> Figures:
        entered = {
            row["id"] for row in self.world.get("diagnoses", []) if row["recorded_on"] <= self.to
        }
        if not self.world.get("diagnoses"):
            return {}
        return self._proportions(lambda n: n not in entered, lambda name: True)

    def _treated(self, name: str, treatment: str | None = None) -> bool:
        return any(
            row["id"] == name
            and row["treatment"] in ({treatment} if treatment else self._counted())
            and row.get("started_on")
            and row["started_on"] <= self.to
            and (not row.get("ended_on") or row["ended_on"] >= self.first)
            for row in self.world.get("treatments", [])
        )

    def ebt_received(self) -> Figures:
        found = self._proportions(self._treated, self.is_case)
        for treatment in self._counted():
            split = self._proportions(lambda n, t=treatment: self._treated(n, t), self.is_case)
            found |= {(key, treatment): row for key, row in split.items()}
        return found

    def _reviewed(self, name: str) -> bool:
        return any(
            row["id"] == name
            and row["kind"] == self.config.rules.panel_kind
            and self.first <= row["occurred_on"] <= self.to
            for row in self.world.get("events", [])
        )

    def panel_reviewed(self) -> Figures:
        return self._proportions(self._reviewed, lambda name: True)

    def panel_reviewed_case(self) -> Figures:
        return self._proportions(self._reviewed, self.is_case)

    def episode_length(self) -> Figures:
        found = {}
        for key, members in self.scopes.items():
            row: dict[str, Any] = {}
            for prefix, wanted in (("", True), ("other_", False)):
                mine = [m for m in self.under_care(members) if self.is_case(m.person) is wanted]
                closed = [m for m in mine if m.end is not None and m.end <= self.to]
                times = [
                    ((m.end if m in closed and m.end else self.to) - m.start).days for m in mine
                ]
                row[f"{prefix}people"] = len({m.person for m in mine})
                row[f"{prefix}episodes"] = len(mine)
                row[f"{prefix}closed"] = len(closed)
                row[f"{prefix}km_median_days"] = kaplan_meier(
                    times, [m in closed for m in mine], Fraction(1, 2)
                )
            found[key] = row
        return found

    def _starters(self) -> dict[str, list[Merged]]:
        roles = self.config.service_roles
        wanted = {
            team.id
            for team in self.config.teams
            if team.service in roles.community or team.service in roles.crisis
        }
        starters: dict[str, list[Merged]] = {}
        for m in self.merged:
            recent = self._two_years_from() <= m.start <= self.to
            if m.person in self.people and m.team in wanted and recent:
                starters.setdefault(m.person, []).append(m)
        return starters

    def multiple_episodes(self) -> Figures:
        found = {}
        for key, members in self.scopes.items():
            row = {}
            for prefix, wanted in (("case", True), ("other", False)):
                counts = [
                    sum(m.team in members for m in mine)
                    for name, mine in self._starters().items()
                    if self.is_case(name) is wanted
                ]
                row[f"{prefix}_denominator"] = sum(number >= 1 for number in counts)
                row[f"{prefix}_numerator"] = sum(number >= 2 for number in counts)
            found[key] = row
        return found

    def _referrals(self) -> Rows:
        return [
            row
            for row in self.world.get("treatments", [])
            if row["treatment"] in self._counted()
            and row["id"] in self.people
            and self.is_case(row["id"])
            and row["referred_on"] <= self.to
        ]

    def _waiting(self, row: dict[str, Any]) -> bool:
        unstarted = not row.get("started_on") or row["started_on"] > self.to
        unended = not row.get("ended_on") or row["ended_on"] > self.to
        return unstarted and unended

    def ebt_wait(self) -> Figures:
        found = {}
        for key in {row["team"] for row in self._referrals()} | {
            row["treatment"] for row in self._referrals()
        }:
            mine = [row for row in self._referrals() if key in (row["team"], row["treatment"])]
            recent = [row for row in mine if row["referred_on"] >= self._two_years_from()]
            times, events = [], []
            for row in recent:
                started, ended = row.get("started_on"), row.get("ended_on")
                seen = bool(started and started <= self.to)
                left = bool(not started and ended and ended <= self.to)
                until = started if seen else ended if left else self.to
                times.append((until - row["referred_on"]).days)
                events.append(seen)
            done = [days for days, seen in zip(times, events, strict=True) if seen]
            waits = [(self.to - row["referred_on"]).days for row in mine if self._waiting(row)]
            found[key] = {
                "referred": len(recent),
                "people": len({row["id"] for row in recent}),
                "still_waiting": len(waits),
                "waiting_over_18_weeks": sum(days > 126 for days in waits),
                "waiting_over_52_weeks": sum(days > 364 for days in waits),
                "km_median_days": kaplan_meier(times, events, Fraction(1, 2)),
                "km_p90_days": kaplan_meier(times, events, Fraction(9, 10)),
                "mean_started_days": sum(done) / len(done) if done else None,
            }
        return found

    def ebt_waiting_now(self) -> Figures:
        found = {}
        for key, row in self.ebt_wait().items():
            mine = [
                r
                for r in self._referrals()
                if key in (r["team"], r["treatment"]) and self._waiting(r)
            ]
            waits = [(self.to - r["referred_on"]).days for r in mine]
            found[key] = {
                "people": len({r["id"] for r in mine}),
                "waiting": row["still_waiting"],
                "over_4_weeks": sum(days > 28 for days in waits),
                "over_18_weeks": row["waiting_over_18_weeks"],
                "over_26_weeks": sum(days > 182 for days in waits),
                "over_52_weeks": row["waiting_over_52_weeks"],
                "longest_days": max(waits) if waits else None,
            }
        return found

    def support_while_waiting(self) -> Figures:
        since = self.to - timedelta(days=27)
        supported = {
            row["id"]
            for row in self.world.get("events", [])
            if row["kind"] in self.config.rules.contact_kinds
            and since <= row["occurred_on"] <= self.to
        } | {
            row["id"]
            for row in self.world.get("treatments", [])
            if row.get("started_on")
            and row["started_on"] <= self.to
            and (not row.get("ended_on") or row["ended_on"] >= since)
        }
        found = {}
        for team in {row["team"] for row in self._referrals() if self._waiting(row)}:
            people = {r["id"] for r in self._referrals() if r["team"] == team and self._waiting(r)}
            found[team] = {"denominator": len(people), "numerator": len(people & supported)}
        return found

    def drop_in_waiting(self) -> Figures:
        service = {team.id: team.service for team in self.config.teams}
        roles = self.config.service_roles
        found: Figures = {}
        for team in sorted(service):
            visits = [
                row
                for row in self.world.get("events", [])
                if row.get("team") == team
                and service[team] == roles.drop_in
                and row["kind"] == self.config.rules.attendance_kind
                and row["id"] in self.people
                and self.first <= row["occurred_on"] <= self.to
            ]
            waiting = set()
            for visit in visits:
                for row in self.world.get("treatments", []):
                    if row["id"] != visit["id"] or service[row["team"]] != roles.specialist:
                        continue
                    until = row.get("started_on") or row.get("ended_on")
                    day = visit["occurred_on"]
                    if row["referred_on"] <= day and (until is None or day < until):
                        waiting.add(visit["id"])
            if visits:
                found[team] = {
                    "denominator": len({row["id"] for row in visits}),
                    "numerator": len(waiting),
                }
        return found

    def assessed_within_28_days(self) -> Figures:
        assess = {
            team.id for team in self.config.teams if self.config.service(team.service).assesses
        }
        found = {}
        for team in assess:
            rows = [
                row
                for row in self.world.get("episodes", [])
                if row["team"] == team
                and row["id"] in self.people
                and self.first <= row["referred_on"] <= self.to
            ]
            timely = [
                row
                for row in rows
                if row.get("assessed_on")
                and row["assessed_on"] <= self.to
                and (row["assessed_on"] - row["referred_on"]).days <= 28
            ]
            if rows:
                found[team] = {"denominator": len(rows), "numerator": len(timely)}
        return found

    def prescribing(self) -> Figures:
        if not self.world.get("prescriptions"):
            return {}
        rules = self.config.rules.prescribing

        def unindicated(name: str) -> bool:
            return any(
                row["id"] == name
                and row["drug_class"].lower() in rules.watched_classes
                and (row.get("indication") or "").lower() not in rules.accepted_indications
                and row["started_on"] <= self.to
                and (not row.get("ended_on") or row["ended_on"] >= self.first)
                for row in self.world["prescriptions"]
            )

        return self._proportions(unindicated, self.is_case)

    def transitions(self) -> Figures:
        moves: dict[tuple[str, str], list[tuple[str, int | None]]] = {}
        for name in self.people:
            path = [m for m in self.merged if m.person == name and m.start >= self.first]
            for one, two in pairwise(path):
                gap = (two.start - one.end).days if one.end and one.end <= self.to else None
                moves.setdefault((one.team, two.team), []).append((name, gap))
        rows: Figures = {}
        for arrow, found in moves.items():
            rows[arrow] = {}
            for group, mine in (
                ("", found),
                ("case_", [item for item in found if self.is_case(item[0])]),
                ("other_", [item for item in found if not self.is_case(item[0])]),
            ):
                rows[arrow][f"{group}moves"] = len(mine)
                rows[arrow][f"{group}people"] = len({name for name, _ in mine})
        return rows

    def routes(self) -> Figures:
        taken: dict[tuple[str, ...], list[tuple[str, int]]] = {}
        for name in self.people:
            path = [m for m in self.merged if m.person == name and m.start >= self.first]
            if not path:
                continue
            ends = [m.end for m in path if m.end and m.end <= self.to]
            ended = max(ends) if len(ends) == len(path) else self.to
            teams = [m.team for m in path]
            route = (*teams[:8], "…") if len(teams) > 8 else tuple(teams)
            taken.setdefault(route, []).append((name, (ended - path[0].start).days))
        fewest = max(p.threshold for p in self.config.policies if not p.cleared)
        rows: dict[Any, list[tuple[str, int]]] = {}
        for route, found in taken.items():
            rare = len(found) < fewest
            if not rare:
                rows["system", ">".join(route)] = found
            for key, members in self.scopes.items():
                if members & set(route):
                    rows.setdefault(key, []).extend(found)
                    if rare:
                        rows.setdefault((key, "*"), []).extend(found)
        return {place: self._of_route(found) for place, found in rows.items()}

    def _of_route(self, found: list[tuple[str, int]]) -> dict[str, Any]:
        row: dict[str, Any] = {}
        for prefix, wanted in (("case", True), ("other", False)):
            days = [number for name, number in found if self.is_case(name) is wanted]
            row[f"{prefix}_people"] = len(days)
            row[f"{prefix}_median_days"] = median(days) if days else None
        return row

    def entry_points(self) -> Figures:
        found: Figures = {}
        routes: dict[tuple[str, str], int] = {}
        for name in self.people:
            mine = sorted(
                (row["referred_on"], row["team"], row.get("referral_source") or "Not recorded")
                for row in self.world.get("episodes", [])
                if row["id"] == name
            )
            if mine and self.first <= mine[0][0] <= self.to:
                route = mine[0][1:]
                routes[route] = routes.get(route, 0) + 1
        everyone = sum(routes.values())
        carried = number = 0
        for count in sorted(routes.values(), reverse=True):
            if carried >= Fraction(95, 100) * everyone:
                break
            carried, number = carried + count, number + 1
        found["system"] = {"people": everyone, "routes_for_95_percent": number}
        for (team, source), count in routes.items():
            found[team, source] = {"people": count}
            found.setdefault(team, {"people": 0})["people"] += count
        return found


def kaplan_meier(times: list[int], events: list[bool], share: Fraction) -> float | None:
    """Exact fractions; the quantile rule of R's survfit."""
    left = Fraction(1)
    curve: list[tuple[int, Fraction]] = []
    for time in sorted(set(times)):
        at_risk = sum(other >= time for other in times)
        gone = sum(other == time and event for other, event in zip(times, events, strict=True))
        left *= 1 - Fraction(gone, at_risk)
        curve.append((time, left))
    for place, (time, value) in enumerate(curve):
        if value < 1 - share:
            return float(time)
        if value == 1 - share:
            later = [other for other, lower in curve[place:] if lower < value]
            return (time + (later[0] if later else curve[-1][0])) / 2
    return None


def _has_word(text: str, term: str) -> bool:
    """Whole words, any case: no letter or digit directly before or after."""
    words = r"\s+".join(re.escape(word) for word in term.split())
    return re.search(rf"(?<![^\W_]){words}(?![^\W_])", text, re.IGNORECASE) is not None
