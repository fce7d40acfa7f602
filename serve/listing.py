"""How help lists commands."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup

ORDER = (
    "activities", "export", "weather", "table",
    "import", "note", "check", "forget", "quarantine", "fetch", "simulate", "features", "explain", "what-if", "squad", "predict",
    "review", "effects", "train", "evaluate", "models", "promote", "tune", "audit", "demo",
)  # fmt: skip
"""From the log to the forecast to the model: the order in which they are first needed."""


class Listing(TyperGroup):
    """Commands in the order of their use, each with its whole first sentence: Typer would cut it to the line."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names: those of `ORDER` first, others as they were added."""
        return sorted(super().list_commands(ctx), key=lambda n: ORDER.index(n) if n in ORDER else len(ORDER))

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the list of commands."""
        known = {name: self.commands[name] for name in self.list_commands(ctx)}
        rows = [
            (name, command.get_short_help_str(limit=1000))
            for name, command in known.items()
            if not command.hidden
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)
