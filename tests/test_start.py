"""start.py: what it says, what it runs and when it installs. Nothing is installed here."""

import ast
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import start

ROOT = Path(start.__file__).parent
LOCKS = [ROOT / "requirements.txt", ROOT / "tests" / "requirements.txt"]


class FakeMachine:
    """Stands in for every child process, recording commands and their effects."""

    def __init__(self, venv: Path) -> None:
        self.venv = venv
        self.commands: list[str] = []
        self.pip_result: tuple[int, str] | BaseException = (0, "")
        self.usable = True

    def run_quietly(self, command: list[str]) -> tuple[int, str]:
        if command[1:3] == ["-m", "venv"]:
            self.commands.append("venv")
            python = start.venv_python(self.venv)
            python.parent.mkdir(parents=True, exist_ok=True)
            python.touch()
            for stamp in self.venv.glob("installed-*"):  # what --clear does
                stamp.unlink()
            return 0, ""
        if command[1] == "-c":
            return int(not self.usable), ""
        self.commands.append("pip")
        if isinstance(self.pip_result, BaseException):
            raise self.pip_result
        return self.pip_result


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeMachine:
    fake = FakeMachine(tmp_path / ".venv")
    monkeypatch.setattr(start, "run_quietly", fake.run_quietly)
    return fake


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "requirements.txt"
    path.write_text("one==1\n")
    return path


def source() -> str:
    return Path(start.__file__).read_text(encoding="utf-8")


# Old Pythons


def test_old_pythons_can_read_the_file() -> None:
    tree = ast.parse(source(), feature_version=(3, 6))
    futures = [n for n in tree.body if isinstance(n, ast.ImportFrom) and n.module == "__future__"]
    assert not futures, "Python 3.6 knows no future annotations"


def test_what_runs_before_the_version_check_needs_no_new_python() -> None:
    """Only imports, constants and one plainly annotated function come before it."""
    tree = ast.parse(source())
    gate = next(i for i, node in enumerate(tree.body) if isinstance(node, ast.If))
    for node in tree.body[:gate]:
        assert isinstance(
            node, ast.Expr | ast.Import | ast.ImportFrom | ast.Assign | ast.FunctionDef
        )
        if isinstance(node, ast.FunctionDef):
            annotations = [argument.annotation for argument in node.args.args]
            assert all(isinstance(annotation, ast.Constant) for annotation in annotations)


@pytest.mark.parametrize("version", [(2, 7), (3, 6), (3, 10)])
def test_old_python_is_told_what_to_install(version: tuple[int, int]) -> None:
    complaint = start.python_complaint(version)
    assert complaint.startswith("pdqi needs Python 3.11 or newer, and this is Python ")
    assert "{}.{}".format(*version) in complaint
    assert all(system in complaint for system in ("Debian", "Ubuntu", "macOS", "Windows"))


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 14), (4, 0)])
def test_new_python_is_fine(version: tuple[int, int]) -> None:
    assert start.python_complaint(version) == ""


# The virtual environment


def test_missing_venv_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start.importlib.util, "find_spec", lambda name: None)
    version = "{}.{}".format(*sys.version_info[:2])
    assert f"sudo apt-get install python{version}-venv" in start.venv_complaint("linux")
    assert "python.org" in start.venv_complaint("win32")


def test_venv_module_present() -> None:
    assert start.venv_complaint() == ""


def test_where_python_is() -> None:
    assert start.venv_python(Path("v"), windows=True) == Path("v", "Scripts", "python.exe")
    assert start.venv_python(Path("v"), windows=False) == Path("v", "bin", "python")


def test_installs_once(machine: FakeMachine, lock: Path) -> None:
    machine.usable = False
    start.install(lock, "running", machine.venv)
    assert machine.commands == ["venv", "pip"]
    start.install(lock, "running", machine.venv)
    assert machine.commands == ["venv", "pip"]


def test_installs_again_when_the_lock_changed(machine: FakeMachine, lock: Path) -> None:
    start.install(lock, "running", machine.venv)
    lock.write_text("one==2\n")
    start.install(lock, "running", machine.venv)
    assert machine.commands[-2:] == ["pip", "pip"]


