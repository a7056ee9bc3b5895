"""`top`: how we stand, drawn again and again in a terminal."""

import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from sarabanwatch.cli import options
from sarabanwatch.cli import status as one_screen
from sarabanwatch.cli.words import words
from sarabanwatch.wiring import Components
from sarabanwatch.wiring import status as standing

# ECMA-48, section 8.3: an alternate screen (DEC private mode 1049) without a cursor, on which long
# lines are cut (mode 7), and back
ENTER, LEAVE = "\x1b[?1049h\x1b[?25l\x1b[?7l", "\x1b[?7h\x1b[?25h\x1b[?1049l"
HOME, REST_OF_LINE, REST_OF_SCREEN = "\x1b[H", "\x1b[K", "\x1b[J"
LEAST = 0.5     # seconds between two frames


@click.command(epilog=options.examples("top  # until Ctrl-C"))
@click.option("--every", default=2.0, show_default=True, type=click.FloatRange(LEAST),
              metavar="SECONDS", help="Draw again after so long.")
@options.config
@options.language
def top(config: Path, every: float, lang: str) -> None:
    """Show how we stand, drawn again every few seconds, until Ctrl-C.

    It is the screen of `status`. Where the output is no terminal, it is shown once.
    """
    components = Components(config)
    if not sys.stdout.isatty():
        click.echo(frame(components, lang))
        return
    hint = words("status", lang)["drawn"]
    with _screen():
        while True:
            rows = frame(components, lang).split("\n")
            room = shutil.get_terminal_size().lines
            click.echo(HOME + drawn(rows, hint.format(every), room), nl=False)
            time.sleep(every)


def frame(components: Components, lang: str) -> str:
    """Return one screen."""
    overview, _ = standing.ask(components)
    return "\n".join(one_screen.render_text(overview, one_screen.collect(overview, None), lang))


def drawn(rows: Sequence[str], hint: str, room: int) -> str:
    """Return a frame for a screen of so many lines: what does not fit is left out below.

    The last line says how it ends; no line feed follows it, which would push the first one out.
    """
    kept = [*rows[:max(0, room - 2)], "", hint][-room:]
    return f"{REST_OF_LINE}\n".join(kept) + REST_OF_LINE + REST_OF_SCREEN


@contextmanager
def _screen() -> Iterator[None]:
    """Take the terminal's other screen, and give it back whatever happens; Ctrl-C ends well."""
    click.echo(ENTER, nl=False)
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        click.echo(LEAVE, nl=False)
