"""`pause`, `pause list`, `resume`: who is paused, from when, until when, by whom; in two languages.
"""

import json
from pathlib import Path

import pytest

from fakes.verbs import Run

HEAD = "รหัส,ชื่อหน่วยงาน,ประเภท,จังหวัด,สังกัด,อีเมล\n"
REGISTER = HEAD + """1001,กรมหนึ่ง,กรม,น่าน,กระทรวงการคลัง,saraban@one.go.th
1002,กรมสอง,กรม,น่าน,กระทรวงการคลัง,saraban@two.go.th
1003,กรมสาม,กรม,แพร่,กระทรวงมหาดไทย,saraban@one.go.th
1004,กระทรวงการคลัง,กระทรวง,กรุงเทพมหานคร,,saraban@mof.go.th
"""
DECIDED = ("--by", "สมศรี", "--why", "ย้ายศูนย์ข้อมูล")
ENDS = ("--until", "2099-12-31T06:00")


@pytest.fixture
def config(config: Path, run: Run) -> Path:
    (config.parent / "list.csv").write_text(REGISTER, encoding="utf-8")
    assert run("register", "import", config.parent / "list.csv", "-c", config)[0] == 0
    return config


@pytest.mark.parametrize(("words", "whom", "thai"), [
    (("all",), "everything (nothing is sent, the inbox is not read)", "ทั้งระบบ"),
    (("letters",), "all letters (we go on listening)", "หนังสือทดสอบทุกฉบับ"),
    (("ministry", "กระทรวงการคลัง"), "superior กระทรวงการคลัง (3 agencies)", "สังกัด กระทรวงการคลัง (3"),
    (("ministry", "มหาดไทย"), "superior กระทรวงมหาดไทย (1 agency)", "สังกัด กระทรวงมหาดไทย"),
    (("province", "น่าน"), "province น่าน (2 agencies)", "จังหวัด น่าน (2 หน่วยงาน)"),
    (("host", "ONE.go.th"), "mail host one.go.th (2 agencies)", "เครื่องแม่ข่ายอีเมล one.go.th"),
    (("agency", "กรมสอง"), "agency 1002", "หน่วยงาน 1002"),
])
def test_each_level_is_paused_listed_in_two_languages_and_resumed(
    run: Run, config: Path, words: tuple[str, ...], whom: str, thai: str,
) -> None:
    code, out, err = run("pause", *words, *ENDS, *DECIDED, "--lang", "en", "-c", config)
    assert (code, err) == (0, "")
    assert out == (f"1  {whom}: paused now, until 2099-12-31 06:00 +07\n"
                   "   by สมศรี: ย้ายศูนย์ข้อมูล\n")
    assert run("pause", "list", "--lang", "en", "-c", config) == (0, out, "")
    assert thai in run("pause", "list", "-c", config)[1]
    found = json.loads(run("pause", "list", "--json", "-c", config)[1])
    assert (found["level"], found["in_force"], found["by"]) == (words[0], True, "สมศรี")
    code, out, err = run("resume", 1, "--by", "สมชาย", "--why", "done", "--lang", "en", "-c",
                         config)
    assert (code, err, out) == (0, "", f"tested again: {whom}\n")
    assert run("pause", "list", "-c", config)[1] == "ไม่มีการพักการทดสอบ\n"
    assert "; ended by สมชาย done\n" in run("pause", "list", "--all", "--lang", "en", "-c",
                                           config)[1]


@pytest.mark.parametrize(("level", "key"), [
    ("all", ""), ("ministry", "กระทรวงการคลัง"), ("host", "one.go.th"), ("agency", "1001")])
def test_an_agency_says_that_it_is_paused_and_one_that_is_not_does_not(
    run: Run, config: Path, level: str, key: str,
) -> None:
    run("pause", level, *filter(None, [key]), *ENDS, *DECIDED, "-c", config)
    paused = json.loads(run("agency", "show", "1001", "--json", "-c", config)[1])
    assert paused["next"]["when"] == "paused"
    assert "testing is paused, until" in run("agency", "show", "1001", "--lang", "en", "-c",
                                             config)[1]
    other = json.loads(run("agency", "show", "1002", "--json", "-c", config)[1])
    assert (other["next"]["when"] == "paused") is (level in {"all", "ministry"})


def test_a_weekly_window_and_one_without_an_end_say_so(run: Run, config: Path) -> None:
    run("pause", "ministry", "กระทรวงการคลัง", "--every", "เสาร์ 22.00-04.00", "--from", "2099-01-01",
        *DECIDED, "-c", config)
    run("pause", "agency", "1001", *DECIDED, "-c", config)
    weekly, endless = map(json.loads, run("pause", "list", "--json", "-c",
                                          config)[1].splitlines())
    assert (weekly["every"], weekly["next"]) == ("sat 22:00-04:00", "2099-01-03T22:00:00+07:00")
    assert (endless["until"], endless["days_without_end"]) == (None, 0)
    said = run("pause", "list", "--lang", "en", "-c", config)[1]
    assert "to be paused from 2099-01-03 22:00 +07; only in the hours sat 22:00-04:00 +07" in said
    assert "paused now, without an end, since" in said
    assert "for 0 days; `resume` ends it" in said


