"""A small invented store, and the dashboard on it as a given role sees it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pdqi.config import Config
from pdqi.demo import demo

ROOT = Path(__file__).resolve().parents[2]
Open = Callable[..., AppTest]


@pytest.fixture(scope="session")
def invented_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Few people, so that many counts are small."""
    path = tmp_path_factory.mktemp("store")
    demo(path, Config.load(ROOT / "config.yaml"), people=2_000, seed=7)
    return path


@pytest.fixture
def open_app(invented_store: Path, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Return a function that opens the dashboard with a link's parameters, as a role."""
    monkeypatch.delenv("PDQI_CONFIG", raising=False)
    monkeypatch.delenv("PDQI_CONTENT", raising=False)

    def opened(
        role: str = "", /, page: str = "", store: Path = invented_store, **link: str
    ) -> AppTest:
        monkeypatch.setenv("PDQI_STORE", str(store))
        monkeypatch.setenv("PDQI_ROLE", role)
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        for name, value in link.items():
            app.query_params[name] = value
        app.run()
        if page:
            app.switch_page(f"pages/{page}.py").run()
        return app

    return opened
