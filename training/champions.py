"""Who is champion, who was, and going back: the alias ``champion`` of each registered model."""

from __future__ import annotations

from datetime import UTC, datetime

from ..data.errors import InputError
from . import tracking
from .registry import CHAMPION, PREFIX, client, find, tell, versions

HISTORY = "champions"
"""Tag of a registered model: its champions so far, in order."""
LONGEST_HISTORY = 500
"""Champions that the tag remembers: MLflow's tags hold 5000 characters."""


def champions() -> dict[str, str]:
    """Return the version that holds the alias ``champion``, by registered name."""
    registry, token = client(), None
    found: dict[str, str] = {}
    while True:
        page = registry.search_registered_models(f"name LIKE '{PREFIX}%'", page_token=token)
        found |= {m.name: str(m.aliases[CHAMPION]) for m in page if CHAMPION in m.aliases}
        token = page.token
        if not token:
            return found


def crown(name: str, version: str) -> str | None:
    """Give `version` the alias ``champion``; return the version that had it.

    The registered model keeps the tag ``champions``, all of them in order, which `rollback` goes back
    along; the version keeps ``crowned`` and ``previous_champion``.
    """
    before, history = _so_far(name)
    tell(name, version, {"crowned": _now(), "previous_champion": before or ""})
    _set_champion(name, [*history, version])
    return before


def rollback(name: str) -> tuple[str, str]:
    """Give the alias back to the champion before; return who lost it and who has it now.

    Raises
    ------
    InputError
        Where there is no champion, or none before it.
    """
    name = str(find(name).name)
    now, so_far = _so_far(name)
    if now is None:
        raise InputError(f"{name} has no champion to go back from", mend="see heavylegs models list")
    there = {str(v.version) for v in versions(name)}
    history = [v for v in so_far[:-1] if v in there]  # a version may have been deleted since
    if not history:
        raise InputError(f"{name} has had no champion before version {now}", mend="see heavylegs models list")
    _set_champion(name, history)
    tell(name, now, {"rolled_back": _now()})
    return now, history[-1]


def reigns(name: str) -> list[str]:
    """Return the URIs of those that were champion, in order, the present one last; empty where none was.

    Those that lost the alias by a `rollback` or were deleted since are left out.
    """
    if tracking.nothing_kept():
        return []
    there = {str(v.version) for v in versions(name)}
    if not there:
        return []
    return [f"models:/{name}/{v}" for v in _so_far(name)[1] if v in there]


def _so_far(name: str) -> tuple[str | None, list[str]]:
    """Return the champion of now, None without one, and all so far in order, with it at the end."""
    now, told = champions().get(name), client().get_registered_model(name).tags.get(HISTORY, "")
    history = [v for v in told.split(",") if v]
    if now and history[-1:] != [now]:  # somebody gave it the alias by hand
        history.append(now)
    return now, history


def _set_champion(name: str, history: list[str]) -> None:
    registry = client()
    registry.set_registered_model_alias(name, CHAMPION, history[-1])
    registry.set_registered_model_tag(name, HISTORY, ",".join(history[-LONGEST_HISTORY:]))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
