"""A page carries the rules that can apply to it, and no others."""

import pytest
from markupsafe import Markup

from cdpb.report.lean import lean, rules_for

SHEET = """:root{--ink:#111;--mat:.6rem}
p{margin:0}
.card,.key{color:red}
.wide td,table#matrix td{color:green}
td:where(.n1 :nth-child(1),.n2 :nth-child(2)){text-align:right}
td:not(.gone):is(.x,th){color:blue}
main:has(#matrix){display:block;
h2{margin:0}
}
@media print{
@page{margin:1cm}
.card{color:black;.label{margin:0}}
.key{color:black}
}
td::before{content:var(--c2)}
i{padding:var(--mat);margin:var(--gone,0)}
"""
HELD = {".card", ".n2", "--mat", "--ink"}


def test_what_can_apply_stays_and_what_cannot_goes():
    """Counted by hand: a rule goes with its last selector, a block with its last rule."""
    left = [line for line in rules_for(SHEET, HELD).splitlines() if line]
    assert left == [
        ":root{--ink:#111;--mat:.6rem}",
        "p{margin:0}",
        ".card{color:red}",
        "td:where(.n2 :nth-child(2)){text-align:right}",
        "td:not(.gone):is(.x,th){color:blue}",
        "@media print{",
        "@page{margin:1cm}",
        ".card{color:black;}",
        "}",
        "i{padding:var(--mat);margin:var(--gone,0)}",
    ]


def test_a_sheet_for_all_that_is_held_is_the_same():
    held = HELD | {".key", ".wide", "#matrix", ".n1", ".label", "--c2"}
    assert rules_for(SHEET, held) == SHEET


@pytest.mark.parametrize("name", [".draft", ".signatures"])
def test_what_is_put_on_later_has_its_rules(name):
    """The line of a draft and the sign-off are written onto a page that is finished."""
    page = f"<style>{name}{{color:red}}.other{{color:red}}</style><body></body>"
    assert lean(page) == f"<style>{name}{{color:red}}</style><body></body>"


def test_quotes_are_plain_in_texts_and_escaped_in_attributes():
    """In a text they end nothing; in an attribute they would."""
    page = '<style></style><a title="&#34;a&#34; &amp;">London&#39;s &#34;b&#34; &lt;i&gt;</a>'
    assert lean(page).endswith('<a title="&#34;a&#34; &amp;">London\'s "b" &lt;i&gt;</a>')


def test_markup_is_not_escaped_a_second_time():
    """A page that a template gave would have lost its fonts and the numbers of its sheets."""
    page = '<style>p{font-family:"Arial"}@page{content:"Page"}</style><p>a &amp; b</p>'
    assert lean(Markup(page)) == page
    assert type(lean(Markup(page))) is str


def test_a_block_that_is_never_closed_is_refused():
    with pytest.raises(ValueError, match="never closed"):
        rules_for("@media print{p{margin:0}", set())
