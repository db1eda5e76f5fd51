"""A document with every kind of block and run, in either direction."""

from __future__ import annotations

from typing import Any

from skyaccord.paper.blocks import (
    Document,
    Heading,
    Items,
    Label,
    Paragraph,
    Prose,
    Table,
    Terms,
    code,
    figure,
    filled,
    name,
    strong,
    text,
)

DIGEST = "sha256:" + "8e137e0f" * 8
NASTY = 'say "a\\b" #set page(width: 1pt) *x* _y_ $z$ @l <l> [c] {0} // `r` = h\n- i'


def sample(**changes: Any) -> Document:
    """In Arabic, as an exercise, unless told otherwise."""
    values: dict[str, Any] = {
        "language": "ar",
        "direction": "rtl",
        "title": "Everything",
        "under": (code("everything"), text(" · الإصدار "), figure("7")),
        "blocks": (
            Heading((text("الأطراف"),)),
            Heading((name("Район"),), level=3, own_direction=True),
            Table(((text("الطرف"),), (text("المفتاح"),)), (((code("A"), name("Party A")), (code("k="),)),)),
            Paragraph(
                filled("من {who} على {n}", {"who": name("BAW12/3"), "n": (figure("3,000"), text("ft"))})
            ),
            Label((text("بعبارة الأطراف"), strong("!"))),
            Prose(NASTY),
            Items(((text("أولا"),), (code("36.9°N 35.5°E"),))),
            Items(((text("بلا ترتيب"),),), ordered=False),
            Terms((((code("lights"),), (Prose("Lights on."),)),)),
        ),
        "identity": ("البصمة", DIGEST),
        "page": "صفحة {page} من {pages}",
        "mark": "تمرين",
        "marks": (("تمرين", "هذا تمرين."),),
        "note": "A note",
        "meta": {"skyaccord-digest": DIGEST},
        "attached": {"data.json": b'{"a":1}'},
    }
    return Document(**(values | changes))
