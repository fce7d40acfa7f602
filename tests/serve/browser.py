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

CONTRAST = """(() => {
  const parts = css => (css.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [[r, 0.2126], [g, 0.7152], [b, 0.0722]].reduce((sum, [v, share]) =>
    sum + share * (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4), 0);
  const ground = node => {
    for (let at = node; at; at = at.parentElement) {
      const colour = parts(page.defaultView.getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  return [...page.body.querySelectorAll("*")].flatMap(node => {
    const words = [...node.childNodes].filter(n => n.nodeType === 3).map(n => n.data.trim()).join("");
    if (!words || node.closest("style")) return [];
    const css = page.defaultView.getComputedStyle(node);
    const [a, b] = [light(parts(node instanceof page.defaultView.SVGElement ? css.fill : css.color)), light(ground(node))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const size = parseFloat(css.fontSize), large = size >= 24 || (size >= 18.66 && css.fontWeight >= 700);
    return ratio < (large ? 3 : 4.5) ? [words.slice(0, 40) + " " + ratio.toFixed(2)] : [];
  });
})()"""
"""Words that stand out too little from what is behind them."""
OUTSIDE = """[...page.querySelectorAll("section *")].filter(node => {
  const box = node.getBoundingClientRect(), card = node.closest("section").getBoundingClientRect();
  return box.width > 2 && !node.closest(".wide, svg") && (box.right > card.right - 4 || box.left < card.left + 4);
}).map(node => node.tagName + " " + node.textContent.trim().slice(0, 40))"""
"""Parts that reach out of their section or touch its rim; what scrolls by itself may."""


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
