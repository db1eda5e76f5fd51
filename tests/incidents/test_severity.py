"""Which numbers propose which value, by table. The thresholds are those of the named standards."""

import pytest

from skyaccord.incidents.scales import NMAC_HORIZONTAL_NM, SCALES, WELL_CLEAR_HORIZONTAL_NM
from skyaccord.incidents.severity import Inputs, Proposal, gravest, propose


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
    (seen(15.0, 0, "approach", conduct_not_kept=1), "E", "no", "serious"),
    (seen(None, None, None, conduct_not_kept=2), "D", "undetermined", "serious"),
]


@pytest.mark.parametrize(("inputs", "airprox", "nmac", "encounter"), TABLE)
def test_proposals(inputs: Inputs, airprox: str, nmac: str, encounter: str) -> None:
    found = propose(inputs)
    assert {name: one.value for name, one in found.items()} == {
        "airprox": airprox, "nmac": nmac, "encounter": encounter,
    }  # fmt: skip


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
