"""Every bound an accord has, named, with its reason. What lies outside is a slip of the pen."""

from __future__ import annotations

from typing import Final

HORIZONTAL_NM_MAX: Final = 100.0  # twenty times ICAO's radar separation (5 NM)
VERTICAL_FT_MAX: Final = 60_000.0  # the top of usable airspace
DWELL_S_MAX: Final = 3_600.0  # an hour inside the limits is no passing
LOOKAHEAD_S_MAX: Final = 1_800.0  # straight-line prediction says nothing half an hour ahead
WATCH_NM_MAX: Final = 200.0  # beyond the radio horizon of two aircraft at 6,000 ft
ACKNOWLEDGE_S_MAX: Final = 86_400.0  # a day: an alert that may wait longer needs no hotline
CHECK_S_MAX: Final = 604_800.0  # a week: a line that is tried less often is not a line
LEAD_S_MAX: Final = 31_622_400.0  # a leap year: nobody plans flights, or leaves an agreement, longer ahead
DAYS_MAX: Final = 36_525  # a century
ALTITUDE_FT_MIN: Final = -2_000.0  # the lowest ground lies 1,400 ft below the sea
ALTITUDE_FT_MAX: Final = 100_000.0  # above the highest pressure altitude that ADS-B can send
SMALL_COUNT_MAX: Final = 100  # a count that hides more than this publishes nothing
MISSED_MAX: Final = 10  # a circuit that was silent ten times needs no rule
MHZ_MIN: Final = 2.0  # the lower edge of aeronautical HF
MHZ_MAX: Final = 400.0  # the upper edge of military UHF

PARTIES_MIN_TO_SIGN: Final = 2  # nobody agrees with oneself
PARTIES_MAX: Final = 16
MEMBERS_MAX: Final = 128  # larger than any coalition so far
AREAS_MAX: Final = 64
LINES_MAX: Final = 64
ZONES_MAX: Final = 64
CAUTIONS_MAX: Final = 64
VERTICES_MIN: Final = 3
VERTICES_MAX: Final = 1_000  # every state of the picture is tested against every edge
RULES_MAX: Final = 32
WATCH_CLASSES_MAX: Final = 64  # of the 120 pairs that the kinds of aircraft make
TIERS_MAX: Final = 3  # advisory, caution, warning
ROLES_MAX: Final = 32
CONDUCT_MAX: Final = 64
FREQUENCIES_MAX: Final = 64
CLAUSES_MAX: Final = 200
PHRASES_MAX: Final = 128
PARAMETERS_MAX: Final = 12  # more places than a voice on a bad line can fill
ANNEXES_MAX: Final = 20  # there are as many parts that can stand in one
ANNEX_PARTS_MAX: Final = 20
LANGUAGES_MAX: Final = 3  # those that the text can be made in
NOTICE_PARTS_MAX: Final = 7
REPORTED_MAX: Final = 6
SCALES_MAX: Final = 2
KINDS_MAX: Final = 9
NAME_LENGTH_MAX: Final = 200
PROSE_LENGTH_MAX: Final = 20_000  # about ten pages: a longer clause is several
IDENTIFIER_LENGTH_MAX: Final = 64
VERSION_MAX: Final = 1_000_000
FILE_BYTES_MAX: Final = 64_000  # file and signed bytes travel in one envelope, which holds 256 KiB in base64
