"""Which numbers propose which value, by table. The thresholds are those of the named standards."""

import pytest

from skyaccord.incidents.case import _inside as inside_of
from skyaccord.incidents.scales import NMAC_HORIZONTAL_NM, SCALES, WELL_CLEAR_HORIZONTAL_NM
from skyaccord.incidents.severity import Inputs, Proposal, gravest, propose
from tests.node.test_reconstructing import made, reports


def seen(h: float | None, v: float | None, verdict: str | None = "infringement", **more: object) -> Inputs:
    return Inputs(h, v, verdict, more.pop("confident", True), **more)  # type: ignore[arg-type]


TABLE = [
    # inputs, airprox, nmac, encounter
    (seen(0.05, 50), "A", "yes", "high-risk"),
    (seen(0.05, 150), "B", "no", "serious"),
    (seen(NMAC_HORIZONTAL_NM, 50), "B", "no", "serious"),  # at the edge is not inside
    (seen(0.05, 100), "B", "no", "serious"),
    (seen(0.5, 0), "B", "no", "serious"),
    (seen(WELL_CLEAR_HORIZONTAL_NM, 0), "C", "no", "near-routine"),
    (seen(0.5, 450), "C", "no", "near-routine"),
    (seen(2.0, 0, "breach"), "C", "no", "serious"),
    (seen(15.0, 0, "approach"), "E", "no", "near-routine"),
    (seen(0.3, None), "D", "no", "undetermined"),  # 500 ft apart at least, but how high is not known
    (seen(0.05, None), "D", "undetermined", "undetermined"),
    (seen(2.0, None), "C", "no", "near-routine"),  # far enough whatever the height
    (seen(None, None), "D", "undetermined", "undetermined"),
    (seen(0.05, 50, confident=False), "D", "undetermined", "undetermined"),
    (seen(0.5, 0, confident=False), "D", "no", "undetermined"),
    (seen(0.2, 90, "nmac"), "A", "yes", "high-risk"),  # it passed nearer than at this rule's closest point
    # this side's monitor told of nothing, but its own reports lie inside the accord's limits
    (seen(2.0, 0, None, inside=True), "C", "no", "near-routine"),
    (seen(2.0, 0, None, inside=False), "E", "no", "near-routine"),
    (seen(15.0, 0, "approach", conduct_not_kept=1), "E", "no", "serious"),
    (seen(None, None, None, conduct_not_kept=2), "D", "undetermined", "serious"),
]


@pytest.mark.parametrize(("inputs", "airprox", "nmac", "encounter"), TABLE)
def test_proposals(inputs: Inputs, airprox: str, nmac: str, encounter: str) -> None:
    found = propose(inputs)
    assert {name: one.value for name, one in found.items()} == {
        "airprox": airprox, "nmac": nmac, "encounter": encounter,
    }  # fmt: skip


def test_limits_are_said_to_be_kept_only_where_that_is_known() -> None:
    assert propose(seen(2.0, 0, None))["airprox"].ground == "nothing-graver"
    assert propose(seen(2.0, 0, None, inside=False))["airprox"].ground == "limits-kept"
    assert propose(seen(2.0, 0, "approach"))["airprox"].ground == "limits-kept"


@pytest.mark.parametrize(
    ("combinator", "horizontal_nm", "vertical_ft", "inside"),
    [
        ("either", 2.9, 900, True), ("either", 3.0, 900, False), ("either", 2.9, 1000, False),
        ("either", 2.9, None, None), ("either", 3.1, None, False),
        ("both", 2.9, 9000, True), ("both", 9.0, 900, True), ("both", 9.0, 9000, False),
        ("both", 9.0, None, None),
    ],
)  # fmt: skip
def test_inside_the_limits_as_the_accord_reads_them(
    combinator: str, horizontal_nm: float, vertical_ft: float | None, inside: bool | None
) -> None:
    body = made(reports())
    assert body.closest is not None
    assert body.limits is not None
    limits = {"rule": "three", "horizontal_nm": 3.0, "vertical_ft": 1000.0, "combinator": combinator}
    there = body.model_copy(
        update={
            "closest": body.closest.model_copy(
                update={"horizontal_nm": horizontal_nm, "vertical_ft": vertical_ft}
            ),
            "limits": body.limits.model_copy(update=limits),
        }
    )
    assert inside_of(there) is inside
    own = there.model_copy(update={"limits": body.limits.model_copy(update={**limits, "rule": None})})
    assert inside_of(own) is None  # the watch's own distance is no limit of an accord


def test_every_value_of_every_scale_can_be_proposed() -> None:
    proposed: dict[str, set[str]] = {}
    for inputs, *_ in TABLE:
        for name, one in propose(inputs).items():
            proposed.setdefault(name, set()).add(one.value)
    assert proposed == {name: set(scale.values) for name, scale in SCALES.items()}
    assert all(scale.undetermined in scale.values and scale.source for scale in SCALES.values())


def test_the_gravest_of_two_sides_counts_and_what_is_known_outweighs_what_is_not() -> None:
    c, b, d = (Proposal("airprox", value, "limits-kept") for value in "CBD")
    assert gravest([c, b]) is b
    assert gravest([d, c]) is c
    assert gravest([d, Proposal("airprox", "E", "limits-kept")]).value == "E"  # type: ignore[union-attr]
    assert gravest([d]) is d
    assert gravest([]) is None
