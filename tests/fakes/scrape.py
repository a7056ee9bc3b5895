"""What a journal shows to a scrape, and writes into the log."""

import json
from io import StringIO
from typing import Any

from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from sarabanwatch.edge.journal import MetricJournal

Sample = tuple[str, tuple[tuple[str, str], ...]]


def samples(journal: MetricJournal) -> dict[Sample, float]:
    """Return what a scrape shows, but for when a counter was made."""
    families = text_string_to_metric_families(generate_latest(journal.registry).decode())
    return {(s.name, tuple(sorted(s.labels.items()))): s.value
            for family in families for s in family.samples
            if not s.name.endswith("_created") and s.name.startswith("sarabanwatch_")}


def moved(journal: MetricJournal, before: dict[Sample, float]) -> dict[str, float]:
    """Return what has changed since, moments aside."""
    now = samples(journal)
    return {f"{name}{'/'.join(value for _, value in labels)}": value
            for (name, labels), value in now.items()
            if not name.endswith("_timestamp_seconds") and before.get((name, labels)) != value}


def told(log: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]
