"""The generated pages of the manual: verbs and configuration, as Markdown and as man pages.

`verbs` takes from click what `--help` shows; `keys` takes the keys from the shapes of the settings
and the comments of the sample; `markdown` and `roff` write both down. `make manual` writes the
files anew; a test compares them.
"""

from collections.abc import Callable

from sarabanwatch.cli.manual import markdown, roff

FOLDER = "deploy/manual"
PAGES: dict[str, Callable[[], str]] = {
    "verbs.md": markdown.verbs_page,
    "configuration.md": markdown.configuration,
    "sarabanwatch.1": roff.verbs_page,
    "sarabanwatch.toml.5": roff.configuration,
}
