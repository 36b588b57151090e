#!/usr/bin/env python3
"""Start pdqi, run its commands or test it, with nothing to install by hand.

    python3 start.py                  serve the dashboard and open a browser
    python3 start.py test [ARG ...]   check everything; ARGs go to pytest
    python3 start.py COMMAND ...      run "python -m pdqi COMMAND ..."

Everything is installed into the folder .venv beside this file, never elsewhere.
This file needs only Python's standard library. It keeps to a syntax that old
Pythons can read, so that they reach the sentence saying which Python is needed.
"""

import argparse
import contextlib
import hashlib
import importlib.util
import os
import platform
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
import webbrowser
from pathlib import Path

NEEDED_PYTHON = (3, 11)


def python_complaint(version: "tuple[int, int]") -> str:
    """Say what to install when Python is older than needed, else nothing."""
    if version >= NEEDED_PYTHON:
        return ""
    return (
        "pdqi needs Python {}.{} or newer, and this is Python {}.{}.\n"
        "  Debian, Ubuntu: sudo apt-get install python3 python3-venv\n"
        "                  (on Ubuntu 22.04: python3.11 python3.11-venv)\n"
        "  macOS:          brew install python, or the installer from python.org\n"
        "  Windows:        winget install Python.Python.3.13, or the installer from python.org\n"
        "Then run start.py with that Python, for example: python3.13 start.py"
    ).format(*NEEDED_PYTHON, *version)


# Before anything that an old Python can read but not run, such as annotations.
if python_complaint(sys.version_info[:2]):
    sys.exit(python_complaint(sys.version_info[:2]))

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"


class StartError(Exception):
    """What a person has to put right; its text says how."""


def say(text: str) -> None:
    """Print at once, so that the order holds with what child processes print."""
    print(text, flush=True)


def venv_python(venv: Path, windows: bool = os.name == "nt") -> Path:
    """Return where a virtual environment keeps its Python."""
    return venv / "Scripts" / "python.exe" if windows else venv / "bin" / "python"


def venv_complaint(system: str = sys.platform) -> str:
    """Say what to install when Python cannot make virtual environments, else nothing."""
    if importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        return ""
    version = "{}.{}".format(*sys.version_info[:2])
    remedy = "Install Python from python.org, which includes it."
    if system.startswith("linux"):
        remedy = f"On Debian and Ubuntu: sudo apt-get install python{version}-venv"
    return f"Python {version} is here without its venv module.\n{remedy}\nThen start again."


def child_environment(**settings: str) -> dict[str, str]:
    """Return the environment for child processes, with more settings added."""
    # The first would make every start slow, as nothing would stay compiled; the
    # second would lead away from the virtual environment.
    dropped = {"PYTHONDONTWRITEBYTECODE", "PYTHONHOME"}
    return {k: v for k, v in os.environ.items() if k not in dropped} | settings


def run_quietly(command: list[str]) -> tuple[int, str]:
    """Run a command and return its exit code and all that it printed."""
    # Captured as bytes, since programs do not agree on how they encode text.
    pipe, merged = subprocess.PIPE, subprocess.STDOUT
    done = subprocess.run(command, env=child_environment(), stdout=pipe, stderr=merged)
    return done.returncode, done.stdout.decode(errors="replace")


def wanted_stamp(lock: Path) -> str:
    """Return the text that marks a lock file as installed for this Python."""
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    version = "{}.{}".format(*sys.version_info[:2])
    return f"{platform.python_implementation()} {version} {platform.machine()} {digest}\n"


def venv_usable(python: Path) -> bool:
    """Tell whether a virtual environment is complete and made for this Python."""
    test = f"import pip, sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    return python.exists() and run_quietly([str(python), "-c", test])[0] == 0


def make_venv(venv: Path) -> None:
    """Make the virtual environment afresh."""
    if venv_complaint():
        raise StartError(venv_complaint())
    failed, output = run_quietly([sys.executable, "-m", "venv", "--clear", str(venv)])
    if failed:
        raise StartError(f"{output}\nThe folder {venv} could not be made; see above for why.")


