"""`skyaccord incident` and `pack` with what cannot be: one line each that says what to do, and no entry."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from skyaccord.cli.app import main
from tests.node.tabletop import Table, play
from tests.node.test_incident_story import case_of, in_force, say

FROM = ("--from", "2015-10-20T09:00:00Z")
DAY = ("--from", "2015-10-20", "--to", "2015-10-21")
OPEN = ("open", *FROM, "--note", "x")
ALONE = "report.A"


@dataclass(frozen=True)
class Place:
    """Two folders without a running node, one incident, each officer's key."""

    root: Path

    def person(self, party: str) -> list[str]:
        files = {"--as": f"{party}.key", "--person-passphrase-file": "w", "--passphrase-file": "p"}
        return [
            "--node",
            str(self.root / party),
            *(str(x) for o, n in files.items() for x in (o, self.root / n)),
        ]

    @property
    def size(self) -> int:
        return (self.root / "A" / "node.db").stat().st_size


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    root = tmp_path_factory.mktemp("incident")

    async def story(table: Table) -> None:
        a, b = await in_force(table)
        for seat in (a, b):
            seat.officer.save(root / f"{seat.party}.key", "w")
        [accord] = (await a.get("status"))["accords"]
        report = {
            "act": "report-incident", "accord": accord["digest"], "reason": "hand", "note": "Too near.",
            "start": "2015-10-20T09:00:00Z", "end": "2015-10-20T09:00:00Z",
        }  # fmt: skip
        assert (await a.act(report)).status_code == 201
        row = await case_of(a)
        await say(a, row, "incident-account", text="We.", language="en")
        await say(a, row, "incident-fact", step="state", text="Both at FL250.", language="en")
        await table.exchange()

    play(root, story)
    for name, data in (("w", b"w\n"), ("p", b"secret\n"), ("bin", b"\xff\xfe\x00"), ("empty", b"")):
        (root / name).write_bytes(data)
    return Place(root)


