"""Draw the boards as they look over a live Prometheus, where no Grafana is at hand: SVG, to scale.

    .venv/bin/python tests/bench/board_pictures.py deploy/pictures [--seconds 60]

A land of fifteen hundred agencies, the daemon and Prometheus are started; after a while what the
boards ask is asked, and each panel is drawn where it stands: numbers, bars, lines, the first rows
of tables. It is a sketch: Grafana draws better, and this shows what of.
"""

import argparse
import json
import re
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta, timezone
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import tests_path  # noqa: F401 - for its effect

from fakes.ports import free_port
from real.prometheus.servers import prometheus, until
from real.prometheus.test_daemon import child, said

DASHBOARDS = Path(__file__).parents[2] / "deploy/grafana/dashboards"
AGENCIES, RATE = 1500, 7200
CELL, ROW, GAP, HEAD = 50, 34, 4, 44        # pixels: a column of 24, a row, between panels, on top
INKS = ("#3274d9", "#56a64b", "#e0b400", "#e0752d", "#c4162a", "#8f3bb8", "#37872d", "#8e8e8e")
HUES = {"green": "#56a64b", "dark-green": "#37872d", "orange": "#e0752d", "red": "#c4162a",
        "blue": "#3274d9", "purple": "#8f3bb8", "yellow": "#e0b400", "light-orange": "#ffb357",
        "dark-orange": "#c15c17", "dark-red": "#8e0c1b", "light-red": "#e24d42",
        "semi-dark-orange": "#d0661c"}
BANGKOK = timezone(timedelta(hours=7))
Json = dict[str, Any]


class Drawn(NamedTuple):
    """One series as it is drawn: its name, its last value, its points in time, its labels."""

    name: str
    value: float
    points: Sequence[tuple[float, float]]
    labels: dict[str, str]


def asked(server: str, expr: str, minutes: float) -> list[Json]:
    """Return the series of an expression over the last minutes, by Prometheus' HTTP API."""
    now = time.time()
    filled = re.sub(r"\$\w+", ".*", expr.replace("$target", "100"))
    query = urllib.parse.urlencode({"query": filled, "start": now - minutes * 60, "end": now,
                                    "step": max(1, minutes * 60 / 200)})
    with urllib.request.urlopen(f"{server}/api/v1/query_range?{query}", timeout=60) as answer:
        found: list[Json] = json.load(answer)["data"]["result"]
        return found


def series(server: str, panel: Json, minutes: float) -> Iterator[Drawn]:
    """Yield what a panel shows: of each target, the series that still stand."""
    for target in panel["targets"]:
        for one in asked(server, target["expr"], minutes):
            labels = one["metric"]
            points = [(float(at), float(v)) for at, v in one["values"] if v != "NaN"]
            if points and time.time() - points[-1][0] < minutes * 6 + 5:
                legend = re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda m, have=labels: have.get(m[1], ""),
                                target.get("legendFormat") or "")
                yield Drawn(legend, points[-1][1], points, labels)


def told(value: float, unit: str) -> str:
    """Write a value as Grafana does, by its unit."""
    if unit == "percentunit":
        return f"{value:.1%}"
    if unit == "dateTimeAsIso":
        return datetime.fromtimestamp(value / 1000, UTC).astimezone(BANGKOK).strftime(
            "%Y-%m-%d %H:%M")
    if unit == "bytes":
        size, name = (2**30, "GiB") if value >= 2**30 else (2**20, "MiB")
        return f"{value / size:,.0f} {name}"
    if unit.startswith("suffix:"):
        return f"{value:,.1f}{unit.removeprefix('suffix:')}"
    if unit == "s":
        size, name = next(((size, name) for size, name in
                           ((86400, "d"), (3600, "h"), (60, "min")) if abs(value) >= size),
                          (1, "s"))
        return f"{value / size:,.1f} {name}"
    return f"{value:,.0f}"


def worded(value: float, panel: Json) -> str:
    """Write a value of a panel: in the words that it has for it, or by its unit."""
    defaults = panel["fieldConfig"]["defaults"]
    words = {found: result["text"] for each in defaults.get("mappings", ())
             for found, result in each["options"].items()}
    return str(words.get(f"{value:.0f}") or told(value, defaults.get("unit", "")))


