"""Takes the pictures of deploy/pictures anew, over a kept demo.

`python tests/bench/pictures.py FOLDER` (`make pictures`).

The papers are those of a snapshot that was frozen and released in it; the page is what `page serve`
shows, in Debian's Chromium. Needs poppler-utils and chromium.
"""

import base64
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from sarabanwatch import page as pages

PICTURES = Path(__file__).parents[2] / "deploy/pictures"
COMMAND = Path(sys.executable).with_name("sarabanwatch")
# a port, so that letters say where they can be checked
BASE = '\n[page]\nport = 9446\nbase = "https://dashboard.example.go.th/"\n\n[clock]'
QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync")
PAPERS = {"letter": ("letter.pdf", 60), "report": ("cabinet.pdf", 60),
          "circular": ("circular.pdf", 60), "infographic": ("infographic-a4.pdf", 50)}
PHONE = {"width": 390, "height": 800}
PATH = """<body style="margin:0;width:1136px;height:640px;background:#e8ebf3;
font-family:sans-serif;color:#111a2e">
<div style="display:grid;grid-template-columns:170px 24px 1fr 24px 1fr 24px 1fr;
gap:14px;padding:26px 30px 0 14px;text-align:center">
%s</div></body>"""
STEP = """<div><b style="font-size:17px">%s</b>
<div style="font-size:14px;color:#4a5468;margin:4px 0 %s">%s</div>
<div style="border-radius:12px;overflow:hidden;height:515px">
<img src="data:image/png;base64,%s" style="width:100%%"></div></div>"""
CARD = """<style>@font-face { font-family: Sarabun; src: url(data:font/woff2;base64,%s) }</style>
<body style="margin:0;height:603px;background:#1b2f57;color:#fff;font-family:Sarabun;
border-bottom:27px solid #b98a24"><div style="padding:84px 90px 0">
<img src="data:image/svg+xml;base64,%s" width="104" style="border-radius:20px">
<h1 style="font-size:66px;line-height:1.32;margin:34px 0 22px">ประชาชนส่งหนังสือถึง<br>
หน่วยงานของรัฐทางอีเมลได้หรือไม่</h1><p style="font-size:32px;line-height:1.5;margin:0;color:#d8e0ee">
สถานะอีเมลสารบรรณของหน่วยงานของรัฐ รายหน่วยงาน<br>
Can the public reach each Thai state agency by e-mail?</p></div></body>"""
ARROW = '<div style="align-self:center;font-size:30px;color:#b5852a">→</div>'
WORDS = (("สแกน QR Code", "at the letter’s foot"),
         ("พิมพ์ชื่อ แล้วแตะค้นหา", "type a name · first tap"),
         ("แตะชื่อหน่วยงาน", "second tap"), ("หน่วยงานต้องทำอะไร", "what it must do"))


def told(config: Path, *verb: str) -> str:
    return subprocess.run([COMMAND, *verb, "-c", config], capture_output=True, text=True,
                          check=True).stdout


def papers(config: Path, scratch: Path) -> None:
    """Write the first page of a letter, and of each paper of a released snapshot."""
    code = json.loads(told(config, "agencies", "--group", "A1", "--json").splitlines()[0])["code"]
    told(config, "letter", "preview", code, "--pdf", "--out", str(scratch / "letter.pdf"))
    told(config, "report", "freeze")
    number = json.loads(told(config, "report", "list", "--json").splitlines()[-1])["id"]
    told(config, "report", "release", str(number), "--by", "สมชาย")
    told(config, "report", "render", "--all", "--out", str(scratch))
    for name, (file, dots) in PAPERS.items():
        found = next(scratch.rglob(file))
        subprocess.run(["pdftoppm", "-r", str(dots), "-png", "-singlefile", found, PICTURES / name],
                       check=True)


@contextmanager
def served(config: Path) -> Iterator[str]:
    with subprocess.Popen([COMMAND, "page", "serve", "-c", config], stdout=subprocess.PIPE,
                          text=True) as page:
        assert page.stdout
        try:
            yield page.stdout.readline().strip()
        finally:
            page.terminate()


def shot(browser: Browser, address: str, width: int, height: int, **more: Any) -> bytes:
    page = browser.new_page(viewport={"width": width, "height": height}, **more)
    page.goto(address)
    taken = page.screenshot()
    page.close()
    return taken


def way(browser: Browser, base: str, agency: dict[str, str]) -> tuple[list[bytes], str]:
    """Go as a visitor does from the first page to an agency's.

    Return what is seen at each step, and the last address.
    """
    phone = browser.new_page(viewport=PHONE)
    phone.goto(base)
    phone.fill("input[name=q]", agency["kind"])
    seen = [phone.screenshot()]
    phone.click("form button")
    seen.append(phone.screenshot())
    phone.click(f"main a:has-text('{agency['name']}')")
    return [*seen, phone.screenshot()], phone.url


def page(browser: Browser, base: str, agency: dict[str, str], scratch: Path, config: Path) -> None:
    """Take the country, an agency, and the way from the QR code to it."""
    told(config, "page", "qr", "--out", str(scratch / "qr.png"))
    seen, theirs = way(browser, base, agency)
    (PICTURES / "page-country.png").write_bytes(shot(browser, base, 1000, 1250))
    (PICTURES / "page-agency.png").write_bytes(shot(browser, theirs, 900, 1280))
    (PICTURES / "page-phone.png").write_bytes(shot(browser, theirs, 390, 844, color_scheme="dark"))
    steps = [(scratch / "qr.png").read_bytes(), *seen]
    drawn = ARROW.join(STEP % (thai, "16px" if number else "160px", english,
                               base64.b64encode(steps[number]).decode())
                       for number, (thai, english) in enumerate(WORDS))
    whole = browser.new_page(viewport={"width": 1136, "height": 640})
    whole.set_content(PATH % drawn)
    whole.screenshot(path=PICTURES / "page-path.png")


def share(browser: Browser) -> None:
    """Draw what is shown where a link to the page is shared."""
    files = Path(pages.__file__).parent
    card = browser.new_page(viewport={"width": 1200, "height": 630})
    face = base64.b64encode((files / "font" / "sarabun-600.woff2").read_bytes()).decode()
    icon = base64.b64encode((files / "icon.svg").read_bytes()).decode()
    card.set_content(CARD % (face, icon))
    card.evaluate("document.fonts.ready")
    card.screenshot(path=files / "share.png")


def main(place: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        text = (place / "sarabanwatch.toml").read_text(encoding="utf-8")
        config = place / "pictures.toml"
        config.write_text(text.replace("\n[clock]", BASE, 1) if "[page]" not in text else text,
                          encoding="utf-8")
        papers(config, Path(scratch))
        agency = json.loads(told(config, "agencies", "--group", "D2", "--json").splitlines()[0])
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(QUIET))
        share(browser)
        with served(config) as base:
            page(browser, base, agency, Path(scratch), config)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
