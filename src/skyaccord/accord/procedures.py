"""What the parties do, by when and for how long: notices, checks, drills, incidents, data, and the way out.

`*_s` are seconds of wall clock, because people keep them; `*_days` are days of 86,400 s.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from skyaccord.accord import limits
from skyaccord.accord.fields import Identifier, Items, Language, Name, Prose, ShortId, Term
from skyaccord.accord.spoken import PhraseCode

LeadSeconds = Annotated[float, Field(ge=0, le=limits.LEAD_S_MAX)]
DeadlineSeconds = Annotated[float, Field(gt=0, le=limits.LEAD_S_MAX)]
Days = Annotated[int, Field(ge=1, le=limits.DAYS_MAX)]

NoticePart = Literal["window", "volume", "levels", "count", "class", "contact-role", "frequency"]
Reported = Literal["approach", "infringement", "breach", "nmac", "crossing", "uncoordinated-flight"]
Scale = Literal["airprox", "encounter"]
KeptKind = Literal[
    "picture", "alert", "encounter", "approach", "crossing", "message", "notice", "incident", "talks"
]
AnnexPart = Literal[
    "area",
    "line",
    "zone",
    "caution",
    "rule",
    "tier",
    "watch",
    "role",
    "conduct",
    "frequency",
    "frequency_plan",
    "phrase",
    "notices",
    "circuit_checks",
    "drills",
    "incident",
    "disclosure",
    "retention",
    "review",
    "clause",
]
"""Keys of the accord's file that can stand in an annex. Not among them: who agrees, when it is valid,
and how it is suspended or left; that is the accord itself."""


class Languages(Term):
    """In which languages the text exists, and which of them counts where people's words differ.

    The parties' own words stand in the authoritative language in `text`, `title`, `use`, `reading`; in the
    others in `text_ru` and so on.
    """

    authoritative: Language
    versions: Items[Language] = Field(min_length=1, max_length=limits.LANGUAGES_MAX)


class Notices(Term):
    """What a notice of flights must have, and how long before.

    lead_s: before the window's start; later ones are late. emergency_lead_s: where lives depend on it.
    required: what it must hold. window_s_max: the longest window. The precisions say how coarse it may be.
    """

    lead_s: LeadSeconds
    emergency_lead_s: LeadSeconds | None = None
    acknowledge_within_s: DeadlineSeconds | None = None
    window_s_max: DeadlineSeconds | None = None
    required: Items[NoticePart] = Field((), max_length=limits.NOTICE_PARTS_MAX)
    horizontal_precision_nm: Annotated[float, Field(gt=0, le=limits.HORIZONTAL_NM_MAX)] | None = None
    vertical_precision_ft: Annotated[float, Field(gt=0, le=limits.VERTICAL_FT_MAX)] | None = None
    time_precision_s: DeadlineSeconds | None = None


class CircuitChecks(Term):
    """How often the hotline is tried when nothing is said on it.

    role: who asks and answers. answer_within_s: else the circuit counts as down. missed_max: so many
    missed in a row raise the alarm.
    """

    every_s: Annotated[float, Field(gt=0, le=limits.CHECK_S_MAX)]
    role: ShortId
    answer_within_s: Annotated[float, Field(gt=0, le=limits.ACKNOWLEDGE_S_MAX)]
    missed_max: Annotated[int, Field(ge=1, le=limits.MISSED_MAX)] | None = None


class Drills(Term):
    """How often the procedures are practised; a drill is an exercise, marked so."""

    every_days: Days
    role: ShortId
    phrases: Items[PhraseCode] = Field((), max_length=limits.PHRASES_MAX)
    answer_within_s: Annotated[float, Field(gt=0, le=limits.ACKNOWLEDGE_S_MAX)] | None = None


class IncidentProcedure(Term):
    """What must be reported, by when, and when each side's account is due.

    report_within_s, account_within_s, meet_within_s: after the event. severity_scales: published scales on
    which severity is given; confirmed_by: the role whose holder confirms it. Nothing assigns blame.
    """

    report_within_s: DeadlineSeconds
    account_within_s: DeadlineSeconds
    meet_within_s: DeadlineSeconds | None = None
    reported: Items[Reported] = Field((), max_length=limits.REPORTED_MAX)
    severity_scales: Items[Scale] = Field((), max_length=limits.SCALES_MAX)
    confirmed_by: ShortId | None = None


class Disclosure(Term):
    """What is told to whom.

    notices: "full" to the other parties; "on-overlap": a reference first, details where plans meet;
    "reference": only that there is one. third_parties: whether others may be told what was exchanged.
    reading_logged: who read what is logged at each party. coverage: "shared": each node tells the other
    parties when its own feed heard which of their aircraft; without it that stays each party's own.
    small_count: in what is published, counts from 1 to below this one are left out.
    """

    notices: Literal["full", "on-overlap", "reference"]
    third_parties: Literal["never", "with-consent", "free"]
    reading_logged: bool = True
    coverage: Literal["shared"] | None = None
    small_count: Annotated[int, Field(ge=2, le=limits.SMALL_COUNT_MAX)] | None = None


class RetentionOf(Term):
    """How long one kind of data is kept."""

    kind: KeptKind
    days: Days


class Retention(Term):
    """For how many days the contents of what was exchanged are kept; proofs that it was exchanged stay."""

    days: Days
    by_kind: Items[RetentionOf] = Field((), alias="kind", max_length=limits.KINDS_MAX)

    def days_of(self, kind: str) -> int:
        """The days for this kind; the general ones if it has none of its own."""
        return next((entry.days for entry in self.by_kind if entry.kind == kind), self.days)


class Review(Term):
    """How often the working group meets to look at how the accord is kept."""

    every_days: Days
    role: ShortId | None = None


class Suspension(Term):
    """How long before a suspension takes effect it is announced. Monitoring, hotline and record go on."""

    notice_s: LeadSeconds
    resumption_notice_s: LeadSeconds | None = None


class Withdrawal(Term):
    """How long before it leaves a party announces it."""

    notice_s: LeadSeconds


class Annex(Term):
    """A part of the accord that is amended on its own: these keys of the file.

    version: raise it with every change of these parts; an amendment replaces them all (`annexes.py`).
    """

    id: Identifier
    title: Name
    title_en: Name | None = None
    title_ru: Name | None = None
    title_ar: Name | None = None
    version: Annotated[int, Field(ge=1, le=limits.VERSION_MAX)]
    parts: Items[AnnexPart] = Field(min_length=1, max_length=limits.ANNEX_PARTS_MAX)


class Clause(Term):
    """What cannot be data: a titled clause of prose."""

    title: Name
    title_en: Name | None = None
    title_ru: Name | None = None
    title_ar: Name | None = None
    text: Prose
    text_en: Prose | None = None
    text_ru: Prose | None = None
    text_ar: Prose | None = None
