"""What a date allows: in a round that has not begun or is closed nothing is held, signed or dealt with."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from skyaccord.base.errors import InputError
from skyaccord.record.fields import EntryRef
from skyaccord.talks.acts import minutes_digest
from skyaccord.talks.protocol import minutes_of
from tests.talks.parley import Desk, both, meet

NOT_COME = "which has not come"
CLOSED = "the round is closed"
CANCELLED = "the round was cancelled"
ABSENT = "no such round is planned"
LATER = timedelta(days=7)
ROUNDS = ("absent", "future", "due", "held", "closed", "cancelled")


def sides_with(state: str) -> tuple[Desk, Desk, EntryRef]:
    """Two sides, an accepted agenda item, and round 1: not planned, to come, due, held, closed, cancelled."""
    ours, theirs = both()
    item = ours.say("talks-agenda", step="request", title="The pass of Saturday")
    meet(ours, theirs)
    theirs.say("talks-agenda", step="accept", item=item)
    if state != "absent":
        starts = ours.now + (LATER if state == "future" else timedelta())
        ours.say("talks-round", step="plan", round=1, starts=starts, by="video")
    if state in ("held", "closed"):
        ours.say("talks-round", step="hold", round=1)
    if state == "cancelled":
        ours.say("talks-round", step="cancel", round=1, because="fog")
    meet(ours, theirs)
    if state == "closed":
        write(ours)
        meet(ours, theirs)
        sign(theirs)
        meet(ours, theirs)
    return ours, theirs, item


def write(desk: Desk) -> None:
    minutes = minutes_of(desk.talks, 1, {"en": "We met."})
    desk.say("talks-minutes", step="minutes", round=1, minutes=minutes, digest=minutes_digest(minutes))


def sign(desk: Desk) -> None:
    desk.say("talks-minutes", step="sign", round=1, digest=next(iter(desk.talks.round(1).minutes)))


@pytest.mark.parametrize(("state", "who"), list(itertools.product(("future", "due"), "AB")))
def test_a_round_is_held_when_its_date_has_come_and_not_before(state: str, who: str) -> None:
    ours, theirs, _ = sides_with(state)
    desk = ours if who == "A" else theirs
    if state == "due":
        desk.say("talks-round", step="hold", round=1)
        assert desk.talks.round(1).state == "held"
        return
    with pytest.raises(InputError, match=NOT_COME) as caught:
        desk.say("talks-round", step="hold", round=1)
    assert str(caught.value).startswith("round 1: it is planned for 2020-")
    assert "plan the date on which you met" in str(caught.value)
    desk.say("talks-round", step="plan", round=1, starts=desk.now, by="call")  # it was earlier, by telephone
    desk.say("talks-round", step="hold", round=1)
    assert desk.talks.round(1).state == "held"


def test_a_round_that_a_peer_says_was_held_before_its_date_is_not_closed_before_it() -> None:
    """A peer's word is on the record whatever it says; our own signature under minutes waits for the date."""
    ours, theirs, _ = sides_with("future")
    theirs.say("talks-round", step="hold", round=1, unchecked=True)
    minutes = minutes_of(theirs.talks, 1, {"en": "We met."})
    digest = minutes_digest(minutes)
    theirs.say("talks-minutes", step="minutes", round=1, minutes=minutes, digest=digest, unchecked=True)
    meet(ours, theirs)
    assert ours.talks.round(1).state == "held"
    with pytest.raises(InputError, match=NOT_COME):
        sign(ours)
    with pytest.raises(InputError, match=NOT_COME):
        write(ours)
    ours.now += LATER
    sign(ours)
    assert ours.talks.round(1).state == "closed"


def test_a_date_moved_while_the_other_side_met_does_not_keep_the_round_from_being_closed() -> None:
    ours, theirs, _ = sides_with("due")
    ours.say("talks-round", step="plan", round=1, starts=ours.now + LATER, by="video")
    theirs.say("talks-round", step="hold", round=1)  # crossed
    meet(ours, theirs)
    write(ours)
    meet(ours, theirs)
    sign(theirs)
    meet(ours, theirs)
    assert [desk.talks.round(1).state for desk in (ours, theirs)] == ["closed", "closed"]


REFUSED = {
    ("request", "closed"): CLOSED,
    ("request", "cancelled"): CANCELLED,
    ("accept", "closed"): CLOSED,
    ("accept", "cancelled"): CANCELLED,
    ("deal", "absent"): ABSENT,
    ("deal", "future"): NOT_COME,
    ("deal", "closed"): CLOSED,
    ("deal", "cancelled"): CANCELLED,
}
"""Everything else of the product below is allowed."""


@pytest.mark.parametrize(("step", "state"), list(itertools.product(("request", "accept", "deal"), ROUNDS)))
def test_an_item_is_asked_for_accepted_for_and_dealt_with_in_an_open_round(step: str, state: str) -> None:
    ours, theirs, item = sides_with(state)
    if step == "accept":
        item = ours.say("talks-agenda", step="request", title="Another pass")
        meet(ours, theirs)
    fields = {"title": "A third"} if step == "request" else {"item": item}
    desk = ours if step == "request" else theirs
    reason = REFUSED.get((step, state))
    if reason is None:
        desk.say("talks-agenda", step=step, round=1, **fields)
        return
    with pytest.raises(InputError, match=reason) as caught:
        desk.say("talks-agenda", step=step, round=1, **fields)
    assert str(caught.value).startswith("round 1: ")


def test_an_item_asked_for_a_round_that_is_closed_is_dealt_with_in_another_one() -> None:
    """Without a round of its own the step is about the one that was named for the item last."""
    ours, theirs, _ = sides_with("held")
    item = ours.say("talks-agenda", step="request", title="Late", round=1)
    meet(ours, theirs)
    theirs.say("talks-agenda", step="accept", item=item)
    meet(ours, theirs)
    write(ours)
    meet(ours, theirs)
    sign(theirs)
    meet(ours, theirs)
    with pytest.raises(InputError, match=CLOSED):
        ours.say("talks-agenda", step="deal", item=item)
    ours.say("talks-round", step="plan", round=2, starts=ours.now, by="video")
    ours.say("talks-agenda", step="deal", item=item, round=2)
    assert ours.talks.item(item).state == "dealt with"


def test_declining_and_withdrawing_need_no_open_round() -> None:
    ours, theirs, item = sides_with("closed")
    theirs.say("talks-agenda", step="decline", item=item, because="not now", round=1)
    ours.say("talks-agenda", step="withdraw", item=item, round=1)
    assert ours.talks.item(item).state == "withdrawn"
