"""Pictures are whole markup without style, say their numbers in words, escape what they say."""

import re
from xml.etree import ElementTree

import pytest

from academy.web.line_pictures import Line, lines
from academy.web.pictures import Bar, Frame, Tile, bars, tiles, together

FRAME = Frame("one", "Seats", "How many seats")
ROWS = [Bar("Court <A>", [3.0, 1.0], "4"), Bar("B" * 60, None, "not shown")]
PICTURES = {
    "bars": bars(FRAME, ROWS, series=["own", "other"]),
    "together": together(FRAME, ROWS, series=["asked", "given"]),
    "lines": lines(FRAME, ["Jan", "Feb", "Mar"], [Line("absent", [1.0, None, 5.0])], unit="%"),
    "tiles": tiles(FRAME, [Tile(2, 3, "Abai", "70 %", "Abai Region", 0.7)]),
    "empty bars": bars(FRAME, []),
    "empty lines": lines(FRAME, [], [Line("absent", [])]),
    "empty tiles": tiles(FRAME, []),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_whole_markup_with_a_name_and_no_style(name):
    root = ElementTree.fromstring(PICTURES[name])  # noqa: S314 - our own markup

    assert root.attrib["role"] == "img"
    spoken = {element.attrib["id"]: element.text for element in root if "id" in element.attrib}
    assert [spoken[key] for key in root.attrib["aria-labelledby"].split()] == [
        "Seats",
        "How many seats",
    ]
    assert not re.search(r"\bstyle=|<script|\bon\w+=", PICTURES[name])


def test_parts_stand_behind_one_another_on_one_scale_and_differ_by_more_than_colour():
    root = ElementTree.fromstring(PICTURES["bars"])  # noqa: S314 - our own markup
    first, second = [one for one in root.iter("rect") if one.attrib["width"].endswith("%")]

    assert (first.attrib["x"], first.attrib["width"]) == ("0.0%", "75.0%")
    assert (second.attrib["x"], second.attrib["width"]) == ("75.0%", "25.0%")
    assert first.attrib["class"] == "picture-solid"
    assert second.attrib["fill"] == "url(#one-hatch-1)"


def test_a_long_name_is_cut_and_told_whole_and_nothing_is_drawn_for_a_hidden_number():
    drawn = bars(FRAME, ROWS[1:])

    assert "B" * 33 + "…" in drawn
    assert f"<title>{'B' * 60}</title>" in drawn
    assert "not shown" in drawn
    assert "<rect" not in drawn


def test_a_line_has_a_gap_where_there_is_no_number():
    root = ElementTree.fromstring(PICTURES["lines"])  # noqa: S314 - our own markup
    strokes = [one for one in root.iter("line") if "picture-dash-0" in one.attrib["class"]]

    assert len(strokes) == 1  # the one of the legend
    assert len(list(root.iter("circle"))) == 2 + 1 + 2  # of a hatch, of the legend, of the line
