"""Which code made a model: the package's version and, in a checkout, its commit."""

from __future__ import annotations

import functools
import subprocess
from pathlib import Path

from .. import __version__

ROOT = Path(__file__).resolve().parents[1]


@functools.cache
def code_version() -> dict[str, str]:
    """Return MLflow tags: ``heavylegs``, and ``mlflow.source.git.commit`` with ``heavylegs.changed``.

    ``heavylegs.changed`` is ``true`` where files differ from the commit. A wheel has no commit: the
    repository that it happens to be installed in is somebody else's.
    """
    told = {"heavylegs": __version__}
    if not (ROOT / ".git").exists():
        return told
    commit = _git("rev-parse", "HEAD")
    changed = _git("status", "--porcelain", "--untracked-files=no")
    if commit is None or changed is None:
        return told
    return {**told, "mlflow.source.git.commit": commit, "heavylegs.changed": str(bool(changed)).lower()}


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