def test_installs_again_for_another_python(
    machine: FakeMachine, lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.usable = False
    start.install(lock, "running", machine.venv)
    monkeypatch.setattr(start.sys, "version_info", (9, 9, 9))
    start.install(lock, "running", machine.venv)
    assert machine.commands == ["venv", "pip", "venv", "pip"]


def test_repeats_an_interrupted_installation(machine: FakeMachine, lock: Path) -> None:
    """Also when the lock is afterwards put back to what was installed before."""
    machine.usable = False
    start.install(lock, "running", machine.venv)
    machine.usable = True
    lock.write_text("one==2\n")
    machine.pip_result = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        start.install(lock, "running", machine.venv)
    lock.write_text("one==1\n")
    machine.pip_result = (0, "")
    start.install(lock, "running", machine.venv)
    assert machine.commands == ["venv", "pip", "pip", "pip"]


def test_failed_installation_shows_why_and_is_repeated(machine: FakeMachine, lock: Path) -> None:
    machine.pip_result = (1, "ERROR: could not connect")
    for _ in range(2):
        with pytest.raises(start.StartError, match=r"(?s)could not connect.*no network.*a proxy"):
            start.install(lock, "running", machine.venv)
    assert machine.commands.count("pip") == 2


# Commands


def test_pip_checks_hashes_and_builds_nothing() -> None:
    command = start.install_command(Path("py"), Path("lock.txt"))
    assert command[:4] == ["py", "-m", "pip", "install"]
    assert "--require-hashes" in command
    assert "--only-binary" in command
    assert command[-2:] == ["-r", "lock.txt"]


def test_serve_command() -> None:
    command = start.serve_command("127.0.0.1", 8600, Path("v"))
    assert command[0] == str(start.venv_python(Path("v")))
    assert command[1:5] == ["-m", "streamlit", "run", "app.py"]
    assert command[command.index("--server.port") + 1] == "8600"
    assert command[command.index("--server.address") + 1] == "127.0.0.1"


def test_other_commands_are_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr(start, "install", lambda *_: None)
    monkeypatch.setattr(start, "run", lambda command, *_: ran.append(command) or 3)
    assert start.main(["load", "a file.csv", "--port", "x"]) == 3
    assert ran == [start.pdqi_command(["load", "a file.csv", "--port", "x"])]


def test_environment_of_children(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.delenv("PDQI_STORE", raising=False)
    monkeypatch.delenv("PDQI_CONFIG", raising=False)
    environment = start.pdqi_environment()
    assert environment["PDQI_STORE"] == str(ROOT / "data" / "store")
    assert "PDQI_CONFIG" not in environment
    assert "PYTHONDONTWRITEBYTECODE" not in environment
    monkeypatch.chdir(tmp_path)
    environment = start.pdqi_environment("here", "other.yaml")
    assert environment["PDQI_STORE"] == str(tmp_path.resolve() / "here")
    assert environment["PDQI_CONFIG"] == str(tmp_path.resolve() / "other.yaml")
    assert "PDQI_PATHWAY" not in environment


def test_a_pathway_by_name_and_by_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("PDQI_STORE", "PDQI_CONFIG", "PDQI_PATHWAY"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "config.yaml").touch()
    for named, folder in (
        ("eating_disorders", ROOT / "pathways" / "eating_disorders"),
        (str(tmp_path), tmp_path.resolve()),
    ):
        environment = start.pdqi_environment(pathway=named)
        assert environment["PDQI_PATHWAY"] == str(folder)
        assert environment["PDQI_STORE"] == str(folder / "data" / "store")
    with pytest.raises(start.StartError, match="Choose one of"):
        start.pdqi_environment(pathway="nowhere")
    ran: list[dict[str, str]] = []
    monkeypatch.setattr(start, "install", lambda *_: None)
    monkeypatch.setattr(start, "run", lambda _, environment, *__: ran.append(environment) or 0)
    assert start.main(["demo", "--people", "10", "--pathway", "eating_disorders"]) == 0
    assert ran[0]["PDQI_STORE"].endswith(str(Path("eating_disorders", "data", "store")))


@pytest.mark.parametrize("has_store", [True, False])
def test_demonstration_data_only_without_a_store(
    has_store: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if has_store:
        (tmp_path / "CURRENT").touch()
    ran: list[list[str]] = []
    monkeypatch.setattr(start, "install", lambda *_: None)
    monkeypatch.setattr(start, "port_complaint", lambda *_: "")
    monkeypatch.setattr(start, "run", lambda command, *_: ran.append(command) or 0)
    assert start.main(["--store", str(tmp_path), "--no-browser"]) == 0
    demo = start.pdqi_command(["demo", "--store", str(tmp_path.resolve())])
    assert ran[:-1] == ([] if has_store else [demo])
    assert ran[-1][1:4] == ["-m", "streamlit", "run"]


def test_every_check_runs_and_one_failure_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(start, "install", lambda *_: None)
    ran: list[str] = []

    def run(command: list[str], *_: object) -> int:
        ran.append(" ".join(command[2:]))
        return int("ruff check" in ran[-1])

    monkeypatch.setattr(start, "run", run)
    assert start.main(["test", "-k", "one"]) == 1
    tests = "pytest -n 2 --dist worksteal -k one"
    assert ran == ["ruff format --check .", "ruff check .", "mypy", "pdqi check", tests]
    assert "Failed so far: ruff check" in capsys.readouterr().out


# Running


def test_port_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        complaint = start.port_complaint("127.0.0.1", port)
        assert f"Port {port} is taken" in complaint
        assert f"--port {port + 1}" in complaint
        with pytest.raises(start.StartError, match="is taken"):
            start.main(["--port", str(port)])
    assert start.port_complaint("127.0.0.1", port) == ""


def test_exit_codes_pass_through() -> None:
    command = [sys.executable, "-c", "raise SystemExit(7)"]
    assert start.run(command, start.child_environment()) == 7


@pytest.mark.skipif(os.name == "nt", reason="signals differ on Windows")
@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_stopping_stops_the_child(sign: signal.Signals) -> None:
    """The child ends with its parent, and nobody sees a traceback."""
    sleeper = "import signal, time; print('up', flush=True); time.sleep(60)"
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); import start\n"
        "sys.exit(start.run([sys.executable, '-c', sys.argv[2]], start.child_environment()))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(ROOT), sleeper],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "up\n"
    process.send_signal(sign)
    # Ends only once the child has closed its end of the pipe too.
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 128 + signal.SIGTERM
    assert errors == ""


def test_browser_opens_once_the_server_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(start.webbrowser, "open", opened.append)
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"

        def answer_late() -> None:
            time.sleep(0.2)
            connection, _ = server.accept()
            with connection:
                assert connection.recv(1000).startswith(b"GET /_stcore/health ")
                assert not opened
                connection.sendall(b"HTTP/1.0 200 OK\r\n\r\nok")

        answering = threading.Thread(target=answer_late)
        answering.start()
        start.open_browser_when_ready(url)
        answering.join()
    assert opened == [url]


# Locks


def entries(lock: Path) -> list[str]:
    """Return the entries of a lock file, each with the lines that continue it."""
    lines = [line for line in lock.read_text().splitlines() if not line.lstrip().startswith("#")]
    return "\n".join(lines).replace("\\\n", " ").splitlines()


@pytest.mark.parametrize("lock", LOCKS, ids=["running", "testing"])
def test_lock_is_pinned_hashed_and_from_the_index(lock: Path) -> None:
    assert "uv pip compile" in "".join(lock.read_text().splitlines()[:2])
    assert len(entries(lock)) > 20
    for entry in entries(lock):
        assert re.match(r"[a-z0-9-]+==[^\s;]+ ", entry), entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", entry), entry
    assert not re.search(r"file:|https?:|--find-links|--index-url", lock.read_text())


@pytest.mark.parametrize("name", ["duckdb", "pyarrow", "pandas", "numpy"])
def test_compiled_packages_are_locked_for_many_systems(name: str) -> None:
    """One hash a wheel: far more than one system's worth."""
    [entry] = [entry for entry in entries(LOCKS[0]) if entry.startswith(f"{name}==")]
    assert entry.count("--hash=") >= 15


def test_locks_agree() -> None:
    pins = [{entry.split("==")[0]: entry.split()[0] for entry in entries(lock)} for lock in LOCKS]
    shared = pins[0].keys() & pins[1].keys()
    assert shared
    assert all(pins[0][name] == pins[1][name] for name in shared)
