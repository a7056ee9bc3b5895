"""Every document of the site by its path, for the server and for the export.

Links between documents are relative.

Paths: `index.html`, `agency/SLUG.html`, `group.html`, `group/A1.html`, `group/A1.2.html` (a further
page), likewise `province`, `ministry`, `kind` and `letter`; all HTML again under `en/`; `data/`,
`qr/`, `style.css`.
"""

import gc
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from sarabanwatch.core import rounds
from sarabanwatch.core.facts.provinces import TILES
from sarabanwatch.core.judging.census import Buckets
from sarabanwatch.core.judging.group import Transition
from sarabanwatch.core.letters.wording import one_line
from sarabanwatch.core.page import genuine, public, trend
from sarabanwatch.core.page.public import Account, Country, Listing
from sarabanwatch.core.page.search import LONGEST, Index, SearchResult
from sarabanwatch.core.page.site_index import IndexSheet, site_index, tallied
from sarabanwatch.core.page.trend import Course
from sarabanwatch.page import chart, open_data, qr, views, words
from sarabanwatch.page.face import Face
from sarabanwatch.page.tongue import templates
from sarabanwatch.page.words import Language
from sarabanwatch.ports import Archive

HERE = Path(__file__).parent
ROWS = 150        # of a list on one page
CUTS = ("group", "province", "ministry", "kind", "letter")
SINGLE = ("index", "search", "changes", "announcements", "send", "data", "about", "check")
TRENDS = ("province", "ministry", "kind")     # cuts whose sheets tell how it was before
RANKS = ("province", "ministry")
SHORT = 10        # changes of each kind on the page of all kinds
FEED = 200        # changes in the feed
LATEST = 10       # pages of changes of one kind; the open data has all of them
HTML = "text/html; charset=utf-8"
NUMBERED = re.compile(r"(?P<slug>[^./]+)(?:\.(?P<page>[1-9][0-9]{0,3}))?")
FILES = {"style.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml",
         "font/sarabun-400.woff2": "font/woff2", "font/sarabun-600.woff2": "font/woff2",
         "share.png": "image/png", "font/OFL.txt": "text/plain; charset=utf-8"}


class Document(NamedTuple):
    """A file of the site."""

    media: str
    body: bytes


