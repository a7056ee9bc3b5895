"""Checks of this machine: configuration, secrets, clock, disk, ledger, daemon, ports."""

import asyncio
import shutil
import stat
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from ssl import SSLSocket, cert_time_to_seconds

from sarabanwatch import settings as config
from sarabanwatch.core.calendar import BANGKOK, short_day, short_moment
from sarabanwatch.core.checkup import Finding, Grade, fail, ok, warn
from sarabanwatch.core.errors import ConfigError, UnavailableError
from sarabanwatch.core.facts.token import Key, keys_ending_soon
from sarabanwatch.core.overview import BACKUP_WITHIN, Overview
from sarabanwatch.edge import metrics_endpoint, web
from sarabanwatch.edge.systemd import is_clock_synchronized
from sarabanwatch.edge.web_access import WebAccess
from sarabanwatch.settings.complaints import LOOPBACK
from sarabanwatch.store import lease, queries
from sarabanwatch.store.places import in_words
from sarabanwatch.wiring.doctor import Patient
from sarabanwatch.wiring.edges import Edges
from sarabanwatch.wiring.reloading import check

SCANT, LOW = 500 << 20, 2 << 30     # free octets on the ledger's disk: wrong, to be seen to
CHECKS = 10.0                       # seconds in which the ledger is looked through for damage
ANSWERS = 5.0                       # seconds in which the metrics must be there
CERTIFICATE_LASTS = timedelta(days=21)
SCRAPED_WITHIN = 600.0              # seconds; Prometheus asks every minute or so
SYNCHRONIZED = {    # what the system says of its clock -> how well that is, in words
    True: (Grade.OK, "ตรงตามเครื่องแม่ข่ายเวลา", "synchronized"),
    False: (Grade.WARN, "ไม่ได้ตั้งตามเครื่องแม่ข่ายเวลาใด", "not synchronized with any time server"),
    None: (Grade.WARN, "ระบบไม่บอกว่าตั้งตามเครื่องแม่ข่ายเวลาหรือไม่",
           "this system does not tell whether it is synchronized"),
}


async def configuration(patient: Patient) -> Sequence[Finding]:
    """Build all that can be built without a server, as the daemon does at its start."""
    await asyncio.to_thread(check, patient.components)
    path, live = patient.components.path, patient.components.settings.live
    return [ok(f"{path} ใช้ได้ ({'ส่งจริง' if live else 'ยังไม่ส่งจริง ส่งถึงตนเองเท่านั้น'})",
               f"{path} can be used ({'live' if live else 'not live: letters go to ourselves'})")]


async def secrets(patient: Patient) -> Sequence[Finding]:
    """Check that each secret is there, and that nobody else may read it."""
    folder = patient.components.path.parent
    names = dict.fromkeys(config.secrets_named(patient.components.settings))
    return [_secret(name, config.where(name, folder)) for name in names] or [
        ok("ไม่ได้ระบุไว้", "none is named")]


def _secret(name: str, file: Path | None) -> Finding:
    if file is None:
        return fail(f"{name}: ไม่มีไฟล์นี้ หรืออ่านไม่ได้",
                    f"{name}: there is no such file that we may read")
    mode = stat.S_IMODE(file.stat().st_mode)
    if mode & 0o077:
        return fail(f"{file}: ผู้อื่นอ่านได้ (โหมด {mode:04o}) ให้สั่ง chmod 600 {file}",
                    f"{file}: others may read it (mode {mode:04o}); chmod 600 {file}")
    return ok(f"{file} (โหมด {mode:04o})", f"{file} (mode {mode:04o})")


async def token_keys(patient: Patient) -> Sequence[Finding]:
    """Check until when the keys sign letters."""
    rules, now = patient.components.rules, patient.components.clock.now()
    if not rules.signs(now):
        return [fail("กุญแจหมดอายุแล้วทุกดอก ลงนามหนังสือไม่ได้",
                     "every key has ended, and no letter can be signed")]
    ending = keys_ending_soon(rules.keys, now.astimezone(BANGKOK).date())
    until = rules.signs_until.astimezone(BANGKOK).date()
    return [_ending(key, then) for key, then in ending.items()] or [
        ok(f"ลงนามได้ถึง {short_day(until, 'th')}", f"they sign until {until}")]


