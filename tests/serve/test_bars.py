"""Drawings: tired is right and up, fresh is left and down, and a gap stays a gap."""

from __future__ import annotations

import re
from datetime import date, timedelta

from heavylegs.serve.bars import Waterfall, history_chart, scale_strip

MORNING = date(2020, 1, 14)


def places(svg: str, css: str) -> list[tuple[float, float]]:
    """Return the centres of the circles of a class, in per cent from the left and pixels from the top."""
    found = re.findall(rf'<circle class="{css}" cx="([\d.]+)%" cy="([\d.]+)"', svg)
    return [(float(x), float(y)) for x, y in found]


def test_the_strip_runs_from_fresh_to_exhausted_and_shows_the_range_where_it_lies():
    svg = str(scale_strip(5.4, 4.0, 6.9, 4.6))
    assert places(svg, "pin") == [(54.0, 43.0)]
    assert '<rect class="range" x="40.00%" y="34" width="29.00%"' in svg
    assert re.search(r'<text class="fresh" x="0.00%"[^>]*>0 fresh<', svg)
    assert re.search(r'<text class="tired" x="100.00%"[^>]*>10 exhausted<', svg)
    assert "forecast 5.4, likely range 4.0 to 6.9, your usual 4.6" in svg
    assert "range" not in str(scale_strip(5.4, None, None, None))


def test_bars_go_up_to_the_right_and_down_to_the_left():
    drawn = Waterfall([4.7, 5.2, 4.9])
    assert 0 < drawn.x(4.7) < drawn.x(4.9) < drawn.x(5.2) < 100
    for before, after, way in ((4.7, 5.2, "up"), (5.2, 4.9, "down")):
        svg = str(drawn.bar(before, after))
        left, width = re.search(rf'<rect class="{way}" x="([\d.]+)%" y="50%" width="([\d.]+)%"', svg).groups()
        ends = sorted((drawn.x(before), drawn.x(after)))
        assert [float(left), float(left) + float(width)] == [round(ends[0], 2), round(ends[1], 2)]


def test_mornings_stand_on_their_day_at_their_height_and_only_neighbours_are_joined():
    recent = [
        (MORNING - timedelta(days=n), value) for n, value in ((57, 1.0), (56, 0.0), (55, 10.0), (28, 5.0))
    ]
    svg = str(history_chart(recent, MORNING, 6.0, 4.0, 8.0, 5.0))
    assert [x for x, _ in places(svg, "dot")] == [8.0, 9.57, 52.0]
    low, high, middle = (y for _, y in places(svg, "dot"))
    assert (low, middle, high) == (152.0, 82.0, 12.0)
    assert places(svg, "pin") == [(96.0, 68.0)]
    assert svg.count('class="trace"') == 1
    assert "3 morning ratings" in svg
