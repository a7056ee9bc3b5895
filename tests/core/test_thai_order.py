"""Names stand as in a Thai dictionary, on page, paper and terminal."""

import pytest

from sarabanwatch.core.facts.provinces import PROVINCES
from sarabanwatch.core.facts.thai_order import thai_order


@pytest.mark.parametrize("names", [
    ["กระบี่", "กรุงเทพมหานคร", "กาญจนบุรี", "กาฬสินธุ์", "กำแพงเพชร"],
    ["เชียงราย", "เชียงใหม่", "ตรัง", "อุตรดิตถ์"],
    ["นครพนม", "น่าน", "บึงกาฬ"], ["พะเยา", "พัทลุง", "แพร่", "ภูเก็ต"],
    ["มุกดาหาร", "แม่ฮ่องสอน", "ยโสธร"], ["สกลนคร", "สงขลา", "สระแก้ว", "สระบุรี"],
], ids=lambda names: names[0])
def test_a_leading_vowel_counts_after_its_consonant_and_a_tone_mark_last(names: list[str]) -> None:
    assert sorted(names, key=thai_order) == names


def test_no_two_provinces_stand_in_the_same_place() -> None:
    assert len({thai_order(each.thai) for each in PROVINCES}) == len(PROVINCES)
