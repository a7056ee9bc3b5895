"""Domains in Thai letters, under .ไทย, are judged as any other; letters go to their A-labels."""

import pytest

from fakes.samples import agency
from sarabanwatch.core.address import judge, same_addresses, suggestion
from sarabanwatch.settings import address_rules, shipped

RULES = address_rules(shipped("address-rules.toml"))
THAI = "saraban@สำนักงาน.รัฐบาล.ไทย"
ENCODED = "saraban@xn--12cm6cc5fxbfe1v.xn--h3cuzk1di.xn--o3cw4h"


@pytest.mark.parametrize("cell", [THAI, ENCODED, f" {THAI}\n"])
def test_an_address_under_a_thai_domain_is_right_and_is_written_to_as_mail_has_it(
    cell: str,
) -> None:
    judged = judge(agency(cell, "1001"), RULES)
    assert (judged.broken, judged.writable) == ((), ENCODED)


@pytest.mark.parametrize(("cell", "name"), [
    (f"อีเมล : {THAI}", "tidy-cell"), (f"{THAI}โทร. 02", "an-address"),
    (f"{THAI} โทร. 02", "tidy-cell"),
    (f"info@{THAI.partition('@')[2]}", "begins-with-saraban"),
    ("saraban@กรม.ไทย", "official-domain"),
    ("saraban@xn--h3cuzk1di.xn--o3cw4h", "domain-with-a-name"),
    ("saraban@xn--e1afmkfd.xn--o3cw4h", "plain-domain")])
def test_an_address_under_a_thai_domain_is_judged_as_any_other(cell: str, name: str) -> None:
    assert name in [r.name for r in judge(agency(cell, "1001"), RULES).broken]


def test_what_to_write_instead_is_told_as_people_write_it() -> None:
    a = agency(f"อีเมล : {THAI}", "1001")
    assert suggestion(a, RULES) == THAI
    assert same_addresses(THAI, ENCODED)


@pytest.mark.parametrize("unseen", ["\ufe0f", "\u3164", "\u034f", "\u200b", "\u00ad", "\u2060"])
def test_what_nobody_sees_is_no_part_of_an_address(unseen: str) -> None:
    judged = judge(agency(f"saraban{unseen}@one.go.th", "1001"), RULES)
    assert judged.addresses == ("saraban@one.go.th",)
