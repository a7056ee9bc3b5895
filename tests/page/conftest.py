"""A site collects garbage whenever it is read anew: here that would be all that pytest holds."""

import gc

import pytest


@pytest.fixture(autouse=True)
def the_garbage_of_pytest_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gc, "collect", lambda: 0)
