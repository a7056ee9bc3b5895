import re
import tomllib
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest

from fakes import samples
from sarabanwatch import settings
from sarabanwatch.core.facts import token
from sarabanwatch.core.judging.group import Group
from sarabanwatch.settings import Misconfigured, Settings, load, read

BAD = sorted((Path(__file__).parent / "corpus/config").glob("*.toml"))
SAMPLE = Path(__file__).parents[1] / "config/sarabanwatch.toml"
NO_DEFAULT = {"sender.address", "sender.name", "sender.helo", "relay.host", "inbox.host",
              "inbox.user", "campaign.anchor"}
EXAMPLES = {"inbox.password_file"}      # one of two ways to log in; neither is the default
SECRET = "0123456789abcdef" * 2


def keys(shape: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every key of a configuration with its default."""
    for field in msgspec.structs.fields(shape):
        inner = isinstance(field.type, type) and issubclass(field.type, msgspec.Struct)
        yield from keys(field.type, f"{place}{field.name}.") if inner else [(
            f"{place}{field.name}", field.default if field.default_factory is msgspec.NODEFAULT
            else field.default_factory())]


def stated(table: dict[str, Any], place: str = "") -> dict[str, Any]:
    """Return the keys of a TOML file, flat."""
    return {key: value for name, inner in table.items() for key, value in (
        stated(inner, f"{place}{name}.") if inner and isinstance(inner, dict)
        else {f"{place}{name}": inner}).items()}


@pytest.mark.parametrize("file", BAD, ids=[file.stem for file in BAD])
def test_a_bad_configuration_is_refused_with_the_message_that_it_opens_with(file: Path) -> None:
    expected = file.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")
    with pytest.raises(Misconfigured) as refused:
        load(file)
    assert str(refused.value) == f"{file}: {expected}"


def test_a_configuration_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured) as refused:
        load(tmp_path / "none.toml")
    assert (
        str(refused.value)
        == (
            f"{tmp_path / 'none.toml'}: No such file or directory; "
            "name a configuration with --config FILE")
    )


def test_a_configuration_that_is_not_utf_8_is_said_to_be_no_toml(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_bytes("name = 'ก'".encode("cp874"))
    with pytest.raises(Misconfigured, match=r"x\.toml: not TOML: 'utf-8' codec can't decode"):
        load(tmp_path / "x.toml")


def test_an_address_with_just_room_for_a_token_is_taken(tmp_path: Path) -> None:
    good = (BAD[0].parent / "sender-without-room-for-a-token.toml").read_text(encoding="utf-8")
    (tmp_path / "x.toml").write_text(good.replace("survey1@", "survey@"), encoding="utf-8")
    local = load(tmp_path / "x.toml").sender.address.partition("@")[0]
    assert len(f"{local}+{token.mint(1, samples.KEY, epoch=1, to='saraban@one.go.th')}") == 64
    (tmp_path / "x.toml").write_text(good.replace("[relay]", '[relay]\nsender = "fixed"'),
                                     encoding="utf-8")
    load(tmp_path / "x.toml")


# --- as shipped -----------------------------------------------------------------------------------


def test_the_sample_loads_and_sends_nothing_anywhere() -> None:
    assert load(SAMPLE).live is False


def test_the_sample_names_every_key_and_no_other() -> None:
    # without them there is another meaning
    commented = {"clock.began", "clock.shows", "inbox.since"}
    assert (
        set(stated(tomllib.loads(SAMPLE.read_text(encoding="utf-8"))))
        == {key for key, _ in keys(Settings)} - commented
    )
    assert all(f"# {key.partition('.')[2]} = " in SAMPLE.read_text(encoding="utf-8")
               for key in commented)


def test_the_sample_states_the_defaults() -> None:
    sample = stated(tomllib.loads(SAMPLE.read_text(encoding="utf-8")))
    for key, default in keys(Settings):
        if key not in NO_DEFAULT | EXAMPLES and key in sample:
            assert sample[key] == (list(default) if isinstance(default, tuple) else default), key


def test_only_what_nobody_can_know_for_you_has_no_default() -> None:
    assert {key for key, default in keys(Settings) if default is msgspec.NODEFAULT} == NO_DEFAULT


def test_each_key_of_the_sample_has_a_why_or_stands_below_one_that_has() -> None:
    lines = SAMPLE.read_text(encoding="utf-8").splitlines()
    obvious = {"host", "port", "tls"}
    for above, line in pairwise(lines):
        name, is_key, _ = line.partition(" = ")
        if is_key and not line.startswith("#") and name not in obvious:
            assert above.startswith("#") or " = " in above, line


def test_the_other_shipped_files_can_be_read() -> None:
    groups = settings.read(settings.shipped("groups.toml"), settings.Groups)
    assert set(groups.groups) == set(Group)
    rules = settings.address_rules(settings.shipped("address-rules.toml"))
    assert rules.valid_from == date(2021, 8, 23)
    assert "go.th" in rules.official_suffixes
    assert settings.read(settings.shipped("holidays/extra.toml"),
                         settings.Holidays) == settings.Holidays()


# --- live -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("live", ["true", "false"])
@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost", "mail.one.go.th"])
def test_a_relay_may_stand_anywhere(host: str, live: str, tmp_path: Path) -> None:
    """What goes there before `live` is said by `plan.permitted` and the canaries."""
    text = SAMPLE.read_text(encoding="utf-8").replace("live = false", f"live = {live}", 1)
    text = text.replace('unsigned_because = ""', 'unsigned_because = "an exercise"')
    (tmp_path / "x.toml").write_text(text.replace('"127.0.0.1"', f'"{host}"', 1), encoding="utf-8")
    assert load(tmp_path / "x.toml").relay.host == host


def live(folder: Path, **keys: str) -> Settings:
    """Read the sample as one that is live, with these keys (a name and the value to write)."""
    text = SAMPLE.read_text(encoding="utf-8").replace("live = false", "live = true", 1)
    for key, value in keys.items():
        text = re.sub(rf"(?m)^{key} = .*$", f"{key} = {value}", text)
    (folder / "x.toml").write_text(text, encoding="utf-8")
    return load(folder / "x.toml")


def test_live_letters_want_signer_and_telephone_each_named_with_how_to_get_it(
    tmp_path: Path,
) -> None:
    with pytest.raises(Misconfigured) as refused:
        live(tmp_path)
    head, *lacking = str(refused.value).split("\n  ")
    assert head.startswith(f"{tmp_path / 'x.toml'}: live: letters go out in the name of ")
    assert [line.partition(":")[0] for line in lacking] == ["report.signature", "report.telephone"]
    assert all(len(line) > 60 for line in lacking)


@pytest.mark.parametrize("keys", [
    {"signature": '["(นายหนึ่ง)", "เลขาธิการ"]', "telephone": '"0 2356 9999"'},
    {"signature": '["(นายหนึ่ง)", "เลขาธิการ"]', "contact": '["โทร. ๐"]'},
    {"unsigned_because": '"an exercise"'},
], ids=["of the papers", "of the letter", "with a reason"])
def test_letters_go_live_with_them_or_with_a_reason_to_go_without(keys: dict[str, str],
                                                                  tmp_path: Path) -> None:
    assert live(tmp_path, **keys).live


# --- secrets --------------------------------------------------------------------------------------


def test_a_secret_is_looked_for_among_the_credentials_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    credentials, beside = tmp_path / "credentials", tmp_path / "beside"
    for folder in (credentials, beside):
        folder.mkdir()
        (folder / "password").write_text(f"{folder.name}\n")
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    assert settings.secret("password", beside, "inbox.password_file") == "beside"
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    assert settings.secret("password", beside, "inbox.password_file") == "credentials"
    (credentials / "password").unlink()
    assert settings.secret("password", beside, "inbox.password_file") == "beside"


def test_a_missing_secret_is_named_with_where_it_was_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials"))
    with pytest.raises(Misconfigured) as refused:
        settings.secret("password", tmp_path, "inbox.password_file")
    assert str(refused.value) == (
        f"inbox.password_file: no file 'password' in {tmp_path / 'credentials'} or {tmp_path}; "
        "put the secret there, mode 0600"
    )


def test_a_secret_that_cannot_be_read_is_named_and_not_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    (tmp_path / "folder").mkdir()
    (tmp_path / "octets").write_bytes(b"\xff\xfehunter2")
    with pytest.raises(Misconfigured,
                       match=r"inbox\.password_file: cannot read .*folder: .*Is a directory"):
        settings.secret("folder", tmp_path, "inbox.password_file")
    with pytest.raises(Misconfigured,
                       match=r"inbox\.password_file: cannot read .*octets") as refused:
        settings.secret("octets", tmp_path, "inbox.password_file")
    assert "hunter2" not in str(refused.value)


def test_keys_are_read_a_line_each_and_the_first_signs() -> None:
    found = settings.keys(f"# ours\n\nb {SECRET} 2027-12-31\na {SECRET} 2026-12-31\n",
                          "token.key_file")
    assert [(key.kid, key.until) for key in found.values()] == [("b", date(2027, 12, 31)),
                                                                ("a", date(2026, 12, 31))]
    assert found["a"].secret == bytes.fromhex(SECRET)


@pytest.mark.parametrize(("text", "told"), [
    ("", "no key; make one with"), ("# none\n", "no key; make one with"),
    (f"a {SECRET}\n", "line 1 is not `ID SECRET-IN-HEX YYYY-MM-DD`"),
    (f"\na {SECRET} soon\n", "line 2 is not"),
    (f"a {SECRET}x 2027-12-31\n", "line 1 is not"),
    (f"A {SECRET} 2027-12-31\n", "line 1: the id is one of a-z2-7"),
    (f"1 {SECRET} 2027-12-31\n", "the id is one of"),
    (f"ab {SECRET} 2027-12-31\n", "the id is one of"),
    (f"a {SECRET[2:]} 2027-12-31\n", "at least 32 hex digits"),
    (f"a {SECRET} 2570-12-31\n", "line 1: 2570 is a Buddhist year; write 2027-12-31")])
def test_a_key_file_that_cannot_be_used_is_told_by_line_and_never_shown(text: str,
                                                                        told: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        settings.keys(text, "token.key_file")
    assert str(refused.value).startswith("token.key_file: ")
    assert told in str(refused.value)
    assert SECRET[:8] not in str(refused.value)


@pytest.mark.parametrize(("octets", "why"),
                         [(None, "No such file or directory"), (b"\xa1\xd2", "it is not UTF-8")])
def test_a_text_that_cannot_be_read_is_named_with_its_key(octets: bytes | None, why: str,
                                                          tmp_path: Path) -> None:
    if octets is not None:
        (tmp_path / "letter.txt").write_bytes(octets)
    with pytest.raises(Misconfigured) as refused:
        settings.text(tmp_path / "letter.txt", "letter.text")
    remedy = "name a text file in UTF-8 that the daemon may read"
    assert (
        str(refused.value) == f"letter.text: cannot read {tmp_path / 'letter.txt'}: {why}; {remedy}"
    )


def test_a_secret_is_taken_from_where_it_was_renewed_last(tmp_path: Path,
                                                          monkeypatch: pytest.MonkeyPatch) -> None:
    """From what a reload brought, systemd, the credentials folder, or beside the file."""
    handed, brought = tmp_path / "handed", tmp_path / "brought"
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(handed))
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(brought))
    found = []
    for place in ("password", "credentials/password", "handed/secret_password", "handed/password",
                  "brought/password"):
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).write_text(f"{place}\r\n")
        found.append(settings.secret("password", tmp_path, "inbox.password_file"))
    assert found == ["password", "credentials/password", "handed/secret_password",
                     "handed/password", "brought/password"]


def test_a_secret_that_is_empty_is_named_and_no_other_place_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "credentials").mkdir()
    (tmp_path / "credentials/password").write_text("\n")
    (tmp_path / "password").write_text("old\n")
    with pytest.raises(Misconfigured) as refused:
        settings.secret("password", tmp_path, "inbox.password_file")
    assert str(refused.value) == (
        f"inbox.password_file: {tmp_path / 'credentials/password'} is empty; "
        "write the secret into it"
    )


def test_another_file_that_is_not_there_is_not_taken_for_the_configuration(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="name a file that is there"):
        read(tmp_path / "groups.toml", Settings)