def _ending(key: Key, then: Key | None) -> Finding:
    thai = f"ดอกต่อไปคือ {then.kid!r}" if then else "ไม่มีดอกต่อไป"
    english = f"{then.kid!r} follows" if then else "none follows"
    return warn(f"กุญแจ {key.kid!r} หมดอายุ {short_day(key.until, 'th')} {thai}",
                f"key {key.kid!r} ends on {key.until}, and {english}")


async def clock(patient: Patient) -> Sequence[Finding]:
    """Check whether the machine's clock is kept right, and whether we trust it."""
    now = patient.components.clock.now()
    grade, thai, english = SYNCHRONIZED[await asyncio.to_thread(is_clock_synchronized)]
    return [Finding(grade, f"{thai} ขณะนี้ {short_moment(now, 'th')}",
                    f"{english}; it shows {short_moment(now, 'en')}")]


async def disk(patient: Patient) -> Sequence[Finding]:
    """Check how much room the ledger has left."""
    if not isinstance(patient.components.ledger_place, Path):
        return [ok("ฐานข้อมูลอยู่ที่เครื่องแม่ข่าย ให้ผู้ดูแลเครื่องนั้นเฝ้าดูดิสก์",
                   "the ledger stands on a server, and its keeper watches that disk")]
    folder = patient.components.ledger_file.absolute().parent
    place = next(each for each in (folder, *folder.parents) if each.exists())
    free = shutil.disk_usage(place).free
    grade = Grade.FAIL if free < SCANT else Grade.WARN if free < LOW else Grade.OK
    return [Finding(grade, f"เหลือ {free / 1e9:.1f} GB ที่ {place}",
                    f"{free / 1e9:.1f} GB free at {place}")]


async def ledger(patient: Patient) -> Sequence[Finding]:
    """Open the ledger, and look through it for damage as far as time allows."""
    place = patient.components.ledger_place

    def look() -> tuple[bool, str]:
        with queries.asking(place) as db:
            return db.sound(CHECKS), "" if isinstance(place, Path) else lease.leading(db)

    try:
        whole, leader = await asyncio.to_thread(look)
    except queries.NoLedger:
        return [ok("ยังไม่มี โปรแกรมจะสร้างเมื่อเริ่มครั้งแรก",
                   "there is none yet: the daemon's first start makes it")]
    if not isinstance(place, Path):
        return [ok(f"{in_words(place)} ผู้ทำหน้าที่หลักคือ {leader}",
                   f"{in_words(place)}: {leader} leads") if leader else
                warn(f"{in_words(place)} ไม่มีโปรแกรมใดทำหน้าที่หลัก",
                     f"{in_words(place)}: no daemon leads")]
    if whole:
        return [ok("สมบูรณ์", "whole")]
    return [ok(f"ไม่พบความเสียหายใน {CHECKS:g} วินาที; `ledger check` ตรวจทั้งหมด",
               f"no damage found in {CHECKS:g} s; `ledger check` sees all")]


async def daemon(patient: Patient) -> Sequence[Finding]:
    """Ask the daemon for its status."""
    overview = await patient.overview()
    if overview is None or overview.running is None:
        silent = overview is not None and overview.silent
        if overview and overview.leader and not silent:
            return [ok(f"{overview.leader} ทำหน้าที่หลัก `systemctl status sarabanwatch` "
                       "บอกว่าเครื่องนี้รออยู่หรือไม่",
                       f"{overview.leader} leads; `systemctl status sarabanwatch` says whether "
                       "one stands by here")]
        return [fail("ทำงานอยู่แต่ไม่ตอบ", "it runs, and does not answer") if silent
                else warn("ไม่ได้ทำงานอยู่", "it does not run")]
    waits = [warn(f"กำลังรอ {what}: {why}", f"it waits for {what}: {why}")
             for what, why in overview.running.waits.items()]
    halts = [fail(f"หยุดส่ง: {why}", f"nothing leaves us: {why}") for why in overview.halts]
    version = overview.running.version
    return [*halts, *waits, ok(f"รุ่น {version} ตอบแล้ว", f"{version} answers")]


async def backup(patient: Patient) -> Sequence[Finding]:
    """Check when the last backup was made."""
    overview = await patient.overview()
    if overview is None or overview.backup is None:
        return [warn("ยังไม่เคยสำรอง", "none was taken yet")]
    at = overview.backup
    grade = Grade.WARN if overview.at - overview.backup > BACKUP_WITHIN else Grade.OK
    return [Finding(grade, f"ล่าสุดเมื่อ {short_moment(at, 'th')}",
                    f"the last is of {short_moment(at, 'en')}")]


