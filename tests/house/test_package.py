"""What is installed: the pins, what the wheel carries and `assets` lays out, the skeleton."""

import json
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from sarabanwatch.cli import assets, group
from sarabanwatch.settings import Misconfigured, load
from sarabanwatch.settings.unfilled import PLACEHOLDER, unfilled

ROOT = Path(__file__).parents[2]
LOCKS = ROOT / "deploy/requirements"
SKELETON = ROOT / "config/skeleton.toml"
CARRIED = ("systemd/sarabanwatch.service", "deploy/prometheus/rules.yml",
           "deploy/alertmanager/alertmanager.yml", "deploy/grafana/dashboards/country.json",
           "deploy/runbooks/DaemonDown.md", "deploy/manual/operator.md",
           "deploy/manual/sarabanwatch.1", "deploy/manual/sarabanwatch.toml.5",
           "deploy/requirements/run.lock", "CHANGELOG.md")


def pins(lock: Path) -> dict[str, set[str]]:
    """Return the pins of a lock, `name==version`, each with its hashes."""
    blocks = re.split(r"\n(?=[a-z0-9])", lock.read_text(encoding="utf-8"), flags=re.IGNORECASE)
    return {block.split()[0]: set(re.findall(r"--hash=sha256:([0-9a-f]{64})", block))
            for block in blocks}


def project() -> dict[str, dict[str, list[str]]]:
    """Return pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def names(wanted: list[str]) -> set[str]:
    """Return the names of requirements."""
    return {re.split(r"[\[<>=~ ]", each)[0].lower() for each in wanted}


@pytest.mark.parametrize("name", ["run.lock", "build.lock"])
def test_what_is_installed_is_pinned_with_hashes_and_without_addresses(name: str) -> None:
    assert "://" not in (LOCKS / name).read_text(encoding="utf-8")
    pinned = pins(LOCKS / name)
    assert [pin for pin, hashes in pinned.items() if "==" not in pin or not hashes] == []


def test_what_runs_is_what_was_tested() -> None:
    tested = pins(ROOT / "requirements.lock")
    running = pins(LOCKS / "run.lock")
    assert {pin for pin, hashes in running.items() if tested.get(pin) != hashes} == set()


def test_the_pins_that_run_hold_all_that_the_program_needs_and_no_tool_of_the_tests() -> None:
    extras = project()["project"]["optional-dependencies"]
    running = {pin.partition("==")[0] for pin in pins(LOCKS / "run.lock")}
    needed = project()["project"]["dependencies"] + [
        each for name in ("dkim", "oauth", "postgres", "reports") for each in extras[name]]
    assert names(needed) <= running
    assert running & names(extras["test"] + extras["demo"]) == set()


def test_the_pins_that_build_hold_the_builders() -> None:
    building = {pin.partition("==")[0] for pin in pins(LOCKS / "build.lock")}
    assert names(project()["dependency-groups"]["build"]) <= building
    assert names(project()["build-system"]["requires"]) <= building


def laid(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder."""
    return {str(path.relative_to(folder)): path.read_bytes()
            for path in folder.rglob("*") if path.is_file()}


def test_a_wheel_lays_out_what_a_checkout_does(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    zipfile.ZipFile(next(tmp_path.glob("*.whl"))).extractall(tmp_path / "wheel")
    run = ("import sys; sys.path.insert(0, sys.argv[1]); import sarabanwatch.cli as c; "
           "sys.argv[:] = ['sarabanwatch', 'assets', sys.argv[2]]; c.main()")
    subprocess.run([sys.executable, "-I", "-c", run, tmp_path / "wheel", tmp_path / "one"],
                   check=True, capture_output=True)
    said = CliRunner().invoke(group, ["assets", str(tmp_path / "two"), "--json"])
    ours = laid(tmp_path / "two")
    assert laid(tmp_path / "one") == ours
    assert set(json.loads(said.output)["files"]) == set(ours)
    assert {*CARRIED, "completion/sarabanwatch.bash"} <= set(ours)


@pytest.mark.parametrize("shell", assets.SHELLS)
def test_the_completion_that_is_laid_out_is_the_one_that_a_shell_is_given(
    shell: str, monkeypatch: pytest.MonkeyPatch,
) -> None:
    command = Path(sys.executable).with_name("sarabanwatch")
    monkeypatch.setenv("_SARABANWATCH_COMPLETE", f"{shell}_source")
    given = subprocess.run([command], capture_output=True, text=True, check=True).stdout
    assert assets.completion(shell).strip() == given.strip()


def test_the_verb_that_lays_out_needs_nothing_but_click(tmp_path: Path) -> None:
    """The package is put together by it, of our wheel and click's."""
    code = ("import sys; sys.modules |= dict.fromkeys(('apsw', 'msgspec', 'structlog', 'h11')); "
            "from sarabanwatch.cli import main; main()")
    done = subprocess.run([sys.executable, "-c", code, "assets", tmp_path / "assets"],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_assets_says_where_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "systemd").write_text("a file, where a folder is to be")
    said = CliRunner().invoke(group, ["assets", str(tmp_path)])
    assert said.exit_code != 0
    assert "systemd" in said.output


# --- the skeleton of a configuration --------------------------------------------------------------


def test_the_skeleton_cannot_be_used_and_lists_every_key_with_how_to_get_it() -> None:
    with pytest.raises(Misconfigured) as refused:
        load(SKELETON)
    listed = dict(re.findall(r"^  ([a-z.]+): (.*)$", str(refused.value), re.MULTILINE))
    assert list(listed) == ["sender.address", "sender.helo", "sender.number", "relay.host",
                            "inbox.host", "inbox.user", "campaign.anchor"]
    assert all(len(how) > 40 for how in listed.values())
    assert listed["campaign.anchor"].endswith("Your office decides it.")


def test_a_key_that_is_filled_in_is_listed_no_more(tmp_path: Path) -> None:
    text = SKELETON.read_text(encoding="utf-8")
    left = len(list(unfilled(text)))
    assert left == text.count(f'= "{PLACEHOLDER}"')
    less = text.replace(f'number = "{PLACEHOLDER}"', 'number = "นร 1200/ท"')
    assert len(list(unfilled(less))) == left - 1


def test_filled_in_the_skeleton_can_be_used(tmp_path: Path) -> None:
    text = SKELETON.read_text(encoding="utf-8").replace("live = false", "live = true")
    text = text.replace(f'address = "{PLACEHOLDER}"', 'address = "probes@watch.go.th"')
    text = text.replace(f'anchor = "{PLACEHOLDER}"', "anchor = 2026-12-07")
    text = text.replace(PLACEHOLDER, "one.go.th")
    text = text.replace("# signature = ", "signature = ").replace("# telephone = ", "telephone = ")
    (tmp_path / "sarabanwatch.toml").write_text(text, encoding="utf-8")
    assert load(tmp_path / "sarabanwatch.toml").live


def test_a_comment_belongs_to_the_key_below_it_alone() -> None:
    text = '# of another\nold = 1\n\n[a]\n# of this\n# one\nkey = "FILL-IN"\nbare = "FILL-IN"\n'
    assert list(unfilled(text)) == ["a.key: of this one", "a.bare"]
