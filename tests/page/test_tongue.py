"""A template in one language has its words alone; the other's are not even looked up."""

import pytest

from sarabanwatch.core.judging.group import Group
from sarabanwatch.page import GroupLabel, PageEdition, views
from sarabanwatch.page.tongue import templates

LABELS = {group: GroupLabel(f"ก{group}", f"E{group}") for group in Group}
PAGES = templates(views.tools(PageEdition(LABELS)))


@pytest.mark.parametrize(("template", "thai", "english"), [
    ('{{ say("ก", "k") }}', "ก", "k"),
    ('{{ say("ก" if x else "ข", "k" ~ x) }}', "ก", "k1"),
    ('{{ say(f("ก", x), f(f("k"), "(,")) }}', "[ก1]", "[[k](,]"),
    ('{{ say({"a": (1, 2)}["a"][0], [3, 4][1]) }}', "1", "4"),
    ('{{ say("ก" + say("ข", "x"), say("y", "k")) }}', "กข", "k"),
    ('{{ say(*both) }}{{ say("<", none_such) if x else say(none_such, ">") }}', "ก&lt;", None),
    ('{{ "ไป %s" % say(x, 2) }} say("ก", "k")', 'ไป 1 say("ก", "k")', None),
])
def test_of_two_words_that_of_the_language_is_left(
    template: str, thai: str, english: str | None,
) -> None:
    values = {"x": 1, "both": ("ก", "k"), "f": lambda *words: f"[{''.join(map(str, words))}]"}
    assert PAGES["th"].from_string(template).render(values) == thai
    if english is not None:
        assert PAGES["en"].from_string(template).render(values) == english
