"""What the boards are built of: a few kinds of panel, and one meaning for each colour.

A panel is a function of its title (Thai · English), what it shows in a sentence, and its queries.
Green is ready, orange to mend, purple raised in status, grey not yet known; red is our own fault.
"""

from collections.abc import Sequence
from typing import TypeVar

from grafana_foundation_sdk.builders import (
    bargauge,
    common,
    dashboard,
    prometheus,
    stat,
    table,
    timeseries,
)
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models.common import (
    BigValueColorMode,
    BigValueGraphMode,
    LegendDisplayMode,
    StackingMode,
    VizOrientation,
)
from grafana_foundation_sdk.models.dashboard import DashboardCursorSync, DynamicConfigValue
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

SOURCE = model.DataSourceRef(type_val="prometheus", uid="sarabanwatch")
COLOURS = {"ready": "green", "mend": "orange", "raised": "purple", "unknown": "#8e8e8e",
           "A1": "dark-green", "A2": "green", "B1": "yellow", "B2": "light-orange",
           "B3": "orange", "C": "dark-orange", "D1": "red", "D2": "dark-red", "D3": "light-red",
           "E": "semi-dark-orange", "W": "purple", "exempt": "blue"}
BUCKETS = ("ready", "mend", "raised", "unknown")
RUNBOOKS = "https://runbooks.example.test/"
GOOD, WARN, BAD, PLAIN = "green", "orange", "red", "blue"
P = TypeVar("P", stat.Panel, timeseries.Panel, bargauge.Panel, table.Panel)
C = TypeVar("C", timeseries.Panel, bargauge.Panel)
Panel = stat.Panel | timeseries.Panel | bargauge.Panel | table.Panel
Choice = dashboard.QueryVariable | dashboard.TextBoxVariable
Query = tuple[str, str]         # an expression, and the legend of its series
Steps = Sequence[tuple[float | None, str]]      # from which value on which colour stands
Words = tuple[str, str]         # what is told for 0, and for 1
WORKS: Words = ("ไม่ทำงาน · down", "ทำงาน · up")
HOLDS: Words = ("ไม่ · no", "ใช่ · yes")
NONE = "ไม่มี · none"
NAMED = 'label_replace({}, "name", "' + NONE + '", "name", "")'     # no name is told as none


def _targets(panel: P, queries: Sequence[Query], *, instant: bool = False,
             as_table: bool = False) -> P:
    for letter, (expr, legend) in zip("ABCDEFGH", queries, strict=False):
        query = prometheus.Dataquery().datasource(SOURCE).ref_id(letter).expr(expr)
        query = query.legend_format(legend)
        query = query.instant() if instant else query.range()
        panel = panel.with_target(query.format(PromQueryFormat.TABLE) if as_table else query)
    return panel.datasource(SOURCE)


def _coloured(panel: C) -> C:
    for name, colour in COLOURS.items():
        panel = panel.override_by_name(name, [DynamicConfigValue(
            "color", {"mode": "fixed", "fixedColor": colour})])
    for name in BUCKETS:        # "a ministry: ready"
        panel = panel.override_by_regexp(f"/: {name}$/", [DynamicConfigValue(
            "color", {"mode": "fixed", "fixedColor": COLOURS[name]})])
    return panel


def since(metric: str) -> str:
    """Return how many seconds ago a moment was; nothing where it has not been (0)."""
    return f"time() - ({metric} > 0)"


def until(metric: str) -> str:
    """Return in how many seconds a moment comes; nothing where it is not known (0)."""
    return f"({metric} > 0) - time()"


def _led(panel: P, runbook: str) -> P:
    """Link a panel to the runbook of its alert."""
    if not runbook:
        return panel
    return panel.links([dashboard.DashboardLink(f"คู่มือ · Runbook: {runbook}")
                        .type(model.DashboardLinkType.LINK).target_blank(True)
                        .url(f"{RUNBOOKS}{runbook}.md")])


def _thresholds(steps: Steps) -> dashboard.ThresholdsConfig:
    return dashboard.ThresholdsConfig().mode(model.ThresholdsMode.ABSOLUTE).steps(
        [model.Threshold(value=value, color=colour) for value, colour in steps])


def number(title: str, shows: str, *queries: Query, unit: str = "none", width: int = 4,
           steps: Steps = ((None, PLAIN),), none: str = "ยังไม่มี · none yet", decimals: int = 0,
           runbook: str = "") -> stat.Panel:
    """Return a panel of one or more large numbers; `none` is shown where there is no value."""
    panel = (stat.Panel().title(title).description(shows).unit(unit)
             .decimals(decimals or int(unit == "s"))      # 1.5 days are not 2
             .span(width).height(4).thresholds(_thresholds(steps)).no_value(none)
             .graph_mode(BigValueGraphMode.NONE).color_mode(BigValueColorMode.VALUE))
    return _led(_targets(panel, queries, instant=True), runbook)


def state(title: str, shows: str, query: Query, words: Words, *, steps: Steps, width: int = 4,
          runbook: str = "") -> stat.Panel:
    """Return a panel of what is so (1) or not (0), told in words."""
    told = {str(value): model.ValueMappingResult(text=text) for value, text in enumerate(words)}
    return number(title, shows, query, width=width, steps=steps, runbook=runbook).mappings(
        [model.ValueMap(options=told)])


