"""The examples in docstrings are true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import heavylegs
import pytest

MODULES = [
    f"heavylegs.{package}.{module.name}" if not sub else f"heavylegs.{package}.{sub}.{module.name}"
    for package, sub in (
        ("data", ""), ("data", "readers"), ("features", ""), ("models", ""), ("training", ""), ("serve", "")
    )
    for module in pkgutil.iter_modules(
        importlib.import_module(f"heavylegs.{package}" + (f".{sub}" if sub else "")).__path__
    )
    if not module.ispkg
]  # fmt: skip


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    failed, _ = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert failed == 0


def test_the_package_is_the_repository():
    assert heavylegs.__version__