def ink(name: str, number: int, panel: Json) -> str:
    """Return a series' colour: the board's own for it, else one in turn."""
    for override in panel["fieldConfig"].get("overrides", ()):
        matcher, wanted = override["matcher"], override["matcher"].get("options")
        hit = (wanted == name if matcher["id"] == "byName"
               else re.search(str(wanted).strip("/"), name) is not None)
        for each in override["properties"] if hit else ():
            if each["id"] == "color":
                hue: str = each["value"]["fixedColor"]
                return HUES.get(hue, hue)
    return INKS[number % len(INKS)]


def step(value: float, panel: Json) -> str:
    """Return the colour of the threshold that a value has reached."""
    steps = panel["fieldConfig"]["defaults"].get("thresholds", {}).get("steps", [])
    hues = [each["color"] for each in steps if each.get("value") is None or value >= each["value"]]
    return HUES.get(hues[-1], hues[-1]) if hues else INKS[0]


def text(x: float, y: float, words: str, size: int = 12, more: str = "") -> str:
    """Return a line of words."""
    return f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}" {more}>{escape(words)}</text>'


def missing(panel: Json, width: float, height: float) -> str:
    """Return what a panel tells where there is nothing."""
    return text(width / 2, height / 2 + 14, panel["fieldConfig"]["defaults"].get("noValue", "-"),
                13, 'text-anchor="middle" fill="#8e8e8e"')


