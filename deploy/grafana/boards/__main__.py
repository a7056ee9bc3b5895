"""Write every board as JSON into ../dashboards, as Grafana reads it."""

from pathlib import Path

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from boards import BOARDS

DASHBOARDS = Path(__file__).parents[1] / "dashboards"


def written(name: str) -> str:
    """Return a board as it stands in its file."""
    return JSONEncoder(sort_keys=True, indent=1).encode(BOARDS[name].BOARD.build()) + "\n"


if __name__ == "__main__":
    for each in BOARDS:
        (DASHBOARDS / f"{each}.json").write_text(written(each), encoding="utf-8")
