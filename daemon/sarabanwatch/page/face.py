"""What is the same on every page: whose site it is, where it stands, what groups are called."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sarabanwatch.core.judging.census import BUCKETS, Buckets, bucket_of
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.page.public import page_of
from sarabanwatch.core.page.section import PageSection
from sarabanwatch.core.policy import CampaignSection


@dataclass(frozen=True, slots=True)
class GroupLabel:
    """One group in words, in Thai and English, and the steps that its agencies are to take."""

    thai: str
    english: str
    steps_thai: tuple[str, ...] = ()
    steps_english: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageEdition:
    """One edition of the groups: what they are called, and in which bucket each counts."""

    labels: Mapping[Group, GroupLabel]
    buckets: Buckets = field(default_factory=lambda: BUCKETS)

    def bucket(self, group: Group) -> str:
        """Return the bucket that a group counts in; `exempt` for those beside the total."""
        return bucket_of(group, self.buckets) or "exempt"


@dataclass(frozen=True, slots=True)
class Face:
    """All that is the same on every page: its configuration, and where it stands.

    `base` ends with a slash. `edition` returns the groups in force at a moment. `live`: a server
    answers searches there; else the site is a tree of files.
    """

    section: PageSection
    campaign: CampaignSection
    base: str
    edition: Callable[[datetime], PageEdition]
    now: Callable[[], datetime]
    live: bool = True

    @property
    def link(self) -> str:
        """The link in the QR code of the whole country."""
        return self.section.short or self.base

    @property
    def licensed(self) -> bool:
        """Whether the publisher says by which licence the open data are given."""
        return bool(self.section.licence or self.section.licence_url)

    @property
    def placed(self) -> bool:
        """Whether it is known where the public finds the site: else no link to it is given."""
        return bool(self.section.base)

    def at(self, path: str, lang: str) -> str:
        """Return where the public finds a page."""
        home = "en/" if lang == "en" else ""
        return f"{self.base}{home}{'' if path == 'index.html' else path}"

    def of(self, slug: str) -> str:
        """Return the link in an agency's QR code."""
        return f"{self.base}{page_of(slug)}"
