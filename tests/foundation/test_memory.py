"""Loops without the collector of cyclic garbage."""

from __future__ import annotations

import gc

import pytest

from collector.foundation.memory import no_collecting


def test_collecting_goes_on_after_the_outermost_block() -> None:
    with no_collecting():
        with no_collecting():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_collecting_goes_on_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), no_collecting():
        print(1 // 0)
    assert gc.isenabled()
