"""Which keys of the configuration name files.

Those that a backup holds, and the secrets, which it holds only when asked.
"""

from collections.abc import Iterator

import msgspec

from sarabanwatch.core.section import Section

FILES = frozenset({"ca_file", "register.file", "refusals.files", "groups.editions", "letter.text",
                   "address.rules", "campaign.holidays", "catch_all.text", "report.garuda",
                   "report.circular", "report.notice", "report.covering"})
SECRETS = frozenset({"password_file", "client_secret_file", "key_file", "certificate_file",
                     "refresh_token_file", "web_config"})


def files_named(settings: Section) -> list[str]:
    """Return the files that a configuration names, as it names them.

    Neither secrets nor the ledger.
    """
    return [name for key, name in _strings(settings) if key in FILES or _last(key) in FILES]


def secrets_named(settings: Section) -> list[str]:
    """Return the names of the secrets that a configuration names."""
    return [name for key, name in _strings(settings) if _last(key) in SECRETS]


def _last(key: str) -> str:
    return key.rpartition(".")[2]


def _strings(section: Section, within: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text of a section and of those in it, with its dotted key.

    Each of a list under the same key.
    """
    for key, value in msgspec.structs.asdict(section).items():
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, Section):
                yield from _strings(each, f"{within}{key}.")
            elif isinstance(each, str) and each:
                yield f"{within}{key}", each
