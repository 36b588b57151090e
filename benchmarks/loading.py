"""Loading from CSV: rows per second, and the most memory that the load ever held.

    python -m benchmarks.loading --work FOLDER --episodes 1000000

Invents a client list and a record of referrals as teams type them (several forms of dates and
spellings, some rows repeated, some wrong), once, and loads them in a process of its own.
"""

import argparse
import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from benchmarks.run_one import peak_memory
from pdqi.config import Config
from pdqi.ingest.loading import load

ROOT = Path(__file__).resolve().parent.parent
SECRET = b"only invented people are in this file"
MOST_SECONDS = 600
MOST_MIB = 4096
AIM_EPISODES = 10_000_000
"""The aim: ten million episodes in ten minutes and 4 GiB, on two cores."""

MAPPING = """\
id: benchmark
name: An invented record
dates: [dd/mm/yyyy, yyyy-mm-dd, dd-Mon-yyyy]
identifiers:
  client: {strip_leading_zeros: true}
files:
  - file: clients.csv
    table: people
    declares_people: true
    person: {column: Client ID, identifier: client}
    columns: {birth_date: Date of Birth, gender: Gender}
  - file: referrals.csv
    table: episodes
    person: {column: Client ID, identifier: client}
    columns:
      team: Team
      referral_source: Referral Source
      referred_on: Referral Received
      assessed_on: First Assessment
      started_on: Caseload Start
      ended_on: {column: Discharged, open_dates: ["31/12/9999"]}
      end_reason: Discharge Reason
"""


def make_extracts(folder: Path, episodes: int, config: Config) -> None:
    """Write the mapping and the two files, the same ones for the same number of episodes."""
    folder.mkdir(parents=True)
    chance = random.Random(episodes)
    people = max(1, episodes // 3)
    days = [date(2018, 1, 1) + timedelta(n) for n in range(2_600)]
    forms = [[d.strftime(f) for d in days] for f in ("%d/%m/%Y", "%Y-%m-%d", "%d-%b-%Y")]
    teams = [name for team in config.teams for name in (team.name, *team.spellings)] + ["Elsewhere"]

    def written(day: int) -> str:
        return forms[int(chance.random() * 3)][min(day, len(days) - 1)]

    def rows() -> Iterator[str]:
        yield (
            "Client ID,Team,Referral Source,Referral Received,First Assessment,Caseload Start,"
            "Discharged,Discharge Reason\n"
        )
        for _ in range(episodes):
            start = int(chance.random() * 2_400)
            client = int(chance.random() * people * 1.001)
            team = teams[int(chance.random() * len(teams))]
            wait = int(chance.random() * 90)
            ended = written(start + wait + int(chance.random() * 300))
            if chance.random() < 0.2:
                ended = "31/12/9999" if chance.random() < 0.5 else ""
            line = (
                f"{client:09},{team},GP,{written(start)},{written(start + wait // 2)},"
                f"{written(start + wait)},{ended},treatment completed\n"
            )
            yield line
            if chance.random() < 0.002:
                yield line

    with (folder / "clients.csv").open("w", encoding="utf-8") as file:
        file.write("Client ID,Date of Birth,Gender\n")
        file.writelines(
            f"{n:09},{forms[0][n % 2_000][:6]}1980,{n % 2 + 1}\n" for n in range(people)
        )
    with (folder / "referrals.csv").open("w", encoding="utf-8") as file:
        file.writelines(rows())


def run(work: Path, store: Path) -> dict[str, float]:
    """Load in this process; returns seconds, rows, rows per second and the peak in MiB."""
    start = time.perf_counter()

    def say(sentence: str) -> None:
        print(f"{time.perf_counter() - start:7.1f} s  {sentence}", file=sys.stderr, flush=True)

    config = Config.load(ROOT / "config.yaml")
    report = load(work / "mapping.yaml", work / "files", store, config, SECRET, say)
    seconds = time.perf_counter() - start
    rows = sum(account.rows_in_file for account in report.accounts)
    return {
        "seconds": seconds,
        "rows": rows,
        "stored": sum(account.stored for account in report.accounts),
        "rows_per_second": rows / seconds,
        "peak_mib": peak_memory(),
    }


def main() -> None:
    """Make what lacks, load it, and say how it compares with the aim."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--episodes", type=int, default=1_000_000)
    parser.add_argument("--here", action="store_true", help="load in this very process")
    options = parser.parse_args()
    work = options.work / str(options.episodes)
    store = work / f"store-{int(time.time())}"
    if options.here:
        print(json.dumps(run(work, store)))
        return
    if not (work / "files").exists():
        make_extracts(work / "files", options.episodes, Config.load(ROOT / "config.yaml"))
        (work / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    command = [sys.executable, "-m", "benchmarks.loading", "--here"]
    command += ["--work", str(options.work), "--episodes", str(options.episodes)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    found = json.loads(done.stdout)
    allowed = MOST_SECONDS * options.episodes / AIM_EPISODES
    print(
        f"{found['rows']:,.0f} rows in {found['seconds']:.0f} s:"
        f" {found['rows_per_second']:,.0f} rows per second,"
        f" {found['seconds'] / allowed:.2f} of the time that the aim allows;"
        f" {found['peak_mib']:,.0f} MiB, {found['peak_mib'] / MOST_MIB:.2f} of the memory."
    )


if __name__ == "__main__":
    main()