def run(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> tuple[Any, str, str]:
    """As from a shell: exit status, output, errors."""
    monkeypatch.setattr("sys.argv", ["skyaccord", *arguments])
    with pytest.raises(SystemExit) as left:
        main()
    told = capsys.readouterr()
    return left.value.code, told.out, told.err


BY_A: list[tuple[tuple[str, ...], str]] = [
    (("open",), "--from TIME"),
    (("open", "--from", "2015-10-20", "--note", "x"), "time zone"),
    (("open", "--from", "11:45 EST", "--note", "x"), "is not a time"),
    (("open", *FROM), "--note TEXT"),
    (("open", *FROM, "--note", "  "), "--note TEXT"),
    (("open", *FROM, "--to", "2015-10-20T08:00:00Z", "--note", "x"), "--to: before --from"),
    (("open", *FROM, "--to", "2015-10-21T08:00:00Z", "--note", "x"), "six hours"),
    ((*OPEN, "--aircraft", "ALFA01"), "six hex digits"),
    ((*OPEN, "--aircraft", "a00001", "--aircraft", "a00001"), "two different ones"),
    ((*OPEN, "--language", "fr"), "'en', 'ru' or 'ar'"),
    ((*OPEN, "--accord", "ffff"), "accord status"),
    (("open", *FROM, "--note", "x" * 4001), "at most 4000"),
    (("open", "--uncoordinated", "b00001", *FROM), "--note TEXT"),
    (("open", "--uncoordinated", "b00001", "--aircraft", "a00001", *FROM, "--note", "x"), "leave out"),
    (("open", "--about", "A"), "PARTY:NUMBER"),
    (("open", "--about", "A:9999"), "no such entry"),
    (("open", "--about", "A:1"), "name an approach"),
    (("open", "--about", "A:1", *FROM), "leave out"),
    (("conduct", "--kept"), "--code"),
    (("conduct", "--code", "lights"), "--kept"),
    (("conduct", "--code", "lights", "--kept"), "--from TIME"),
    (("conduct", "--code", "airmanship", "--kept", *FROM), "it has lights"),
    (("conduct", "--code", "lights", "--kept", "--of", "zzz"), "incident list"),
    (("account", "zzz", "x"), "incident list"),
    (("account", "", "x"), "has a name"),
    (("close", ""), "has a name"),
    (("account", ALONE), "--file FILE"),
    (("account", ALONE, " "), "says nothing"),
    (("account", ALONE, "--file", "@bin"), "not UTF-8"),
    (("account", ALONE, "--file", "@nothing"), "cannot be read"),
    (("account", ALONE, "x" * 20_001), "at most 20000"),
    (("account", ALONE, "x", "--role", "chief"), "not enrolled for the role"),
    (("fact", ALONE, "x" * 1001), "at most 1000"),
    (("agree", ALONE, "1"), "your own side stated it"),
    (("withdraw", ALONE), "--fact N or --question N"),
    (("ask", ALONE, "Q?", "--to", "Z"), "party Z has no part"),
    (("ask", ALONE, "Q?", "--to", "A"), "another party"),
    (("answer", ALONE, "1", "x"), "no question 1"),
    (("severity", ALONE, "--scale", "richter"), "airprox, nmac, encounter"),
    (("severity", ALONE, "--scale", "airprox"), "--value and --because"),
    (("severity", ALONE, "--scale", "airprox", "--value", "Q", "--because", "x"), "E, D, C, B, A"),
    (("close", ALONE, "--reopen", "why"), "has not closed it"),
]
BY_B: list[tuple[tuple[str, ...], str]] = [
    (("agree", ALONE, "7"), "no fact 7"),
    (("agree", ALONE, "one"), "valid integer"),
    (("dispute", ALONE, "1"), "--because"),
    (("dispute", ALONE, "1", "--because", " "), "with the reason"),
    (("withdraw", ALONE, "--fact", "1"), "only they withdraw"),
    (("close", ALONE), "no account"),
]
LOOKING: list[tuple[tuple[str, ...], str]] = [
    (("incident", "report", ALONE), "--replay FILE"),
    (("incident", "report", ALONE, "@x.doc"), "neither .html nor .pdf"),
    (("incident", "report", ALONE, "@x.pdf", "--language", "de"), "en, ru, ar"),
    (("incident", "report", ALONE, "--replay", "@t.csv"), "no reconstruction here"),
    (("incident", "show", "zzz"), "incident list"),
    (("incident", "verify", "sha256:12"), "64 digits"),
    (("incident", "verify", "@bin"), "no joint report"),
    (("pack", "--from", "x", "--to", "2015-10-21"), "is not a time"),
    (("pack", "--from", "2015-10-21", "--to", "2015-10-20"), "in this order"),
    (("pack", *DAY, "--out", "@x.docx"), "no .docx"),
    (("pack", *DAY, "--out", "@w"), "cannot be made"),
    (("pack", *DAY, "--language", "de"), "'en', 'ru', 'ar'"),
    (("pack", "--from", "2015-10-20T01:00Z", "--to", "2015-10-21", "--public"), "only whole days"),
    (("pack", "--from", "2015-10-20", "--to", "2999-01-01", "--public"), "make several"),
]


@pytest.mark.parametrize(
    ("party", "arguments", "says"),
    [("A", *one) for one in BY_A] + [("B", *one) for one in BY_B] + [("", *one) for one in LOOKING],
)
def test_one_line_that_says_what_to_do(  # noqa: PLR0917 (fixtures)
    place: Place, party: str, arguments: tuple[str, ...], says: str,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    given = [str(place.root / one[1:]) if one.startswith("@") else one for one in arguments]
    who = place.person(party) if party else ["--node", str(place.root / "A")]
    before = place.size
    code, out, err = run([*(["incident"] if party else []), *given, *who], monkeypatch, capsys)
    assert (code, out) == (2, ""), err
    assert err.startswith("skyaccord: error: ")
    assert err.count("\n") == 1
    assert says in err
    assert place.size == before


def test_what_was_opened_is_told_by_its_name(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The name is what every other command takes."""
    opened = run(["incident", *OPEN, *place.person("A")], monkeypatch, capsys)
    assert opened[0] == 0, opened[2]
    name = opened[1].split("opened incident ")[1].split()[0]
    code, shown, _ = run(["incident", "show", name, "--node", str(place.root / "A")], monkeypatch, capsys)
    assert (code, name in shown) == (0, True)
    kept = run(
        ["incident", "conduct", "--code", "lights", "--kept", *FROM, *place.person("A")], monkeypatch, capsys
    )
    assert "reported conduct in incident report.A." in kept[1]
