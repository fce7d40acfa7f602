"""The examples in docstrings are true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import heavylegs
import pytest

MODULES = [
    module.name
    for room in ("data", "features", "models", "training", "serve")
    for module in pkgutil.walk_packages(
        importlib.import_module(f"heavylegs.{room}").__path__, f"heavylegs.{room}."
    )
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    failed, _ = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert failed == 0


def test_the_package_is_the_repository():
    assert heavylegs.__version__