def install_command(python: Path, lock: Path) -> list[str]:
    """Return the command that installs a lock file."""
    # Ready-built packages only: nothing is compiled, and no set-up code of
    # theirs runs. The hashes hold each to the file that the lock was made with.
    options = "--quiet --disable-pip-version-check --no-input --require-hashes --only-binary :all:"
    return [str(python), "-m", "pip", "install", *options.split(), "-r", str(lock)]


def install(lock: Path, purpose: str, venv: Path = VENV) -> None:
    """Install a lock file into the virtual environment unless that is done already.

    A stamp file in the virtual environment tells which lock was installed. It is
    removed first and written last, so an interrupted installation is repeated.
    """
    python = venv_python(venv)
    stamp = venv / f"installed-for-{purpose}.txt"
    wanted = wanted_stamp(lock)
    if python.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    if not venv_usable(python):
        make_venv(venv)
    stamp.unlink(missing_ok=True)
    say(f"Installing the packages for {purpose} pdqi; this takes a minute the first time ...")
    failed, output = run_quietly(install_command(python, lock))
    if failed:
        raise StartError(
            f"{output}\nInstalling {lock.name} failed; pip's own words are above. Usual causes:\n"
            "  no network: connect, and run start.py again\n"
            "  a proxy: first set HTTPS_PROXY, and PIP_CERT if it has its own certificate\n"
            "  a Python too new or rare to have ready-built packages: use Python 3.11 to 3.14"
        )
    stamp.write_text(wanted, encoding="utf-8")


def run(command: list[str], environment: dict[str, str], folder: Path | None = None) -> int:
    """Run a command to its end and return its exit code, as a shell would give it."""
    child = subprocess.Popen(command, env=environment, cwd=folder)
    previous = signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    try:
        code = child.wait()
    except KeyboardInterrupt:
        # A terminal sends Ctrl-C to the child too, so let it end in its own way.
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=5)
        child.terminate()  # does nothing once the child has ended
        code = child.wait()
    finally:
        child.kill()
        signal.signal(signal.SIGTERM, previous)
    return code if code >= 0 else 128 - code


def pdqi_command(arguments: list[str], venv: Path = VENV) -> list[str]:
    """Return the command that runs one of pdqi's own commands."""
    # -P keeps stray modules in the user's folder from being imported instead.
    return [str(venv_python(venv)), "-P", "-m", "pdqi", *arguments]


def pathway_folder(pathway: str | None) -> Path:
    """Return the folder of a pathway: one of the folder pathways, any other, or this one."""
    if not pathway:
        return HERE
    for folder in (HERE / "pathways" / pathway, Path(pathway)):
        if (folder / "config.yaml").is_file():
            return folder.resolve()
    names = sorted(each.parent.name for each in HERE.glob("pathways/*/config.yaml"))
    raise StartError(f"There is no pathway '{pathway}'. Choose one of: {', '.join(names)}.")


def pdqi_environment(
    store: str | None = None, config: str | None = None, pathway: str | None = None
) -> dict[str, str]:
    """Return the environment in which pdqi finds itself, its pathway, store and configuration."""
    pathway = pathway or os.environ.get("PDQI_PATHWAY")
    folder = pathway_folder(pathway)
    store = store or os.environ.get("PDQI_STORE") or str(folder / "data" / "store")
    config = config or os.environ.get("PDQI_CONFIG")
    path = os.pathsep.join(filter(None, [str(HERE), os.environ.get("PYTHONPATH")]))
    settings = {"PYTHONPATH": path, "PDQI_STORE": str(Path(store).resolve())}
    if pathway:
        settings["PDQI_PATHWAY"] = str(folder)
    if config:
        settings["PDQI_CONFIG"] = str(Path(config).resolve())
    return child_environment(**settings)


def serve_command(address: str, port: int, venv: Path = VENV) -> list[str]:
    """Return the command that serves the dashboard."""
    # Headless: Streamlit asks no questions and leaves the browser to this file.
    return [
        *(str(venv_python(venv)), "-m", "streamlit", "run", "app.py"),
        *("--server.address", address, "--server.port", str(port), "--server.headless", "true"),
    ]


