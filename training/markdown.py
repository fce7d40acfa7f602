"""Tables of generated pages, and the marks between which they stand in pages written by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def marks(name: str, writer: str) -> tuple[str, str]:
    """Return the lines before and after what `writer`, a file of the project, puts into a page."""
    return f"<!-- {name}: written by {writer} -->", f"<!-- end of {name} -->"


def between(text: str, name: str, writer: str, content: str) -> str:
    """Return `text` with `content` between its marks, or as it was where it lacks them."""
    first, last = marks(name, writer)
    if first not in text or last not in text:
        return text
    head, _, rest = text.partition(first)
    return f"{head}{first}\n{content}\n{last}{rest.partition(last)[2]}"
