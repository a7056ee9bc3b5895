"""What proves who wrote a correction: the agency's own present domain, by DKIM.

Either we verify the signature, or our own receiving host says that it did; nothing else counts.
"""

import asyncio
import json
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fakes.mailroom import RULEBOOK, digest, mail, mailroom, opened, take_in
from sarabanwatch.cli import group

HOST = "mx.probe.test"
BODY = "ตามหนังสือแจ้งให้แก้ไข ขอแจ้งแก้ไขอีเมลกลางของหน่วยงาน เป็น {}"
NOTICES = "probes@probe.test"       # where notices are answered to: no letter of ours is named


@dataclass(frozen=True)
class SignedBy:
    """A SignatureVerifier by which the signature of one domain is valid."""

    domain: str

    async def verified(self, raw: bytes) -> tuple[str, ...]:
        """Return it."""
        del raw
        return (self.domain,)


def vouched(domain: str, host: str = HOST) -> str:
    return f"Authentication-Results: {host}; dkim=pass header.d={domain}\r\n"


def notice(*, sender: str = "saraban@one.go.th", top: str = "",
           address: str = "saraban@dept-one.go.th") -> bytes:
    return mail(BODY.format(address), to=NOTICES, sender=sender, top=top,
                subject="Re: แจ้งผลการทดสอบอีเมล")


def configured(place: Path, raw: bytes, seal: str = "") -> Path:
    path = mailroom(place)
    path.write_text(path.read_text().replace("[inbox]\n", f'[inbox]\nauthserv_id = "{HOST}"\n'))

    async def come() -> None:
        async with opened(place / "ledger.db") as ledger:
            await take_in(ledger, raw, verifier=SignedBy(seal) if seal else None,
                          rules=replace(RULEBOOK, authserv_id=HOST))

    asyncio.run(come())
    return path


def run(config: Path, *words: str) -> Result:
    return CliRunner().invoke(group, ["corrections", *words, "-c", str(config)])


@pytest.mark.parametrize(("raw", "seal", "proof"), [
    (notice(top=vouched("one.go.th")), "", f"dkim of one.go.th, says {HOST}"),
    (notice(), "one.go.th", "DKIM of one.go.th, verified by us"),
    (notice(sender="clerk@one.go.th"), "one.go.th", "DKIM of one.go.th, verified by us"),
])
def test_what_the_agencys_own_domain_wrote_is_accepted_without_a_note(tmp_path: Path, raw: bytes,
                                                                      seal: str,
                                                                      proof: str) -> None:
    config, known = configured(tmp_path, raw, seal), digest(raw)[:12]
    assert json.loads(run(config, "show", known, "--json").stdout)["proof"] == proof
    assert run(config, "show", known, "--lang",
               "en").stdout.startswith(f"the sender is proven: {proof}")
    done = run(config, "accept", known, "--by", "Somsri", "--lang", "en")
    assert (done.exit_code, "accepted: กรมหนึ่ง (1001) saraban@dept-one.go.th" in done.stdout) == (
        0, True,
    )
    assert json.loads(run(config, "list", "--decided", "--json").stdout)["note"] == ""


@pytest.mark.parametrize(("raw", "seal"), [
    # nothing vouches
    (notice(), ""),
    # signed by somebody else
    (notice(), "evil.go.th"),
    # the word of a host that is not ours
    (notice(top=vouched("one.go.th", "mx.evil.test")), ""),
    # by the new domain: anybody may have one
    (notice(sender="saraban@dept-one.go.th"), "dept-one.go.th"),
    (notice(sender="x@evil.go.th", address="saraban@evil.go.th", top=vouched("evil.go.th")),
     "evil.go.th"),
])
def test_whoever_else_wrote_is_asked_about_by_telephone(tmp_path: Path, raw: bytes,
                                                        seal: str) -> None:
    config, known = configured(tmp_path, raw, seal), digest(raw)[:12]
    assert json.loads(run(config, "show", known, "--agency", "1001",
                          "--json").stdout)["proof"] is None
    done = run(config, "accept", known, "--agency", "1001", "--by", "Somsri")
    assert (done.exit_code, "the sender is not proven" in done.output) == (2, True)
