"""What people said, as blocks: accounts, facts agreed and disputed, questions, conduct, lessons."""

from __future__ import annotations

from skyaccord.incidents.case import Case
from skyaccord.incidents.facts import Fact
from skyaccord.incidents.joint.words import Words, time_of
from skyaccord.paper.blocks import Block, Heading, Label, Paragraph, Prose, code, figure, name


def said_blocks(case: Case, words: Words) -> list[Block]:
    """The sections, in the order in which people read them: accounts, then what comes of them."""
    return [
        *_accounts(case, words),
        *_facts(case, words),
        *_questions(case, words),
        *_conduct(case, words),
        *_notes(case, words),
    ]


def _accounts(case: Case, words: Words) -> list[Block]:
    blocks: list[Block] = [Heading(words.say("accounts"))]
    given = case.account_of
    for party in case.parties:
        word = given.get(party)
        if word is None:
            blocks.append(Paragraph(words.say("no_account", party=name(party))))
            continue
        time = time_of(word.recorded_at)
        blocks.append(Label(words.say("account_of", party=name(party), role=name(word.said.role), time=time)))
        blocks.append(Prose(word.said.text))
        earlier = sum(one.party == party for one in case.accounts) - 1
        if earlier:
            blocks.append(Paragraph(words.say("earlier_accounts", n=figure(str(earlier)))))
    return blocks


def _facts(case: Case, words: Words) -> list[Block]:
    by_state = {
        state: [one for one in case.facts if one.state == state]
        for state in ("agreed", "disputed", "stated", "withdrawn")
    }
    blocks: list[Block] = [Heading(words.say("agreed"))]
    blocks += [Prose(fact.text) for fact in by_state["agreed"]] or [Paragraph(words.say("agreed_none"))]
    blocks.append(Heading(words.say("disputed")))
    for fact in by_state["disputed"]:
        blocks += _disputed(fact, words)
    if not by_state["disputed"]:
        blocks.append(Paragraph(words.say("disputed_none")))
    for state in ("stated", "withdrawn"):
        if by_state[state]:
            blocks.append(Heading(words.say(state), 3))
            for fact in by_state[state]:
                blocks += [Prose(fact.text), Label(words.say("fact_by", party=name(fact.stated.party)))]
    return blocks


def _disputed(fact: Fact, words: Words) -> list[Block]:
    blocks: list[Block] = [
        Label(words.say("disputed_line", party=name(fact.stated.party))),
        Prose(fact.text),
    ]
    for party, word in fact.positions.items():
        if word.said.step == "dispute":
            blocks += [Label(words.say("disputed_by", party=name(party))), Prose(word.said.because)]
    return blocks


def _questions(case: Case, words: Words) -> list[Block]:
    blocks: list[Block] = [Heading(words.say("questions"))]
    for one in case.questions:
        asked = words.say("asked_by", party=name(one.asked.party), to=name(one.to))
        blocks += [Label(asked), Prose(one.asked.said.text or "")]
        for word in one.answers:
            blocks += [Label(words.say("answered_by", party=name(word.party))), Prose(word.said.text or "")]
        if one.state == "asked":
            blocks.append(Paragraph(words.say("not_answered")))
        elif one.state == "withdrawn":
            blocks.append(Paragraph(words.say("question_withdrawn")))
    return blocks if case.questions else [*blocks, Paragraph(words.say("questions_none"))]


def _conduct(case: Case, words: Words) -> list[Block]:
    blocks: list[Block] = []
    for word in case.conduct:
        said = word.said
        line = words.say(
            "conduct_line",
            codes=code(", ".join(said.codes)),
            conduct=words.say(f"conduct_{said.conduct}"),
            party=name(said.party),
            role=name(said.role),
        )
        blocks.append(Label(line))
        if said.note:
            blocks.append(Prose(said.note))
    return [Heading(words.say("conduct")), *blocks] if blocks else []


def _notes(case: Case, words: Words) -> list[Block]:
    blocks: list[Block] = [Heading(words.say("notes"))]
    for note in case.notes:
        blocks += [Label(words.say(note.said.about, party=name(note.party))), Prose(note.said.text)]
    return blocks if case.notes else [*blocks, Paragraph(words.say("notes_none"))]
