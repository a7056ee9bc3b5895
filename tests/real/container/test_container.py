"""The container is built, runs confined between Postfix and Dovecot, and its letters come home.

Images take minutes to be built, so this is done where CONTAINERS=1 asks for it.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[3]
USERLANDS = Path(os.environ.get("SARABANWATCH_USERLANDS", "/var/cache/sarabanwatch-userlands"))
BASE = USERLANDS / "trixie/root"
pytestmark = pytest.mark.real


def lacking() -> str | None:
    """Return why no container can be built and run here, or None."""
    if not os.environ.get("CONTAINERS"):
        return "images take minutes to be built: CONTAINERS=1 asks for it"
    if absent := [each for each in ("podman", "crun", "unshare") if not shutil.which(each)]:
        return f"no {', '.join(absent)} here"
    if os.geteuid() or not (BASE / "usr/sbin/postfix").exists():
        return f"needs root, and Debian 13 with Postfix and Dovecot in {BASE} (.ci/userland)"
    return None


def tried(place: Path, base: object, *apart: str) -> str:
    """Run try.sh in a mount namespace and more of its own; return what it prints."""
    script = Path(__file__).with_name("try.sh")
    done = subprocess.run(["unshare", "--mount", *apart, "--propagation", "private", script, place,
                           CHECKOUT, base], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder with configuration, list and secrets laid out, as README.md tells.

    Its name is short: podman takes no long ones.
    """
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        brought(Path(folder))
        yield Path(folder)


def brought(place: Path) -> None:
    for folder in ("etc", "secrets"):
        (place / folder).mkdir()
    shutil.copy(CHECKOUT / "deploy/container/sarabanwatch.toml", place / "etc")
    (place / "etc/register.csv").write_text(
        "รหัส,ชื่อหน่วยงาน,ประเภท,อีเมล\n1001,กรมหนึ่ง,กรม,saraban@one.go.th\n", encoding="utf-8")
    for name, text in (("imap-password", "a-pass-word\n"),
                       ("token.keys", f"a {'ab' * 32} 2036-12-31\n")):
        (place / "secrets" / name).write_text(text)
        os.chown(place / "secrets" / name, 10001, 10001)
        (place / "secrets" / name).chmod(0o400)


@pytest.mark.skipif(bool(lacking()), reason=lacking() or "")
def test_letters_to_ourselves_leave_a_confined_container_and_come_home(place: Path) -> None:
    tried(place, BASE)
    said = tried(place, "built", "--net")
    assert "our own path is whole" in said
    assert "must bounce: refused" in said
    assert "SARABANWATCH WARNING" in said       # no backup yet, and the round is to come
    assert "is well" in said
    assert "uid=10001" in said
    assert "Read-only file system" in said
    assert "is unwell when it hangs" in said
