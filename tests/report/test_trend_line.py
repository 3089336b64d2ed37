"""A small line in a cell is drawn from published text, and says it to who can't see it."""

import re
from dataclasses import replace

from cdpb.disclosure.declared import Column
from cdpb.report.tables import shown_table, trend_line
from tests.support.drawn import published


def points(drawing: str) -> list[tuple[int, int]]:
    """The corners of the line, left to right."""
    (path,) = re.findall(r'points="([^"]*)"', drawing)
    return [tuple(map(int, each.split(","))) for each in path.split()]


def test_what_it_shows_is_its_description():
    """Whoever hears the page gets every value that the line has."""
    text = "2019/20 1,105; 2020/21 1,285; 2021/22 1,465"
    assert f'role="img" aria-label="{text}"' in trend_line(text)


def test_a_higher_value_stands_higher_and_years_lie_as_far_apart_as_they_are():
    (one, two, three) = points(trend_line("2015/16 10.0; 2016/17 20.0; 2019/20 10.0"))
    assert two[1] < one[1] == three[1]
    assert three[0] - two[0] == 3 * (two[0] - one[0])


def test_a_level_series_is_a_level_line():
    assert len({y for _, y in points(trend_line("2015 3; 2016 3; 2017 3"))}) == 1


def test_periods_of_several_years_lie_where_they_begin():
    (one, two) = points(trend_line("2013/14 - 15/16 23.1; 2014/15 - 16/17 24.8"))
    assert one[0] < two[0]


def test_one_value_or_none_is_no_line():
    assert trend_line("2021/22 1.4") == ""
    assert trend_line("") == ""


def test_what_came_from_a_file_is_escaped():
    assert "<b>" not in trend_line('2020 1; 2021"><b> 2')


def test_a_column_of_lines_is_drawn_in_the_table_and_kept_as_text_for_the_download():
    text = "2020/21 14.1; 2021/22 19.8"
    plain = published("area_code made\nE09000003 x")
    line = Column(label="Over the years", kind="line")
    table = replace(
        plain,
        described=(plain.described[0], ("made", line)),
        values=((plain.values[0][0], text),),
    )
    (row,) = shown_table(table, "Metrics", id="t").rows
    assert row.cells[1].startswith("<svg")
    assert text in table.to_csv_text()
