"""What codes and verdicts mean, in words for a reader who did not write the program."""

from __future__ import annotations

from typing import Final

from skyaccord.encounters.quality import GAP_S, GOOD, NAC_P_LEAST, NIC_LEAST

VERDICT_MEANS: Final = {
    "nmac": "nearer than 500 ft horizontally and 100 ft vertically at once (near mid-air collision)",
    "breach": "the rule's limits broken for longer than the rule allows",
    "infringement": "the rule's limits broken",
    "approach": "inside the watch distance, with no rule's limits broken meanwhile; recorded, never alarmed",
}

QUALITY_MEANS: Final = {
    GOOD: "nothing recorded speaks against the positions at the CPA",
    "cut": "the encounter begins or ends because a recorded track does: it may have lasted longer",
    "gap": f"at the CPA a position is interpolated between samples more than {GAP_S:g} s apart",
    "low_integrity": (
        f"at the CPA a position was reported with NIC < {NIC_LEAST} or NACp < {NAC_P_LEAST}, "
        "less than 14 CFR 91.227 asks for"
    ),
    "tisb": "at the CPA a position is from ground radar (TIS-B), not from the aircraft itself",
    "adsr": "at the CPA a position was rebroadcast by the ground (ADS-R)",
    "mlat": "at the CPA a position is from multilateration",
    "modes": "at the CPA a position is from Mode S, not ADS-B",
    "other": "at the CPA a position is from a source of another kind",
    "class_unknown": "the rule is for classes of aircraft, and an aircraft does not say of which it is",
}

LABEL_MEANS: Final = {
    "formation": "the pair kept together with matched velocity for minutes: by intent, as far as data tell",
    "tow": "a glider climbed a rope's length from another aircraft: under tow, as far as data tell",
    "tanker": "one flew right behind a large aircraft for minutes: refuelling, as far as data tell",
}


def quality_sentences(code: str) -> list[str]:
    """The codes of one row, explained. An unknown code explains itself."""
    return [QUALITY_MEANS.get(part, part) for part in code.split("+")]
