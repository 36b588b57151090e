"""Spoiled sets of files: each loads or is refused with a reason, and no row is unaccounted for."""

import csv
import io
import os
import random
import tempfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from pdqi.errors import LoadError, PdqiError
from pdqi.ingest.checks import read_mapping
from pdqi.ingest.drafting import draft_of
from pdqi.ingest.loading import load
from pdqi.ingest.mapping import STILL_OPEN, Mapping
from pdqi.ingest.report import LoadReport
from pdqi.yamlfile import read
from tests.ingest.small_world import (
    CLIENTS,
    DIAGNOSES,
    HEAD,
    REFERRALS,
    SECRET,
    THERAPIES,
    Trust,
    config,
    files_of,
)

SETS = int(os.environ.get("PDQI_SPOILED_SETS", "60"))
PARTS = 4
"""The sets are spread over so many tests, so that one that hangs is seen early."""

MAPPING = HEAD + CLIENTS + REFERRALS + DIAGNOSES.replace(
    "diagnoses.csv", "diagnoses.xlsx"
) + THERAPIES.replace("therapies.csv", "therapies.parquet")  # fmt: skip
CSV = ("clients.csv", "referrals.csv")
Rows = list[list[str]]


def good(chance: random.Random) -> dict[str, Rows]:
    """Return a sound set: clients, referrals, diagnoses and therapies, a header each."""
    people = range(1, chance.randint(3, 40))
    day = "0{}/0{}/2022".format
    some = lambda: str(chance.choice(people))  # noqa: E731
    return {
        "clients.csv": [["Client", "Pseudo", "Born", "Gender"]]
        + [[f"{n:04}", f"PN{n}", day(n % 9 + 1, 4), "1"] for n in people],
        "referrals.csv": [["Client", "Team", "Source", "Referred", "Assessed", "Started", "Ended"]]
        + [
            [some(), "Oak", "GP, “north”", day(1, 4), day(2, 4), day(3, 4), "31/12/9999"]
            for _ in range(chance.randint(1, 60))
        ],
        "diagnoses.xlsx": [["Client", "Day", "Code", "Words", "Status"]]
        + [[some(), day(5, 5), "F60.3", "", "c"] for _ in range(chance.randint(1, 20))],
        "therapies.parquet": [["Number", "Pseudo", "Therapy", "Referred", "Outcome"]]
        + [[str(n), f"pn{some()}", "DBT", day(6, 6), ""] for n in range(chance.randint(1, 20))],
    }


# Ways of spoiling the cells of one file; what comes out is rows again.


def swap_cells(rows: Rows, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 5)):
        one, two = chance.choice(rows), chance.choice(rows)
        a, b = chance.randrange(len(one)), chance.randrange(len(two))
        one[a], two[b] = two[b], one[a]


def shift_columns(rows: Rows, chance: random.Random) -> None:
    for row in chance.sample(rows, k=chance.randint(1, len(rows))):
        if chance.random() < 0.5:
            row.insert(chance.randrange(len(row) + 1), "")
        elif len(row) > 1:
            del row[chance.randrange(len(row))]


def repeat_header(rows: Rows, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 3)):
        rows.insert(chance.randrange(len(rows) + 1), list(rows[0]))


def huge_field(rows: Rows, chance: random.Random) -> None:
    row = chance.choice(rows)
    row[chance.randrange(len(row))] = chance.choice("x9\u00e9 ") * chance.choice((9_000, 200_000))


def strange_signs(rows: Rows, chance: random.Random) -> None:
    row = chance.choice(rows)
    signs = ["\u202e", "\ufeff", "\u0085", "\u2028", '"', "'; --", "=1+1", "\U0001f600"]
    row[chance.randrange(len(row))] += chance.choice(signs)


def empty_rows(rows: Rows, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 4)):
        rows.insert(chance.randrange(len(rows) + 1), [""] * chance.choice((1, len(rows[0]))))


def paste_twice(rows: Rows, _: random.Random) -> None:
    rows += [list(row) for row in rows]


def lose_header(rows: Rows, _: random.Random) -> None:
    if len(rows) > 1:
        del rows[0]


IN_CELLS: tuple[Callable[[Rows, random.Random], None], ...] = (
    swap_cells, shift_columns, repeat_header, huge_field, strange_signs, empty_rows, paste_twice,
    lose_header,
)  # fmt: skip

# Ways of spoiling the bytes of one file.


