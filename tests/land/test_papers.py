"""The files that the land writes."""

import csv
import io
import json
import tomllib
from datetime import UTC, datetime

import pytest

from sarabanland import country, papers
from sarabanland.clock import Clock
from sarabanland.papers import Ports

HEADING = ("\ufeffรหัสหน่วยงาน,ชื่อหน่วยงาน,ประเภท,จังหวัด,สังกัด,อีเมล,ลิงก์ประกาศ,วันที่ประกาศ,"
           "อีเมลตามประกาศ,สถานะ,รหัสเดิม\r\n")


@pytest.mark.parametrize("size", [1, 2, 50, 300, 8286])
def test_the_same_seed_gives_the_same_bytes(size: int) -> None:
    first, second = (papers.country_files(country.settle(size, 3)) for _ in range(2))
    assert first == second
    assert first != papers.country_files(country.settle(size, 4))


def test_the_register_reads_back_as_it_was_settled() -> None:
    bodies = country.settle(300, 3)
    text = papers.country_files(bodies)["register.csv"]
    assert text.startswith(HEADING)
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert [(row["รหัสหน่วยงาน"], row["อีเมล"], row["รหัสเดิม"]) for row in rows] == [
        (body.code, body.cell, body.former) for body in bodies]
    announced = [bool(row["ลิงก์ประกาศ"] or row["วันที่ประกาศ"]) for row in rows]
    assert announced == [body.announced is not None for body in bodies]


@pytest.mark.parametrize("size", [1, 2, 50, 300, 8286])
def test_the_truth_adds_up(size: int) -> None:
    truth = json.loads(papers.truth(country.settle(size, 3)))
    assert sum(truth["census"].values()) == truth["total"] == size
    assert len(truth["census"]) == 11
    assert len(truth["agencies"]) == size + truth["exempt"]


def test_the_configuration_is_toml_that_points_at_the_land() -> None:
    began = datetime(2026, 11, 22, 15, 0, 0, 123456, UTC)
    settings = tomllib.loads(papers.configuration(Ports(relay=1, inbox=2, dns=3),
                                                  Clock(7200.0, began)))
    assert (settings["relay"]["port"], settings["inbox"]["port"]) == (1, 2)
    assert settings["dns"]["resolvers"] == ["127.0.0.1:3"]
    shows = datetime.fromisoformat("2026-02-22T08:30+07:00")
    assert settings["clock"] == {"rate": 7200.0, "began": began, "shows": shows}
    assert settings["live"] is False


def test_the_key_of_the_tokens_is_one_line_of_sixty_four_hex_digits() -> None:
    kid, key, until = papers.secrets_of(5)["token.keys"].split()
    assert (kid, len(bytes.fromhex(key)), until) == ("a", 32, "2099-12-31")
    assert papers.secrets_of(5) == papers.secrets_of(5) != papers.secrets_of(6)
