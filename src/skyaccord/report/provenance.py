"""Where it all came from, and how it was computed: enough to do it again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from skyaccord import __version__
from skyaccord.drawing.markup import Child, Markup, element, join
from skyaccord.report.explained import QUALITY_MEANS

METHOD: Final = """\
Positions are compared on the WGS 84 ellipsoid, altitudes as pressure altitude, times in UTC. Between two
samples of one aircraft the position moves straight and the altitude changes evenly; on this model every
entry, exit and closest point of approach is solved in closed form, so that nothing between samples is
missed. The geometry is exact to centimetres. What an aircraft did between two samples is not known: with
acceleration a, samples T seconds apart leave up to a·T²/8, which is 21 m in a standard-rate turn at 250
kt with samples 5 s apart, and 190 m with 15 s. The closest point of approach is the instant of the least
max(horizontal/limit, vertical/limit). A report says what a recording shows; it is not a finding about
anybody's conduct."""

if TYPE_CHECKING:
    from skyaccord.encounters import Encounters


def provenance(
    encounters: Encounters, command: str | None, attribution: Sequence[str], written: str
) -> Markup:
    """Files with digests, parameters, program, attribution."""
    names = ("file", "bytes", "format", "times read as", "SHA-256")
    body = [
        element(
            "tr",
            element("td", element("bdi", source.path)),
            element("td", f"{source.bytes:,}", class_="right"),
            element("td", source.format),
            element("td", source.timezone),
            element("td", element("code", source.sha256 or "none: a table in memory")),
        )
        for source in encounters.provenance
    ]
    files = element(
        "table",
        element("thead", element("tr", *(element("th", name, scope="col") for name in names))),
        element("tbody", *body),
        class_="facts",
    )
    facts: list[tuple[str, Child]] = [
        ("Program", f"SkyAccord {__version__}"),
        ("Written", written),
        ("Command", element("code", command) if command else None),
        *((f"Asked: {name}", element("code", value)) for name, value in encounters.asked.items()),
        *(("Attribution", line) for line in attribution),
    ]
    listed = [join(element("dt", name), element("dd", value)) for name, value in facts if value is not None]
    return join(element("div", files, class_="wide"), element("dl", *listed, class_="terms"))


def method() -> Markup:
    """The model in a paragraph, and the quality codes."""
    codes = [
        join(element("dt", element("code", code)), element("dd", meaning))
        for code, meaning in QUALITY_MEANS.items()
    ]
    return join(
        element(
            "p",
            METHOD,
        ),
        element("dl", *codes, class_="terms"),
        element(
            "p",
            "The numbers behind every figure are in this file, as JSON in the element ",
            element("code", "skyaccord-data"),
            ".",
        ),
    )
