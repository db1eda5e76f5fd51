"""Two nodes, two processes, two folders, one link that is cut, one process that is killed: the whole story.

One test, because it is one story: each step needs the one before. Times are never asserted, only waited for.
"""

from pathlib import Path

from skyaccord.base.times import parse_utc
from tests.node.scene import Party, must, two_parties, wait_for
from tests.node.sky import PAIR

SPEED = 20.0


def alert_where(party: Party, condition) -> dict:
    def look():
        row = party.alert()
        return row if row is not None and condition(row) else None

    return wait_for(f"an alert at {party.id}", look)


def incident_at(party: Party, openers: list[str]) -> dict:
    def look():
        rows = party.get("incidents")
        return rows[0] if rows and sorted(rows[0]["opened_by"]) == openers else None

    return wait_for(f"the incident at {party.id}, opened by {openers}", look)


def link_is(party: Party, word: str) -> dict:
    def look():
        peer = party.peer_link()
        return peer if peer["link"] == word else None

    return wait_for(f"link {word} at {party.id}", look)


def test_the_whole_story(tmp_path: Path) -> None:
    with two_parties(tmp_path) as (a, b):
        both = (a, b)
        for party in both:
            party.serve()
        for party in both:
            link_is(party, "up")
            accords = wait_for("accord in force", lambda p=party: [
                one for one in p.get("status")["accords"] if one["signed_by"] == ["A", "B"]
            ])  # fmt: skip
            assert accords[0]["missing"] == []

        # the sky begins: node.toml changes while the nodes run
        for party in both:
            degrade = "[feed.degrade]\nseed = 7\ntime_jitter_s = 0.4\n" if party is b else ""
            party.feed(speed=SPEED, degrade=degrade)

        # an alert, before the limits are reached, on both, joined from both nodes' observations
        for party in both:
            row = alert_where(party, lambda row: row["state"] == "active")
            assert row["pair"] == PAIR
            assert not row["inside"]
            assert row["horizontal_nm"] > 3.0
            assert row["exercise"]
            assert row["asked"] == {"A": "duty-officer", "B": "duty-officer"}
        row = alert_where(a, lambda row: row["observed_by"] == ["A", "B"])
        assert row["acknowledged_by"] == []

        # B's officer acknowledges at B's console; a stranger cannot; A shows it
        row = alert_where(b, lambda row: row["observed_by"] == ["A", "B"])
        theirs = next(alert["ref"] for alert in row["alerts"] if alert["party"] == "A")
        stranger = b.act({"act": "acknowledge", "of": theirs, "accord": row["accord"]}, key=a.officer)
        assert stranger.status_code == 403
        assert "not enrolled" in stranger.json()["error"]
        answer = b.act({"act": "acknowledge", "of": theirs, "accord": row["accord"]})
        assert answer.status_code == 201, answer.text
        shown = alert_where(a, lambda row: row["acknowledged_by"] == ["B"])
        (acknowledgement,) = shown["acknowledgements"]
        assert acknowledgement["name"] == "Officer of B"
        assert (acknowledgement["party"], acknowledgement["automatic"]) == ("B", False)

        # nobody at A answers: an alarm on both, the deputy is asked
        for party in both:
            row = alert_where(party, lambda row: row["overdue"] == ["A"] and row["asked"]["A"] == "deputy")
            assert row["acknowledged_by"] == ["B"]

        # the link is cut: both say so, and both go on
        a.proxy.cut()
        b.proxy.cut()
        before = {party.id: party.held() for party in both}
        text = "EXERCISE. Line check while the link is cut."
        said = b.act(
            {"act": "message", "to_role": "duty-officer", "text": text, "language": "en", "about": None}
        )
        assert said.status_code == 201, said.text
        for party in both:
            assert link_is(party, "down")["reason"]
        (message,) = b.get("messages")
        assert (message["text"], message["held_by"]) == (text, [])
        assert a.get("messages") == []
        for party in both:
            other = "B" if party is a else "A"
            wait_for("own journal goes on", lambda p=party: p.held()[p.id] > before[p.id][p.id])
            assert party.held()[other] <= before[other][other]

        # each has seen the breach for itself, and opened the incident alone
        for party in both:
            incident_at(party, [party.id])

        # A is killed and started again, in the middle of it; the link comes back; nothing is lost or doubled
        a.kill()
        a.proxy.restore()
        b.proxy.restore()
        a.serve()
        for party in both:
            link_is(party, "up")
            row = incident_at(party, ["A", "B"])
            assert len(party.get("incidents")) == 1
            assert row["reason"] == "breach"
            assert sorted(row["observations"]) == ["A", "B"]
            assert row["pair"] == PAIR
        assert a.get("incidents")[0]["incident"] == b.get("incidents")[0]["incident"]
        held = wait_for("the message at A", lambda: a.get("messages"))
        assert [one["text"] for one in held] == [text]
        wait_for("its receipt at B", lambda: b.get("messages")[0]["held_by"] == ["A"])

        # A answers the message, late; B shows it
        answered = a.act({"act": "acknowledge", "of": held[0]["ref"]})
        assert answered.status_code == 201, answered.text
        wait_for("the answer at B", lambda: b.get("messages")[0]["acknowledged_by"] == ["A"])

        # both hold the same journals, each the other's to the last entry
        wait_for("the journals to converge", lambda: a.held() == b.held())
        assert len({row["event"] for row in a.get("alerts")} - {row["event"] for row in b.get("alerts")}) == 0
        assert [party.stop() for party in both] == [0, 0], a.log() + b.log()

        # from outside, with nothing but the public cards
        for party in both:
            verified = must("journal", "verify", party.folder, "--card", a.card, "--card", b.card)
            assert "UNANCHORED" not in verified
        assert_told_once(both)


def assert_told_once(parties: tuple[Party, Party]) -> None:
    """Each journal tells of each message, acknowledgement and opening once, whoever holds the copy."""
    from skyaccord.base.clock import SystemClock
    from skyaccord.base.randomness import SystemRandomness
    from skyaccord.record.folder import open_folder

    for party in parties:
        folder = open_folder(party.folder)
        store = folder.open_store()
        journal = folder.open_journal(store, None, SystemClock(), SystemRandomness())
        for info in journal.journals():
            entries = list(journal.entries(info.origin))
            assert [entry.sequence for entry in entries] == list(range(len(entries)))
            kinds = [entry.kind for entry in entries]
            assert kinds.count("incident.opened") == 1
            assert kinds.count("message") == (1 if info.party == "B" else 0)
            assert kinds.count("acknowledgement") == 1
            silences = [entry for entry in entries if entry.kind == "silence"]
            assert len({(str(one.body["of"]), one.body["role"]) for one in silences}) == len(silences)
            for entry in entries:
                if entry.kind == "alert":
                    assert parse_utc(entry.body["raised_at"]) <= entry.header.sky_time
        store.close()
