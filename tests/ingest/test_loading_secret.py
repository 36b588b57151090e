"""The secret behind the pseudonyms, and the numbers that must not be stored."""

import hashlib
import hmac
import os
import stat
from pathlib import Path

import pytest

from pdqi.errors import LoadError
from pdqi.ingest import pseudonym
from pdqi.ingest.pseudonym import is_nhs_number, secret, settings_folder, without_nhs_numbers
from tests.ingest.small_world import PEOPLE, REFERRAL_HEADER, ROOT, SECRET, Trust


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PDQI_SECRET", raising=False)
    monkeypatch.delenv("PDQI_SECRET_FILE", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(pseudonym.sys, "platform", "linux")


def test_it_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    made, note = secret()
    path = tmp_path / "home/pdqi/pseudonym.secret"
    assert len(made) == 64
    assert note is not None
    assert f"made at {path}" in note
    assert "nobody can be matched to later loads" in note
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert secret() == (made, None)


def test_it_is_not_made_where_that_is_not_wanted() -> None:
    with pytest.raises(LoadError, match="There is no secret"):
        secret(create=False)


def test_variables_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_text("kept apart and long enough\n")
    monkeypatch.setenv("PDQI_SECRET_FILE", str(kept))
    assert secret() == (b"kept apart and long enough", None)
    monkeypatch.setenv("PDQI_SECRET", "given directly, long enough")
    assert secret() == (b"given directly, long enough", None)
    monkeypatch.setenv("PDQI_SECRET", "short")
    with pytest.raises(LoadError, match="too short"):
        secret()


def test_a_named_file_is_never_made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PDQI_SECRET_FILE", str(tmp_path / "not there"))
    with pytest.raises(LoadError, match="Put the secret of earlier loads there"):
        secret()
    assert not (tmp_path / "not there").exists()


def test_it_may_not_lie_beside_the_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PDQI_SECRET_FILE", str(ROOT / "data/my.secret"))
    with pytest.raises(LoadError, match="inside the repository"):
        secret()
    monkeypatch.setenv("PDQI_SECRET_FILE", str(tmp_path / "store/my.secret"))
    with pytest.raises(LoadError, match="inside the store"):
        secret(tmp_path / "store")


def test_each_system_has_its_place() -> None:
    assert settings_folder({"APPDATA": "C:/Roaming"}, "win32") == Path("C:/Roaming/pdqi")
    assert settings_folder({}, "darwin").parts[-3:] == ("Library", "Application Support", "pdqi")
    assert settings_folder({}, "linux").parts[-2:] == (".config", "pdqi")


def test_pseudonyms_are_what_python_s_own_hmac_gives(trust: Trust) -> None:
    trust.load(clients=PEOPLE, referrals=REFERRAL_HEADER)
    expected = {
        hmac.new(SECRET, f"client\x1f{n}".encode(), hashlib.sha256).hexdigest()[:32]
        for n in ("1", "2", "3")
    }
    assert {name for (name,) in trust.rows("people", "person_id")} == expected
    assert set(trust.rows("links", "namespace")) == {("client",), ("pseudo",)}
    long = b"x" * 100
    inner, outer = pseudonym.key_pads(long)
    made = hashlib.sha256(outer + hashlib.sha256(inner + b"m").digest()).digest()
    assert made == hmac.new(long, b"m", hashlib.sha256).digest()


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("9434765919", "[number removed]"),
        ("NHS 943 476 5919.", "NHS [number removed]."),
        ("943-476-5919", "[number removed]"),
        ("9434765918", "9434765918"),
        ("19434765919", "19434765919"),
        ("no number", "no number"),
    ],
)
def test_nhs_numbers_in_texts(text: str, result: str) -> None:
    assert without_nhs_numbers(text) == result


def test_the_check_digit() -> None:
    # The ninth sums that would need 10 as a check digit are no numbers at all.
    assert sum(is_nhs_number(f"{n:010d}") for n in range(4_000_000_000, 4_000_001_100)) == 100