async def metrics(patient: Patient) -> Sequence[Finding]:
    """Check whether metrics are given, and whether anybody fetches them."""
    overview = await patient.overview()
    if overview is None or overview.running is None:
        return [warn("ไม่ทราบ เพราะไม่มีโปรแกรมตอบ", "not known, for no daemon answers")]
    c, access = patient.components.settings.metrics, Edges(patient.components).metrics_access
    ends = await asyncio.to_thread(_fetched, c.host, c.port, access)
    left = ends - patient.components.clock.now() if ends else None
    return [_scraped(overview), *_guarded(c.host, access, left)]


def _fetched(host: str, port: int, access: WebAccess) -> datetime | None:
    """Fetch the metrics, or be asked who we are; return when the certificate shown ends."""
    context = access.client()
    line = HTTPSConnection(host, port, timeout=ANSWERS, context=context) if context else (
        HTTPConnection(host, port, timeout=ANSWERS))      # never by a proxy
    with closing(line):
        line.connect()
        shown = line.sock.getpeercert() if isinstance(line.sock, SSLSocket) else None
        try:
            line.request("GET", "/metrics", headers={"User-Agent": metrics_endpoint.LOOKS})
            status = line.getresponse().status
        except OSError:
            if not access.asks_for_certificates:
                raise
            status = HTTPStatus.UNAUTHORIZED        # we have none to show
    if status not in {HTTPStatus.OK, HTTPStatus.UNAUTHORIZED}:
        raise UnavailableError(f"{host}:{port}/metrics: {status}")
    ends = cert_time_to_seconds(str(shown["notAfter"])) if shown else None
    return datetime.fromtimestamp(ends, UTC) if ends else None


def _guarded(host: str, access: WebAccess, left: timedelta | None) -> Iterator[Finding]:
    """Yield who may fetch them, and how long the certificate lasts."""
    if not (access.tls or access.users) and not LOOPBACK.fullmatch(host):
        yield warn(f"ผู้ที่เข้าถึง {host} ได้อ่านได้โดยไม่ต้องมีรหัสผ่าน ให้ตั้ง metrics.web_config",
                   f"whoever reaches {host} may read them, in clear: set metrics.web_config")
    if left is not None:
        grade = Grade.OK if left > CERTIFICATE_LASTS else Grade.WARN
        yield Finding(grade, f"ใบรับรองใช้ได้อีก {left.days} วัน",
                      f"their certificate lasts {left.days} days more")


def _scraped(overview: Overview) -> Finding:
    ago = overview.running.scraped if overview.running else None
    if ago is None:
        return warn("ยังไม่มีผู้มาอ่านตั้งแต่เริ่ม จะไม่มีการแจ้งเตือน",
                    "nobody has fetched them since the start: no alert would come")
    thai, english = f"อ่านล่าสุดเมื่อ {ago:.0f} วินาทีก่อน", f"last fetched {ago:.0f} s ago"
    if ago <= SCRAPED_WITHIN:
        return ok(thai, english)
    return warn(f"{thai} จะไม่มีการแจ้งเตือน", f"{english}: no alert would come")


async def ports(patient: Patient) -> Sequence[Finding]:
    """Check whether our ports are free, where no daemon holds them."""
    overview = await patient.overview()
    s = patient.components.settings
    wanted = [("metrics", s.metrics.host, s.metrics.port),
              *([("page", s.page.host, s.page.port)] if s.page.port else [])]
    if overview and overview.running:
        return [ok(f"{key}: โปรแกรมใช้ {host}:{port} อยู่",
                   f"{key}: {host}:{port} is held by the daemon") for key, host, port in wanted]
    found = list(_free(wanted))
    if overview and overview.leader:
        return [each if each.grade is Grade.OK else ok(
            f"{key}: {host}:{port} มีผู้ใช้อยู่ เช่นโปรแกรมที่รออยู่ที่นี่",
            f"{key}: {host}:{port} is in use, as by a daemon that stands by here")
            for each, (key, host, port) in zip(found, wanted, strict=True)]
    return found


def _free(wanted: Sequence[tuple[str, str, int]]) -> Iterator[Finding]:
    for key, host, port in wanted:
        try:
            web.listen(host, port, key).close()
            yield ok(f"{key}: {host}:{port} ว่าง", f"{key}: {host}:{port} is free")
        except ConfigError as wrong:
            yield fail(str(wrong))
