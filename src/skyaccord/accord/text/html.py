"""An accord as one self-contained HTML page in a language: what people read, print and compare.

Everything inside stands by itself: no script, no font, no request. Whatever keeps its own direction in a
right-to-left text (ids, numbers, coordinates, times, digests) is isolated with `<bdi>`; prose of the parties
gets the direction of its own script (`dir="auto"`). The digest stands at the foot of every printed page.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from html import escape
from importlib import resources
from typing import Final, NewType

from skyaccord.accord.model import Accord, Area, Role, Rule, Tier
from skyaccord.accord.reading import exact
from skyaccord.accord.source import LoadedAccord
from skyaccord.accord.text.catalogue import Catalogue, catalogue

_PAIR: Final = ("first", "second")

Html = NewType("Html", str)
"""Text that is HTML already: everything else is escaped on its way in."""


def accord_html(loaded: LoadedAccord, language: str) -> str:
    """The accord's text in "en", "ru" or "ar". Raises InputError for another language."""
    return _Page(loaded, catalogue(language)).render()


def isolated(text: str) -> Html:
    """A name, number or code that keeps its own direction and does not disturb its neighbours."""
    return Html(f"<bdi>{escape(text)}</bdi>")


def left_to_right(text: str) -> Html:
    """Codes, coordinates and times: always from left to right, in one piece."""
    return Html(f'<bdi dir="ltr" class="code">{escape(text)}</bdi>')


def figure(text: str) -> Html:
    """A number in the middle of a sentence."""
    return Html(f'<bdi dir="ltr">{escape(text)}</bdi>')


def prose(text: str) -> Html:
    """The parties' own text, in the direction of its own script, with its line breaks."""
    lines = "<br>\n".join(escape(line) for line in text.split("\n"))
    return Html(f'<p class="prose" dir="auto">{lines}</p>')


