"""Pages as a browser lays them out."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

OPTIONS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
WIDTHS = "[page.documentElement.scrollWidth, page.documentElement.clientWidth]"


def laid_out(folder: Path, pages: Mapping[str, str], width: int, measure: str = WIDTHS) -> dict[str, Any]:
    """Return what the script `measure` finds in each `page`, shown `width` px wide with all details open.

    Skips where there is no chromium.
    """
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is not installed")
    opened = {name: re.sub(r"<details(?! open)", "<details open", page) for name, page in pages.items()}
    frames = "".join(
        f'<iframe title="{html.escape(name)}" srcdoc="{html.escape(page)}" width="{width}" height="900" '
        'style="border:0"></iframe>'
        for name, page in opened.items()
    )
    # The frames are of the wrapper's own origin, so that its script may measure them.
    wrapper = folder / "wrapper.html"
    wrapper.write_text(
        f"""<!doctype html><meta charset="utf-8">{frames}<pre id="seen"></pre><script>
        const look = page => {measure};
        onload = () => document.getElementById("seen").textContent = JSON.stringify(Object.fromEntries(
          [...document.querySelectorAll("iframe")].map(f => [f.title, look(f.contentDocument)])));
        </script>""",
        encoding="utf-8",
    )
    command = [chromium, *OPTIONS.split(), f"--user-data-dir={folder / 'profile'}", "--dump-dom"]
    done = subprocess.run(
        [*command, wrapper.as_uri()], capture_output=True, text=True, timeout=120, check=False
    )
    seen = re.search(r'<pre id="seen">(.+?)</pre>', done.stdout, re.DOTALL)
    assert seen, done.stderr
    found: dict[str, Any] = json.loads(html.unescape(seen[1]))
    assert found.keys() == pages.keys()
    return found