def numbers(panel: Json, found: list[Drawn], width: float, height: float) -> Iterator[str]:
    """Draw large numbers beside one another."""
    if not found:
        yield missing(panel, width, height)
    for at, one in enumerate(found):
        x = width * (at + 0.5) / len(found)
        size = 26 if len(found) < 3 else 17
        shown = one.name if panel["title"].endswith(("Version", "Campaign", "in force")) else (
            worded(one.value, panel))
        yield text(x, height / 2 + 14, shown, min(size, int(1.6 * width / len(found)
                                                            // max(len(shown), 1))),
                   f'text-anchor="middle" font-weight="bold" fill="{step(one.value, panel)}"')
        yield text(x, height - 8, "" if shown == one.name else one.name, 11,
                   'text-anchor="middle" fill="#555"')


def bars(panel: Json, found: list[Drawn], width: float, height: float) -> Iterator[str]:
    """Draw a bar for each series, the longest first, as many as there is room for."""
    defaults, room = panel["fieldConfig"]["defaults"], int((height - 30) // 18)
    if not found:
        yield missing(panel, width, height)
    most = defaults.get("max") or max((one.value for one in found), default=1) or 1
    named = {name["matcher"].get("options") for name in panel["fieldConfig"].get("overrides", ())}
    for at, one in enumerate(sorted(found, key=lambda one: -one.value)[:room]):
        y = 30 + at * 18
        own = one.name in named or ": " in one.name
        hue = ink(one.name, at, panel) if own else step(one.value, panel)
        long = max(1, (width - 270) * min(1, one.value / most))
        yield f'<rect x="200" y="{y}" width="{long:.0f}" height="12" fill="{hue}"/>'
        yield text(194, y + 10, one.name[:34], 11, 'text-anchor="end"')
        yield text(205 + long, y + 10, told(one.value, defaults.get("unit", "")), 11)


def lines(panel: Json, found: list[Drawn], width: float, height: float) -> Iterator[str]:
    """Draw each series over time, and its last value below."""
    points = [point for one in found for point in one.points]
    if not points:
        yield missing(panel, width, height)
        return
    left, right = min(at for at, _ in points), max(at for at, _ in points)
    low, high = min(0.0, *(v for _, v in points)), max(v for _, v in points)
    unit = panel["fieldConfig"]["defaults"].get("unit", "")

    def place(at: float, value: float) -> str:
        x = 60 + (at - left) / ((right - left) or 1) * (width - 75)
        return f"{x:.1f},{height - 34 - (value - low) / ((high - low) or 1) * (height - 74):.1f}"

    for value, y in ((high, 40), (low, height - 30)):
        yield text(54, y, told(value, unit), 10, 'text-anchor="end" fill="#777"')
    inked = [(one, ink(one.name, at, panel)) for at, one in enumerate(found)]
    for one, hue in inked:
        track = " ".join(place(*point) for point in one.points)
        yield (f'<polyline points="{track}" fill="none" stroke="{hue}" '
               'stroke-width="2"/>')
    x = 12.0
    for one, hue in sorted(inked, key=lambda pair: -pair[0].value):
        words = f"{one.name} {told(one.value, unit)}"
        if x + len(words) * 6.2 < width:
            yield text(x, height - 10, words, 11, f'fill="{hue}"')
        x += len(words) * 6.2 + 12


def rows(panel: Json, found: list[Drawn], width: float, height: float) -> Iterator[str]:
    """Draw the first rows of a table."""
    options = panel["transformations"][0]["options"]
    renamed: dict[str, str] = dict(sorted(options["renameByName"].items(),
                                          key=lambda pair: options["indexByName"][pair[0]]))
    unit = next((each["value"] for override in panel["fieldConfig"].get("overrides", ())
                 for each in override["properties"] if each["id"] == "unit"), "")
    wide = (width - 20) / len(renamed)
    for at, head in enumerate(renamed.values()):
        yield text(10 + at * wide, 42, head[:int(wide / 7)], 11, 'font-weight="bold"')
    if not found:
        yield missing(panel, width, height)
    for number, one in enumerate(found[:int((height - 52) // 18)]):
        for at, label in enumerate(renamed):
            shown = told(one.value, unit) if label == "Value" else one.labels.get(label, "")
            yield text(10 + at * wide, 60 + number * 18, shown[:int(wide / 6.5)], 11)


KINDS: dict[str, Callable[[Json, list[Drawn], float, float], Iterator[str]]] = {
    "stat": numbers, "bargauge": bars, "timeseries": lines, "table": rows}


def drawn(board: Json, server: str, minutes: float) -> str:
    """Return a board as SVG."""
    parts, bottom = [], 0
    for panel in board["panels"]:
        at = panel["gridPos"]
        x, y = at["x"] * CELL, HEAD + at["y"] * ROW
        width, height = at["w"] * CELL - GAP, at["h"] * ROW - GAP
        bottom = max(bottom, y + height)
        body = KINDS[panel["type"]](panel, list(series(server, panel, minutes)), width, height)
        parts += [f'<g transform="translate({x} {y})">',
                  f'<rect width="{width}" height="{height}" fill="#fff" stroke="#d8d9da"/>',
                  text(8, 18, panel["title"], 12, 'font-weight="bold"'),
                  *body, "</g>"]
    size = f'width="{24 * CELL + 8}" height="{bottom + 8}"'
    head = text(10, 28, board["title"], 18, 'font-weight="bold"')
    font = 'font-family="Sarabun, Noto Sans Thai, sans-serif"'
    return "\n".join((f'<svg xmlns="http://www.w3.org/2000/svg" {size} {font}>',
                      '<rect width="100%" height="100%" fill="#f4f5f5"/>', head, *parts, "</svg>",
                      ""))


def main() -> None:
    """Start a land, the daemon and Prometheus, and draw what they show."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=60)
    asks = parser.parse_args()
    with TemporaryDirectory() as place, live(Path(place)) as server:
        time.sleep(asks.seconds)
        for file in sorted(DASHBOARDS.glob("*.json")):
            board = json.loads(file.read_text(encoding="utf-8"))
            picture = drawn(board, server, asks.seconds / 60)
            (asks.folder / f"board-{file.stem}.svg").write_text(picture, encoding="utf-8")


@contextmanager
def live(room: Path) -> Iterator[str]:
    """Start a land, the daemon and Prometheus; yield Prometheus' address once it answers."""
    land, watch = room / "land.log", room / "watch.log"
    configuration = str(room / "sarabanwatch.toml")
    with ExitStack() as stack:
        stack.enter_context(child(land, "sarabanland", "--agencies", str(AGENCIES), "--seed",
                                  "2568", "--rate", str(RATE), "--dir", str(room)))
        said(land, "READY")
        stack.enter_context(child(watch, "sarabanwatch", "run", "--config", configuration))
        address = urllib.parse.urlsplit(json.loads(said(watch, '"listening"'))["metrics"])
        server = stack.enter_context(prometheus(room, address.port or 0, free_port()))
        until(lambda: answers(server.url))
        yield server.url.removesuffix("/api/v1")


def answers(url: str) -> bool:
    """Say whether Prometheus answers yet."""
    try:
        with urllib.request.urlopen(f"{url}/query?query=1", timeout=60):
            return True
    except OSError:
        return False


if __name__ == "__main__":
    main()