class _Page:
    def __init__(self, loaded: LoadedAccord, words: Catalogue) -> None:
        self.loaded = loaded
        self.accord: Accord = loaded.accord
        self.words = words

    # ---- small pieces

    def say(self, key: str, **values: Html) -> Html:
        """A string of the catalogue with its places filled in."""
        return Html(escape(self.words.text(key), quote=False).format_map(values))

    def heading(self, key: str) -> Html:
        return Html(f"<h2>{self.say(key)}</h2>")

    def paragraph(self, *sentences: Html) -> Html:
        return Html(f"<p>{' '.join(sentences)}</p>")

    def amount(self, unit: str, value: float) -> Html:
        """A number with its unit in the right plural."""
        form = escape(self.words.plural(f"unit.{unit}", value), quote=False)
        # the number and its unit stay on one line
        return Html(form.replace("{n} ", "{n}\u00a0").format_map({"n": figure(self.words.number(value))}))

    def moment(self, value: datetime) -> Html:
        date = isolated(self.words.date(value))
        return self.say("moment", date=date, time=left_to_right(self.words.clock(value)))

    # ---- sections

    def render(self) -> str:
        sections = (
            self.parties(),
            self.validity(),
            self.area(),
            self.rules(),
            self.alerts(),
            self.roles(),
            self.conduct(),
            self.frequencies(),
            self.clauses(),
            self.check(),
        )
        words, accord = self.words, self.accord
        style = (resources.files("skyaccord.paper") / "page.css").read_text("utf-8")
        return "\n".join(
            (
                "<!doctype html>",
                f'<html lang="{words.code}" dir="{words.text("direction")}">',
                "<head>",
                '<meta charset="utf-8">',
                '<meta name="viewport" content="width=device-width, initial-scale=1">',
                f'<meta name="skyaccord-digest" content="{escape(self.loaded.digest)}">',
                f"<title>{escape(accord.title)} · {escape(self.loaded.digest)}</title>",
                f"<style>\n{style}</style>",
                "</head>",
                "<body>",
                self.header(),
                "<main>",
                *(section for section in sections if section),
                "</main>",
                self.footer(),
                "</body>",
                "</html>",
                "",
            )
        )

    def header(self) -> Html:
        accord = self.accord
        marks = []
        if accord.exercise:
            marks.append(
                f'<p class="mark"><strong>{self.say("exercise")}</strong> {self.say("exercise_note")}</p>'
            )
        if accord.keyless:
            marks.append(f'<p class="mark"><strong>{self.say("draft")}</strong> {self.say("draft_note")}</p>')
        version = self.say("version", number=figure(str(accord.version)))
        return Html(
            "\n".join(
                (
                    "<header>",
                    *marks,
                    f'<h1 dir="auto">{escape(accord.title)}</h1>',
                    f"<p>{left_to_right(accord.name)} · {version}</p>",
                    "</header>",
                )
            )
        )

    def footer(self) -> Html:
        mark = f"<strong>{self.say('exercise')}</strong> · " if self.accord.exercise else ""
        return Html(f"<footer>{mark}{self.say('digest')} {left_to_right(self.loaded.digest)}</footer>")

    def parties(self) -> Html:
        heads = "".join(f"<th>{self.say(key)}</th>" for key in ("party", "members", "key"))
        separator = escape(self.words.text("list_separator"))
        rows = []
        for party in self.accord.parties:
            members = separator.join(isolated(name) for name in party.members) or self.say("no_members")
            key = left_to_right(party.public_key) if party.public_key else self.say("no_key")
            name = f"{left_to_right(party.id)} {isolated(party.name)}"
            rows.append(f"<tr><td>{name}</td><td>{members}</td><td>{key}</td></tr>")
        body = "\n".join(rows)
        return Html(f"{self.heading('parties')}\n<table>\n<tr>{heads}</tr>\n{body}\n</table>")

    def validity(self) -> Html:
        validity = self.accord.validity
        start = self.moment(validity.start)
        if validity.end is None:
            sentence = self.say("valid_open", start=start)
        else:
            sentence = self.say("valid_until", start=start, end=self.moment(validity.end))
        return Html(f"{self.heading('validity')}\n{self.paragraph(sentence, self.say('sky_time'))}")

    def area(self) -> Html:
        if not self.accord.areas:
            return Html(f"{self.heading('area')}\n{self.paragraph(self.say('everywhere'))}")
        parts = [self.heading("area"), self.paragraph(self.say("areas_intro"))]
        parts += [self.one_area(area) for area in self.accord.areas]
        return Html("\n".join(parts))

    def one_area(self, area: Area) -> Html:
        name = f'<h3 dir="auto">{escape(area.name)}</h3>'
        if area.circle is not None:
            centre = left_to_right(coordinates(area.circle.latitude, area.circle.longitude))
            radius = self.amount("nm", area.circle.radius_nm)
            return Html(f"{name}\n{self.paragraph(self.say('circle', radius=radius, centre=centre))}")
        points = "\n".join(
            f"<li>{left_to_right(coordinates(latitude, longitude))}</li>"
            for latitude, longitude in area.polygon or ()
        )
        return Html(f"{name}\n{self.paragraph(self.say('polygon'))}\n<ol>\n{points}\n</ol>")

    def rules(self) -> Html:
        return Html("\n".join((self.heading("rules"), *(self.one_rule(rule) for rule in self.accord.rules))))

    def one_rule(self, rule: Rule) -> Html:
        horizontal, vertical = self.amount("nm", rule.horizontal_nm), self.amount("ft", rule.vertical_ft)
        sentence = self.say(f"rule_{rule.combinator}", horizontal=horizontal, vertical=vertical)
        if rule.max_dwell_s is None:
            dwell = self.say("no_dwell")
        else:
            dwell = self.say("dwell", duration=self.amount("s", rule.max_dwell_s))
        sentences = [sentence, dwell]
        if rule.classes is not None:
            sentences += [self.say("rule_classes", **self.classes(rule.classes)), self.say("unknown_class")]
        parts = [
            f"<h3>{self.say('rule', id=left_to_right(rule.id))}</h3>",
            self.paragraph(*sentences),
        ]
        if rule.reading:
            parts += [f'<p class="label">{self.say("own_words")}</p>', prose(rule.reading)]
        return Html("\n".join(parts))

    def classes(self, names: Iterable[str]) -> dict[str, Html]:
        """The two classes of a pair in this language."""
        return {place: self.say(f"class.{name}") for place, name in zip(_PAIR, names, strict=True)}

    def alerts(self) -> Html:
        items = "\n".join(f"<li>{self.one_tier(tier)}</li>" for tier in self.accord.tiers)
        watch = self.accord.watch
        if watch is None:
            sentences = [self.say("no_watch")]
        else:
            sentences = [self.say("watch", distance=self.amount("nm", watch.horizontal_nm))]
            for entry in watch.by_class:
                distance = self.amount("nm", entry.horizontal_nm)
                sentences.append(self.say("watch_classes", distance=distance, **self.classes(entry.classes)))
            if watch.by_class:
                sentences.append(self.say("unknown_class"))
        return Html(f"{self.heading('alerts')}\n<ol>\n{items}\n</ol>\n{self.paragraph(*sentences)}")

    def one_tier(self, tier: Tier) -> Html:
        name = Html(f"<strong>{self.say(f'tier.{tier.name}')}</strong>")
        return self.say("alert", tier=name, duration=self.amount("s", tier.lookahead_s))

    def roles(self) -> Html:
        items = "\n".join(f"<li>{self.one_role(role)}</li>" for role in self.accord.roles)
        intro = self.paragraph(self.say("roles_intro"))
        return Html(f"{self.heading('roles')}\n{intro}\n<ol>\n{items}\n</ol>")

    def one_role(self, role: Role) -> Html:
        sentence = self.say(
            "role",
            title=isolated(role.title),
            id=left_to_right(role.id),
            duration=self.amount("s", role.acknowledge_within_s),
        )
        following = self.accord.role(role.escalates_to) if role.escalates_to else None
        then = self.say("escalates", next=isolated(following.title)) if following else self.say("last")
        return Html(f"{sentence} {then}")

    def conduct(self) -> Html:
        entries = [f"<dt>{left_to_right(c.code)}</dt>\n<dd>{prose(c.text)}</dd>" for c in self.accord.conduct]
        return self.written("conduct", entries)

    def frequencies(self) -> Html:
        entries = []
        for entry in self.accord.frequencies:
            mhz = figure(self.words.number(entry.mhz))
            line = self.say("frequency", name=isolated(entry.name), mhz=mhz)
            entries.append(f"<dt>{line}</dt>\n<dd>{prose(entry.use)}</dd>")
        return self.written("frequencies", entries)

    def clauses(self) -> Html:
        entries = [
            f'<dt dir="auto">{escape(clause.title)}</dt>\n<dd>{prose(clause.text)}</dd>'
            for clause in self.accord.clauses
        ]
        return self.written("clauses", entries)

    def written(self, key: str, entries: list[str]) -> Html:
        """A section of prose, said to be the parties' own; nothing where there is none."""
        if not entries:
            return Html("")
        body = "\n".join(entries)
        return Html(f"{self.heading(key)}\n{self.paragraph(self.say('as_written'))}\n<dl>\n{body}\n</dl>")

    def check(self) -> Html:
        command = left_to_right("skyaccord accord check FILE")
        digest = f"<p>{self.say('digest')} {left_to_right(self.loaded.digest)}</p>"
        return Html(
            f"{self.heading('check')}\n{self.paragraph(self.say('check_how', command=command))}\n{digest}"
        )


def coordinates(latitude: float, longitude: float) -> str:
    """Degrees with their letters, in all their digits: 36.9°N 35.5°E."""
    north, east = "N" if latitude >= 0 else "S", "E" if longitude >= 0 else "W"
    return f"{exact(abs(latitude))}°{north} {exact(abs(longitude))}°{east}"