class Site:
    """The site: what the ledger knew at the last `refresh`, or a country that is given.

    Only one thread may use it at a time.
    """

    def __init__(self, archive: Archive, face: Face, country: Country | None = None) -> None:
        self._archive, self.face, self._given = archive, face, country
        self.edition = face.edition(face.now())
        self._pages = templates(views.tools(self.edition))
        self.refresh()

    def refresh(self) -> bool:
        """Read the ledger anew where it has changed; say whether any page may differ now.

        Pages differ, too, when another edition of the groups has come into force.
        """
        now = self.face.now()
        was, self.edition = self.edition, self.face.edition(now)
        if not self._archive.changed() and was == self.edition:
            return False
        self._pages = self._pages if was == self.edition else templates(views.tools(self.edition))
        self.country: Country = self._given or self._archive.country()
        self._account: Account | None = None
        self.site_index = site_index(self.country.listings, self.edition.buckets)
        self.by_slug = {listing.slug: listing for listing in self.country.listings}
        self.held, self.announced = self.country.held, views.announced(self.country)
        self.by_code = {listing.code: listing for listing in self.country.listings}
        self.census = tallied(self.country.listings, self.edition.buckets)
        self.moments = trend.moments(self.country)
        self.courses = views.courses(self.country, self.edition)
        self.index = Index(self.country.listings) if self.face.live else Index(())
        gc.unfreeze()
        gc.collect()
        # the country stays in memory: without this, each garbage collection would search all of it
        gc.freeze()
        return True

    def paths(self) -> Iterator[str]:
        """Yield the path of every document."""
        html = [f"{name}.html" for name in (*SINGLE, *CUTS)]
        html += [f"announcements.{n}.html"
                 for n in range(2, views.pages(len(self.announced), ROWS) + 1)]
        html += [f"changes/{course}{'' if n == 1 else f'.{n}'}.html" for course in Course
                 for n in range(1, self._pages_of(course) + 1)]
        html += [f"{cut}/{sheet.slug}{'' if n == 1 else f'.{n}'}.html" for cut in CUTS
                 for sheet in self.site_index[cut].values()
                 for n in range(1, views.pages(len(sheet.listings), ROWS) + 1)]
        html.append("changes.atom")
        yield from html
        yield from (f"en/{path}" for path in html)
        for slug in self.by_slug:
            # one after the other: both are made of one account, which is read once
            yield from (public.page_of(slug), f"en/{public.page_of(slug)}")
        yield from FILES
        yield from (f"data/{name}" for name in open_data.FILES)
        yield from ("qr/country.svg", "qr/country.png")
        yield from (f"qr/{slug}.svg" for slug in self.by_slug)

    def document(self, path: str) -> Document | None:
        """Return the document at a path, or None."""
        if path in FILES:
            return Document(FILES[path], (HERE / path).read_bytes())
        folder, _, name = path.partition("/")
        if folder == "data":
            return self._data(name) if name in open_data.FILES else None
        if folder == "qr":
            return self._qr(name)
        lang: Language = "en" if path.startswith("en/") else "th"
        return self._page(path.removeprefix("en/"), lang)

    def _data(self, name: str) -> Document:
        stem, _, form = name.partition(".")
        if stem == "census":
            return Document("application/json", open_data.census(self.country, self.edition))
        tables: dict[str, Callable[[], Iterable[open_data.Row]]] = {
            "agencies": partial(open_data.agencies, self.country, self.edition),
            "changes": partial(open_data.changes, self.country),
            "rounds": partial(open_data.rounds, self.country, self.edition, self._buckets)}
        rows = tables[stem]()
        if form == "csv":
            return Document("text/csv; charset=utf-8",
                            open_data.as_csv(open_data.TABLES[stem], rows))
        return Document("application/json", open_data.as_json(open_data.TABLES[stem], rows))

    def search(self, wanted: str, lang: Language) -> Document | str:
        """Return the page with the agencies found, or the path of the one where it is only one."""
        found = self.index.find(wanted)
        if found.all == 1 and not found.alike:
            return public.page_of(found.listings[0].slug)
        return self._search(one_line(wanted)[:LONGEST], found, lang)

    def checked(self, asked: str, path: str, lang: Language) -> tuple[Document, bool]:
        """Return the page that says whether a letter of a number is ours, and whether it is.

        Whatever is no number of a published letter gets the same page.
        """
        serial = genuine.serial_in(asked)
        letter = self._archive.letter(serial) if serial else None
        ours = letter is not None and genuine.names(asked, letter)
        return self._render("check.html", path, lang, state="ours" if ours else "unknown",
                            letter=letter if ours else None), ours

    def confirmation(self, token: str, state: str, receipt: str = "",
                     serial: int = 0) -> Document:
        """Return the page of a confirm link.

        `state` is ask, done (with a receipt to print, for the letter `serial`) or unknown.
        """
        letter = self._archive.letter(serial) if state == "done" else None
        return self._render("confirm.html", f"r/{token}", "th", state=state, receipt=receipt,
                            letter=letter, at=self.face.now())

    def missing(self, path: str) -> Document:
        """Return the page for a path that does not exist, in the language of the path."""
        lang: Language = "en" if path.startswith("en/") else "th"
        below = path.removeprefix("en/")
        return self._render("message.html", below, lang,
                            message=("ไม่พบหน้านี้", "There is no such page"),
                            other="../" * path.count("/") + ("" if lang == "en" else "en/")
                            + "index.html")

    def _page(self, path: str, lang: Language) -> Document | None:
        if path == "changes.atom":
            return Document("application/atom+xml; charset=utf-8",
                            self._rendered("changes.atom", path, lang, **self._changes()).encode())
        stem, dot, _ = path.rpartition(".html")
        folder, _, name = stem.rpartition("/")
        numbered = NUMBERED.fullmatch(name)
        if not dot or numbered is None:
            return None
        slug, page = numbered["slug"], int(numbered["page"] or 1)
        if folder == "agency":
            known = slug in self.by_slug and not numbered["page"]
            return self._agency(slug, path, lang) if known else None
        if folder in CUTS:
            sheet = self.site_index[folder].get(slug)
            return self._sheet(folder, sheet, page, path, lang) if sheet else None
        if folder == "changes" and slug in set(Course):
            return self._course(Course(slug), page, path, lang)
        return self._single(slug, page, path, lang) if not folder else None

    def _single(self, name: str, page: int, path: str, lang: Language) -> Document | None:
        if name == "announcements":
            return self._announcements(page, path, lang)
        if page != 1:
            return None
        if name == "search":
            return self._search("", SearchResult([]), lang)
        if name in CUTS:
            sheets, below = self._sheets(name)
            return self._render("sheets.html", path, lang, cut=name, sheets=sheets, below=below,
                                ranked=trend.ranked(sheets) if name in RANKS else ((), ()))
        return self._render(f"{name}.html", path, lang,
                            **self._facts(name)) if name in SINGLE else None

    def _sheets(self, cut: str) -> tuple[list[IndexSheet], list[IndexSheet]]:
        """Return the sheets of a cut, and apart those of local governments among the ministries.

        They stand under their provinces, which are no ministries.
        """
        sheets = list(self.site_index[cut].values())
        below = [sheet for sheet in sheets
                 if cut == "ministry" and sheet.thai.startswith("จังหวัด")]
        return [sheet for sheet in sheets if sheet not in below], below

    def _facts(self, name: str) -> dict[str, Any]:
        """Return the values that the template of a single page needs."""
        if name == "index":
            return self._overview()
        if name == "changes":
            return self._answer() | {"lists": {course: (self._named(found[:SHORT]), len(found))
                                               for course, found in self.courses.items()}}
        if name == "check":
            return {"state": "ask"}
        return {"tables": open_data.TABLES, "counts": open_data.CENSUS, "at": self.country.at,
                "dataset": partial(open_data.dataset, self.face)} if name == "data" else {}

    def _overview(self) -> dict[str, Any]:
        provinces = self.site_index["province"].values()
        return self._answer() | self._trend(self.country.listings) | {
            "site_index": self.site_index, "holds": self.country.holds,
            "rest": public.rest(self.country.pauses, self.face.now()),
            "ministries": trend.ranked(self._sheets("ministry")[0]),
            "ranked": trend.ranked(provinces, lambda sheet: sheet.slug in TILES)}

    def _answer(self) -> dict[str, Any]:
        """Return the answer to the site's question, and the moment of it."""
        return {"at": self.country.at, "census": self.census,
                "answer": chart.answer(self.moments, self.census, self._buckets)}

    def _trend(self, listings: Sequence[Listing]) -> dict[str, Any]:
        """Return the trend of some agencies, round by round, and its line."""
        found = chart.bars(self.moments, listings, self._buckets)
        return {"trend": found, "line": chart.line(found)}

    def _buckets(self, at: datetime) -> Buckets:
        """Return the buckets at a moment of the trend; the last one is counted by today's."""
        return (self.edition if at == self.country.at else self.face.edition(at)).buckets

    def _search(self, wanted: str, found: SearchResult, lang: Language) -> Document:
        return self._render("search.html", "search.html", lang, wanted=wanted, found=found.listings,
                            all=found.all,
                            alike=found.alike, letters=list(self.site_index["letter"].values()),
                            provinces=self.site_index["province"])

    def _changes(self) -> dict[str, Any]:
        return {"changes": self._named(self.country.transitions[:-FEED - 1:-1]),
                "at": self.country.at}

    def _named(self, transitions: Iterable[Transition]) -> list[tuple[Transition, Listing]]:
        return [(each, self.by_code[each.code]) for each in transitions
                if each.code in self.by_code]

    def _course(self, course: Course, page: int, path: str, lang: Language) -> Document | None:
        if not 1 <= page <= self._pages_of(course):
            return None
        rows = self._named(self.courses[course][ROWS * (page - 1):ROWS * page])
        return self._render("course.html", path, lang, course=course, rows=rows, page=page,
                            total=len(self.courses[course]), pages=self._pages_of(course))

    def _pages_of(self, course: Course) -> int:
        return min(LATEST, views.pages(len(self.courses[course]), ROWS))

    def _agency(self, slug: str, path: str, lang: Language) -> Document | None:
        listing = self.by_slug[slug]
        if self._account is None or self._account.agency.code != listing.code:
            self._account = self._archive.account(listing.code)
        account = self._account
        if account is None:
            return None
        opt_out = self.country.opt_outs.get(listing.code, False)
        now = self.face.now()
        rest = public.rest(self.country.pauses, now, listing.code)
        return self._render("agency.html", path, lang, a=listing, account=account, rest=rest,
                            hold=self.held.get(listing.code),
                            weak=listing.code in self.country.weak,
                            outlook=public.outlook(account, rounds.at(self.country.rounds, now),
                                                   now, opt_out=opt_out, paused=rest),
                            proved=public.proved(account),
                            events=views.timeline(account), faults=views.faults(account))

    def _sheet(self, cut: str, sheet: IndexSheet, page: int, path: str,
               lang: Language) -> Document | None:
        if not 1 <= page <= views.pages(len(sheet.listings), ROWS):
            return None
        rest = public.rest(self.country.pauses, self.face.now(), sheet=(cut, sheet.thai))
        tells = cut in TRENDS and page == 1
        return self._render("sheet.html", path, lang, cut=cut, sheet=sheet, page=page, rest=rest,
                            **self._trend(sheet.listings if tells else ()),
                            pages=views.pages(len(sheet.listings), ROWS),
                            rows=sheet.listings[ROWS * (page - 1):ROWS * page])

    def _announcements(self, page: int, path: str, lang: Language) -> Document | None:
        announced, pages = self.announced, views.pages(len(self.announced), ROWS)
        if not 1 <= page <= pages:
            return None
        return self._render("announcements.html", path, lang, page=page, pages=pages,
                            total=len(announced), rows=announced[ROWS * (page - 1):ROWS * page])

    def _qr(self, name: str) -> Document | None:
        slug, _, form = name.rpartition(".")
        link = self.face.link if slug == "country" else ""
        if slug in self.by_slug:
            link = self.face.of(slug)
        if not link or form not in {"svg", "png"}:
            return None
        if form == "svg":
            return Document("image/svg+xml", qr.svg(link))
        return Document("image/png", qr.png(link))

    def _render(self, template: str, path: str, lang: Language,
                **facts: Any) -> Document:  # noqa: ANN401 - what the template names
        page = self._rendered(template, path, lang, **facts)
        return Document(HTML, words.whole(page).encode("utf-8", "replace"))

    def _rendered(self, template: str, path: str, lang: Language,
                  **facts: Any) -> str:  # noqa: ANN401 - as above
        up = "../" * path.count("/")
        root = up + ("../" if lang == "en" else "")
        return self._pages[lang].get_template(template).render(
            {"face": self.face, "path": path, "root": root, "home": up,
             "other": f"{root}{path}" if lang == "en" else f"{up}en/{path}"} | facts)
