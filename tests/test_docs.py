"""The pages keep their word: links lead somewhere, and every command and option that they name exists."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import pytest
from heavylegs.serve.cli import app, main
from typer.main import get_command

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "docs/accuracy.sh"])
MAKE = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
OTHERS = ("--backend-store-uri",)  # MLflow's own

every_page = pytest.mark.parametrize("page", PAGES, ids=[p.name for p in PAGES])


def slug(heading: str) -> str:
    """Return the anchor that a heading gets."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def code(text: str) -> list[str]:
    """Return the code spans of a page, and the lines of its code blocks without their comments."""
    fenced = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [line.partition(" #")[0] for block in fenced for line in block.replace("\\\n", " ").splitlines()]
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))
    return [c.strip() for c in (*lines, *spans)]


@every_page
def test_links_lead_somewhere(page):
    for target in re.findall(r"(?:\]\(|src=\")([^)\"\s]+)[)\"]", page.read_text(encoding="utf-8")):
        if target.startswith(("http:", "https:")):
            continue
        name, _, anchor = target.partition("#")
        file = page.parent / name if name else page
        assert file.exists(), f"{page.name}: {target}"
        if anchor:
            headings = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in map(slug, headings), f"{page.name}: {target}"


@pytest.fixture(scope="module")
def options_of():
    """Return a function from the words of a command to its options, None where there is no such command."""

    @functools.cache
    def ask(words: tuple[str, ...]) -> set[str] | None:
        from io import StringIO

        with pytest.MonkeyPatch.context() as patch:
            told = StringIO()
            patch.setattr("sys.stdout", told)
            patch.setattr("sys.stderr", StringIO())
            patch.setenv("COLUMNS", "200")
            if main([*words, "--help"]) != 0:
                return None
        return set(re.findall(r"(?<!\w)--[a-z][\w-]*", told.getvalue()))

    return ask


@pytest.fixture(scope="module")
def commands(options_of) -> list[tuple[str, ...]]:
    """Return the words of every command that there is."""
    assert options_of(())  # the first call is what registers them

    def below(group, words=()):
        for name, command in group.commands.items():
            yield from below(command, (*words, name)) if hasattr(command, "commands") else [(*words, name)]

    return list(below(get_command(app)))


@every_page
def test_commands_and_their_options_exist(page, options_of):
    shell = page.suffix == ".sh"
    text = page.read_text(encoding="utf-8")
    for line in text.replace("\\\n", " ").splitlines() if shell else code(text):
        match = re.match(r"(?:\S*/)?heavylegs((?: +[a-z]+(?:-[a-z]+)*)*)(.*)", line)
        if not match:
            continue
        words, rest = tuple(match[1].split()), match[2]
        while words and options_of(words) is None:  # the last words may be arguments, as of `fetch pmdata`
            words = words[:-1]
        assert words or not match[1].strip(), f"{page.name}: {line}"
        for option in re.findall(r"(?<!\w)--[a-z][\w-]*", rest):
            assert option in options_of(words), f"{page.name}: {line}"


@every_page
def test_options_named_alone_and_make_targets_exist(page, options_of, commands):
    known = {*OTHERS}.union(*(options_of(words) for words in commands))
    for span in code(page.read_text(encoding="utf-8")):
        for option in re.findall(r"^--[a-z][\w-]*", span):
            assert option in known, f"{page.name}: {span}"
        for target in re.findall(r"^make ([a-z]+)\b", span):
            assert target in MAKE, f"{page.name}: {span}"


def test_the_readme_lists_every_command(commands):
    table = (ROOT / "README.md").read_text(encoding="utf-8").partition("## All commands")[2]
    named = {
        span for row in table.splitlines() if row.startswith("| `") for span in code(row.split(" | ")[0])
    }
    for words in commands:
        command = " ".join(words)
        assert any(re.match(rf"{command}\b", span) for span in named), command