def lines(title: str, shows: str, *queries: Query, unit: str = "none", width: int = 12,
          height: int = 8, stacked: bool = False, least: float | None = 0,
          runbook: str = "") -> timeseries.Panel:
    """Return a panel of lines over time, drawn from `least` on; None: from the smallest value."""
    panel = (timeseries.Panel().title(title).description(shows).unit(unit).span(width)
             .height(height).fill_opacity(40 if stacked else 0).line_width(2)
             .legend(common.VizLegendOptions().display_mode(LegendDisplayMode.LIST)
                     .show_legend(True)))
    panel = panel.no_value(NONE)
    if unit == "none":
        panel = panel.decimals(0)       # letters, mails, agencies are whole
    if least is not None:
        panel = panel.min(least)
    if stacked:
        panel = panel.stacking(common.StackingConfig().mode(StackingMode.NORMAL))
    return _led(_targets(_coloured(panel), queries), runbook)


def bars(title: str, shows: str, *queries: Query, unit: str = "none", width: int = 12,
         height: int = 8, steps: Steps = ((None, PLAIN),), most: float | None = None,
         ) -> bargauge.Panel:
    """Return a panel of a bar for each series, as it stands now."""
    panel = (bargauge.Panel().title(title).description(shows).unit(unit).span(width)
             .height(height).orientation(VizOrientation.HORIZONTAL).min(0).no_value(NONE)
             .thresholds(_thresholds(steps)))
    if most is not None:
        panel = panel.max(most)
    return _targets(_coloured(panel), queries, instant=True)


def rows(title: str, shows: str, query: str, columns: dict[str, str], *, width: int = 24,
         height: int = 10, links: Sequence[tuple[str, str]] = (),
         value: tuple[str, Steps] = ("none", ())) -> table.Panel:
    """Return a table of an instant query: the labels named in `columns`, with their headings.

    "Value" names the value; `value` is its unit, and the steps that colour its cell. `links`, title
    and address, stand at the first column of each row.
    """
    unit, steps = value
    hidden = {"Time": True, **dict.fromkeys(("__name__", "instance", "job"), True)}
    panel = (table.Panel().title(title).description(shows).span(width).height(height)
             .no_value(NONE)
             .with_transformation(model.DataTransformerConfig(id_val="organize", options={
                 "excludeByName": {**hidden, **({} if "Value" in columns else {"Value": True})},
                 "indexByName": {name: at for at, name in enumerate(columns)},
                 "renameByName": columns})))
    if "Value" in columns:
        panel = panel.override_by_name(columns["Value"], [
            DynamicConfigValue("unit", unit),
            *([DynamicConfigValue("custom.cellOptions", {"type": "color-background"}),
               DynamicConfigValue("thresholds", {"mode": "absolute", "steps": [
                   {"value": least, "color": colour} for least, colour in steps]})]
              if steps else [])])
    first = next(iter(columns.values()))
    for heading, address in links:
        link = {"title": heading, "url": address, "targetBlank": True}
        panel = panel.override_by_name(first, [DynamicConfigValue("links", [link])])
    return _targets(panel, [(query, "")], instant=True, as_table=True)


def variable(name: str, label: str, query: str) -> dashboard.QueryVariable:
    """Return a choice of the values of a label; all are chosen at first."""
    return (dashboard.QueryVariable(name).label(label).datasource(SOURCE).query(query)
            .refresh(model.VariableRefresh.ON_TIME_RANGE_CHANGED).sort(
                model.VariableSort.ALPHABETICAL_ASC)
            .multi(True).include_all(True).all_value(".*")
            .current(model.VariableOption(selected=True, text="All", value="$__all")))


def figure(name: str, label: str, value: str) -> dashboard.TextBoxVariable:
    """Return a figure that whoever looks may set."""
    return (dashboard.TextBoxVariable(name).label(label).default_value(value)
            .current(model.VariableOption(selected=True, text=value, value=value)))


MARKED = (      # drawn over all lines: name, colour, when
    ("รอบการทดสอบ · Rounds", "blue", "changes(sarabanwatch_campaign[5m]) > 0"),
    ("เหตุการณ์ร่วม · Incidents", "orange",
     "sarabanwatch_incident unless sarabanwatch_incident offset 5m"),
    ("รุ่นใหม่ · Releases", "purple",
     "sarabanwatch_build_info unless sarabanwatch_build_info offset 10m"),
    ("เริ่มใหม่ · Restarts", "red", 'changes(process_start_time_seconds{job="sarabanwatch"}[5m]) > 0'),
)


def board(uid: str, title: str, description: str, *panels: Panel, since: str = "now-7d",
          choices: Sequence[Choice] = ()) -> dashboard.Dashboard:
    """Return a board of panels, from left to right and downwards, with links to its siblings."""
    made = (dashboard.Dashboard(title).uid(uid).description(description)
            .tags(["sarabanwatch"]).readonly().timezone("Asia/Bangkok").refresh("1m")
            .time(since, "now").tooltip(DashboardCursorSync.CROSSHAIR)
            .link(dashboard.DashboardLink("บอร์ดอื่น · Other boards")
                  .type(model.DashboardLinkType.DASHBOARDS).tags(["sarabanwatch"])
                  .as_dropdown(True).keep_time(True).include_vars(True))
            .link(dashboard.DashboardLink("คู่มือแก้เหตุ · Runbooks")
                  .type(model.DashboardLinkType.LINK).url(f"{RUNBOOKS}README.md")
                  .target_blank(True)))
    for choice in choices:
        made = made.with_variable(choice)
    for name, colour, expr in MARKED:
        made = made.annotation(dashboard.AnnotationQuery().name(name).datasource(SOURCE)
                               .enable(True).icon_color(colour).expr(expr))
    for panel in panels:
        made = made.with_panel(panel)
    return made