def reachable(address: str) -> str:
    """Return the host name by which this machine's browser reaches an address."""
    return "localhost" if address in ("127.0.0.1", "0.0.0.0", "::", "::1") else address


def port_complaint(address: str, port: int) -> str:
    """Say what to do when something else answers on the port, else nothing."""
    try:
        socket.create_connection((reachable(address), port), timeout=1).close()
    except OSError:
        return ""
    return (
        f"Port {port} is taken by another program, perhaps by pdqi itself: try"
        f" http://{reachable(address)}:{port} in a browser.\n"
        f"Otherwise stop that program, or choose another port: python3 start.py --port {port + 1}"
    )


def open_browser_when_ready(url: str, patience: float = 60) -> None:
    """Open a browser as soon as the dashboard answers."""
    if sys.platform == "linux" and not {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys():
        return  # without a screen, a text browser would take the terminal over
    # The server is on this machine, so a proxy is of no use.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        try:
            opener.open(url + "/_stcore/health", timeout=2).close()
        except OSError:
            time.sleep(0.3)
        else:
            webbrowser.open(url)
            return


def serve(arguments: list[str]) -> int:
    """Serve the dashboard, on demonstration data when there is no store yet."""
    parser = argparse.ArgumentParser("start.py", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "--pathway", metavar="NAME", help="a folder of pathways (default: this one)"
    )
    parser.add_argument("--store", metavar="DIR", help="the data to show (default: data/store)")
    parser.add_argument("--config", metavar="FILE", help="the configuration (default: config.yaml)")
    parser.add_argument("--port", type=int, default=8501, help="default: %(default)s")
    parser.add_argument(
        "--address",
        default="127.0.0.1",  # other machines see the data only if that is asked for
        help="where to listen (default: %(default)s, this machine only; 0.0.0.0: everywhere)",
    )
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    options = parser.parse_args(arguments)

    taken = port_complaint(options.address, options.port)
    if taken:
        raise StartError(taken)
    environment = pdqi_environment(options.store, options.config, options.pathway)
    install(HERE / "requirements.txt", "running")
    store = Path(environment["PDQI_STORE"])
    if not (store / "CURRENT").exists():
        say(f"There is no data in {store} yet: making demonstration data, which is invented.")
        failed = run(pdqi_command(["demo", "--store", str(store)]), environment, HERE)
        if failed:
            return failed
    url = f"http://{reachable(options.address)}:{options.port}"
    say(f"Starting pdqi at {url} - Ctrl-C stops it.")
    if not options.no_browser:
        threading.Thread(target=open_browser_when_ready, args=[url], daemon=True).start()
    return run(serve_command(options.address, options.port), environment, HERE)


def check_all(arguments: list[str]) -> int:
    """Run every check, also after one has failed; pytest's summary comes last."""
    install(HERE / "requirements.txt", "running")
    install(HERE / "tests" / "requirements.txt", "testing")
    checks = ["ruff format --check .", "ruff check .", "mypy", "pdqi check"]
    failed = [check for check in checks if run_check(check.split()) != 0]
    if failed:
        say(f"\nFailed so far: {', '.join(failed)}. The tests follow.")
    code = run_check(["pytest", "-n", "2", "--dist", "worksteal", *arguments])
    return code or int(bool(failed))


def run_check(module: list[str]) -> int:
    """Run one module of the virtual environment as a check, saying what is run."""
    say(f"\n$ python -m {shlex.join(module)}")
    return run([str(venv_python(VENV)), "-m", *module], child_environment(), HERE)


def main(arguments: list[str]) -> int:
    """Do what the command line asks for and return the exit code."""
    if arguments[:1] == ["test"]:
        return check_all(arguments[1:])
    if arguments and not arguments[0].startswith("-"):
        install(HERE / "requirements.txt", "running")
        parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
        parser.add_argument("--pathway")
        named, _ = parser.parse_known_args(arguments[1:])
        return run(pdqi_command(arguments), pdqi_environment(pathway=named.pathway))
    return serve(arguments)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except StartError as failure:
        sys.exit(str(failure))
    except KeyboardInterrupt:
        say("\nStopped.")
        sys.exit(130)
