"""`assets DIR`: what an installation needs besides the program, laid out in a folder.

The wheel carries `deploy/`, `systemd/` and `config/` as they stand in the source; here they get
the same places again, so that each page's links hold.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import click
from click import shell_completion

from sarabanwatch.cli import group, options
from sarabanwatch.cli.terminal import both

CARRIED = ("CHANGELOG.md", "LICENSE", "config", "deploy", "systemd")
SHELLS = ("bash", "zsh", "fish")
PACKAGE = Path(__file__).parents[1]
SOURCE = PACKAGE.parents[1]     # of a checkout


@click.command(epilog=options.examples("assets sarabanwatch-assets"))
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@options.either
@options.as_json
def assets(folder: Path, *, as_json: bool) -> None:
    """Lay out in DIR what an installation needs besides the program.

    That is the service unit, Prometheus' rules, a sample for Alertmanager, boards, runbooks, the
    manual, man pages, the shells' completion, and the sample and skeleton of the configuration. A
    file that is there already is written anew.
    """
    try:
        laid = sorted(str(path.relative_to(folder)) for path in lay_out(folder))
    except OSError as error:
        raise click.FileError(str(error.filename or folder), error.strerror) from None
    options.show({"folder": str(folder), "files": laid},
                 [both(f"วางแล้ว {len(laid)} ไฟล์ใน {folder}", f"{len(laid)} files in {folder}")],
                 as_json=as_json)


def lay_out(folder: Path) -> Iterator[Path]:
    """Write all files into a folder, and yield them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in CARRIED:
        source = _home(name)
        for file in sorted(source.rglob("*")) if source.is_dir() else [source]:
            if file.is_file() and "__pycache__" not in file.parts:
                target = folder / name / file.relative_to(source)
                target.parent.mkdir(parents=True, exist_ok=True)
                yield Path(shutil.copy(file, target))
    for shell in SHELLS:
        target = folder / "completion" / f"sarabanwatch.{shell}"
        target.parent.mkdir(exist_ok=True)
        target.write_text(completion(shell), encoding="utf-8")
        yield target


def _home(name: str) -> Path:
    """Return where a part stands: in the installed package, or in the checkout."""
    places = (PACKAGE / name, PACKAGE / "assets" / name, SOURCE / name)
    return next(place for place in places if place.exists())


def completion(shell: str) -> str:
    """Return the script by which a shell completes our verbs and options."""
    made = shell_completion.get_completion_class(shell)
    if made is None:
        raise ValueError(f"click completes for no shell called {shell}")
    words = made(group, {}, "sarabanwatch", "_SARABANWATCH_COMPLETE")
    return made.source_template % words.source_vars()