def truncate(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def nul_bytes(data: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(data) + 1)
    return data[:place] + b"\0" * chance.randint(1, 9) + data[place:]


def flip_bytes(data: bytes, chance: random.Random) -> bytes:
    spoiled = bytearray(data)
    for _ in range(chance.randint(1, 12)):
        if spoiled:
            spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
    return bytes(spoiled)


def other_encoding(data: bytes, chance: random.Random) -> bytes:
    text = data.decode("utf-8", "replace")
    encoding = chance.choice(("utf-16", "utf-16-le", "cp1252", "cp437", "utf-8-sig", "utf-32"))
    return text.encode(encoding, "replace")


def two_encodings(data: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(data) + 1)
    rest = data[place:].decode("utf-8", "replace")
    return data[:place] + rest.encode(chance.choice(("cp1252", "utf-16-le")), "replace")


def mixed_line_ends(data: bytes, chance: random.Random) -> bytes:
    lines = data.split(b"\r\n")
    return b"".join(line + chance.choice((b"\n", b"\r\n", b"\r", b"\n\n")) for line in lines)


def stray_quotes(data: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(len(data) + 1)
        data = data[:place] + b'"' + data[place:]
    return data


IN_BYTES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    truncate, nul_bytes, flip_bytes, other_encoding, two_encodings, mixed_line_ends, stray_quotes,
)  # fmt: skip


def written(name: str, rows: Rows, chance: random.Random) -> bytes:
    if name.endswith(".csv"):
        text = io.StringIO()
        writer = csv.writer(text, delimiter=chance.choice(",;\t|"))
        writer.writerows(rows)
        return text.getvalue().encode()
    out = io.BytesIO()
    if name.endswith(".xlsx"):
        book = Workbook()
        for row in rows:
            # A workbook cannot hold everything that text can; Excel refuses the same.
            book.worksheets[0].append([cell[:32_000].replace("\ufeff", "") for cell in row])
        book.save(out)
        return out.getvalue()
    width = max(map(len, rows))
    names = [f"{n}_{i}" if n in rows[0][:i] else n for i, n in enumerate(rows[0])]
    names += [f"more {i}" for i in range(width - len(names))]
    columns = [[row[i] if i < len(row) else None for row in rows[1:]] for i in range(width)]
    arrays = [pa.array(column, pa.string()) for column in columns]
    pq.write_table(pa.Table.from_arrays(arrays, names=names), out)
    return out.getvalue()


def spoiled(chance: random.Random) -> tuple[dict[str, bytes], set[str]]:
    """Return a set of files, and the names of those whose bytes were spoiled."""
    tables = good(chance)
    names = chance.sample(sorted(tables), k=chance.randint(1, 3))
    for name in names:
        for spoil in chance.sample(IN_CELLS, k=chance.randint(0, 2)):
            spoil(tables[name], chance)
    files = {name: written(name, rows, chance) for name, rows in tables.items()}
    hurt = {name for name in names if chance.random() < 0.6}
    for name in sorted(hurt):
        files[name] = chance.choice(IN_BYTES)(files[name], chance)
    return files, hurt


def rows_at_least(data: bytes) -> int | None:
    """Count the rows of an unhurt CSV below its header another way: None where quotes are in it."""
    text = data.decode()
    if '"' in text:
        return None
    lines = [line for line in io.StringIO(text, newline=None) if line.strip("\n")]
    for number, line in enumerate(lines):
        if all(name in line for name in ("Client", "Pseudo", "Born", "Gender")) or all(
            name in line for name in ("Client", "Team", "Referred", "Ended")
        ):
            return len(lines) - number - 1
    return None


def loaded_or_refused(trust: Trust) -> LoadReport | PdqiError:
    try:
        return load(trust.mapping, trust.folder, trust.store, config(), SECRET)
    except PdqiError as error:
        return error


@pytest.mark.parametrize("part", range(PARTS))
def test_spoiled_sets_load_or_are_refused_with_a_reason(part: int) -> None:
    outcomes = {"loaded": 0, "refused": 0}
    for seed in range(part, SETS, PARTS):
        chance = random.Random(seed)
        with tempfile.TemporaryDirectory() as base:
            trust = Trust(Path(base), MAPPING)
            for name, data in files_good(chance).items():
                trust.put(name, data)
            trust.load()
            before = files_of(trust.store)
            files, hurt = spoiled(chance)
            for name, data in files.items():
                trust.put(name, data)
            report = loaded_or_refused(trust)
            if isinstance(report, PdqiError):
                outcomes["refused"] += 1
                assert all(p.what and (p.fix or p.allowed) for p in report.problems), seed
                assert files_of(trust.store) == before, seed
                continue
            outcomes["loaded"] += 1
            quarantined = trust.rows("quarantine", "file, row")
            repeated = trust.rows("duplicates", "file, row")
            for account in report.accounts:
                assert account.adds_up, seed
                stored = trust.rows(account.table, "source_file, source_row")
                places = [p for p in (*stored, *quarantined, *repeated) if p[0] == account.file]
                assert len(set(places)) == len(places) == account.rows_in_file, seed
                if account.file in CSV and account.file not in hurt:
                    assert rows_at_least(files[account.file]) in (None, account.rows_in_file), seed
    if SETS >= 40:
        assert min(outcomes.values()) > 0, outcomes


def files_good(chance: random.Random) -> dict[str, bytes]:
    return {name: written(name, rows, chance) for name, rows in good(chance).items()}


@pytest.mark.parametrize("part", range(PARTS))
def test_drafts_of_spoiled_sets_are_sound_but_for_what_is_marked(part: int) -> None:
    drafted = 0
    for seed in range(part, SETS // 2, PARTS):
        chance = random.Random(-seed)
        with tempfile.TemporaryDirectory() as base:
            files, _ = spoiled(chance)
            paths = [Path(base) / name for name in files]
            for path in paths:
                path.write_bytes(files[path.name])
            try:
                draft = draft_of(paths, config())
            except LoadError:
                continue
            drafted += 1
            mapping = Path(base) / "draft.yaml"
            mapping.write_text(draft.text, encoding="utf-8")
            found, _, faults = read(mapping, Mapping)
            assert found is not None, (seed, faults)
            unsound = [problem for problem in problems_of(mapping) if STILL_OPEN not in problem]
            assert unsound == [], seed
            assert bool(problems_of(mapping)) <= bool(draft.must), seed
    assert drafted or SETS < 40


def problems_of(mapping: Path) -> list[str]:
    try:
        read_mapping(mapping, config())
    except LoadError as error:
        return [problem.what for problem in error.problems]
    return []