@pytest.mark.parametrize(("words", "why"), [
    (("ministry", "กระทรวงการครัง"), "; did you mean 'กระทรวงการคลัง'"),
    (("ministry", "กระทรวง"), "2 of that name; did you mean 'กระทรวงการคลัง',"),
    (("province", "Atlantis"), "no province 'Atlantis'; `agencies` shows the provinces"),
    (("host", "one.go.tx"), "no host 'one.go.tx'; did you mean 'one.go.th'"),
    (("agency", "กรมร้อย"), "no agency has the code 'กรมร้อย'"),
    (("letters", "--every", "satday 1-2"), "names no hours: write sat 22:00-04:00"),
    (("letters", "--until", "2001-01-01"), "it would be over before it begins"),
    (("letters", "--until", "soon"), "is no day: write"),
    (("agency", "1001", "--by", " "), "say it in words"),
])
def test_what_cannot_be_paused_is_refused_with_the_remedy_and_nothing_is_written(
    run: Run, config: Path, words: tuple[str, ...], why: str,
) -> None:
    code, out, err = run("pause", words[0], *DECIDED, *words[1:], "-c", config)
    assert (code != 0, out) == (True, "")
    assert why in err
    assert run("pause", "list", "--all", "--json", "-c", config)[1] == ""


def test_the_same_is_not_paused_twice_and_what_is_not_paused_not_resumed(
    run: Run, config: Path,
) -> None:
    run("pause", "agency", "1001", *DECIDED, "-c", config)
    code, _, err = run("pause", "agency", "1001", *ENDS, *DECIDED, "-c", config)
    assert (code, "pause 1 stands for the same already; `resume 1` ends it" in err) == (1, True)
    code, _, err = run("resume", 7, "--by", "สมศรี", "-c", config)
    assert (code, "no pause 7 stands; `pause list`" in err) == (1, True)


def test_probe_and_plan_say_who_is_paused(run: Run, config: Path) -> None:
    before = json.loads(run("plan", "--json", "-c", config)[1])
    assert before["paused"] == 0
    run("pause", "ministry", "กระทรวงการคลัง", *ENDS, *DECIDED, "-c", config)
    found = json.loads(run("probe", "1001", "--json", "-c", config)[1])
    (paused,) = found["paused"]
    assert (paused["level"], paused["why"]) == ("ministry", "ย้ายศูนย์ข้อมูล")
    assert "testing is paused: superior" in run("probe", "1001", "--lang", "en", "-c", config)[1]
    assert json.loads(run("probe", "1003", "--json", "-c", config)[1])["paused"] == []
    after = json.loads(run("plan", "--json", "-c", config)[1])
    assert after["paused"] == 3
    assert set(before["hosts"]) - set(after["hosts"]) == {"mof.go.th", "two.go.th"}
    assert "left out: 3 letters of paused agencies" in run("plan", "--lang", "en", "-c", config)[1]


def test_a_letter_is_not_asked_for_of_who_is_paused(run: Run, config: Path) -> None:
    run("pause", "letters", *ENDS, *DECIDED, "-c", config)
    code, _, err = run("probe", "1001", "--now", "-c", config)
    assert code == 1
    assert "paused" in err or "live = false" in err


@pytest.mark.parametrize(("ends", "english", "thai"), [
    (ENDS, "superior กระทรวงการคลัง until 2099-12-31 06:00 +07: ย้ายศูนย์ข้อมูล",
     "สังกัด กระทรวงการคลัง ถึง 31 ธ.ค. 2642 06.00 น. (ไทย): ย้ายศูนย์ข้อมูล"),
    ((), "superior กระทรวงการคลัง until `resume`: ย้ายศูนย์ข้อมูล",
     "สังกัด กระทรวงการคลัง จนกว่าจะสั่ง `resume`: ย้ายศูนย์ข้อมูล")])
def test_how_we_stand_and_a_probe_tell_of_a_pause_in_the_language_that_is_wanted(
    run: Run, config: Path, ends: tuple[str, ...], english: str, thai: str,
) -> None:
    assert run("pause", "ministry", "กระทรวงการคลัง", *ends, *DECIDED, "-c", config)[0] == 0
    for verb in (("status",), ("probe", "1001")):
        assert english in run(*verb, "--lang", "en", "-c", config)[1]
        assert thai in run(*verb, "-c", config)[1]
        (told,) = json.loads(run(*verb, "--json", "-c", config)[1])["paused"]
        assert (told["level"], told["name"]) == ("ministry", "กระทรวงการคลัง")
        assert bool(told["until"]) == bool(ends)


def test_an_inbox_that_is_left_alone_is_not_said_to_be_unknown(run: Run, config: Path) -> None:
    run("pause", "all", *ENDS, *DECIDED, "-c", config)
    assert "left alone, as was asked for" in run("status", "--lang", "en", "-c", config)[1]
