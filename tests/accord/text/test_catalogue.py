"""The three catalogues: nothing missing, nothing untranslated, each language's plurals and dates."""

import re
import string
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import get_args

import pytest

from skyaccord.accord import places, procedures, spoken
from skyaccord.accord.sense import TIER_ORDER
from skyaccord.accord.text import html
from skyaccord.accord.text.catalogue import LANGUAGES, PLURAL_CATEGORIES, PLURAL_RULES, catalogue
from skyaccord.airspace.classes import NAMES
from skyaccord.base.errors import InputError

ENGLISH = catalogue("en")
MAY_BE_ALIKE = {
    "thousands",
    "point",
    "direction",
    "list_separator",
    "date",
    "moment",
    "place",
    "retention_kind",
}
LATIN_IN_ALL = {"UTC", "WGS", "Ed25519", "base64", "AIRPROX", "A", "E"}  # names that no language translates


def places_of(text: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_string_is_missing_and_none_is_left_over(code: str) -> None:
    words = catalogue(code)
    assert set(words.strings) == set(ENGLISH.strings)
    assert set(words.plurals) == set(ENGLISH.plurals)
    assert len(words.months) == len(set(words.months)) == 12
    for key, text in words.strings.items():
        assert text.strip() or key == "thousands", key
        assert places_of(text) == places_of(ENGLISH.strings[key]), key


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_counted_string_has_every_plural(code: str) -> None:
    for key, forms in catalogue(code).plurals.items():
        assert set(forms) == set(PLURAL_CATEGORIES[code]), key
        for category, text in forms.items():
            # Arabic says one and two with the noun alone
            assert places_of(text) == (set() if code == "ar" and category in ("one", "two") else {"n"})


@pytest.mark.parametrize("code", ["ru", "ar"])
def test_every_string_is_translated(code: str) -> None:
    words = catalogue(code)
    script = r"[А-Яа-яЁё]" if code == "ru" else r"[\u0600-\u06ff]"
    counted = [text for forms in words.plurals.values() for text in forms.values()]
    texts = [text for key, text in words.strings.items() if key not in MAY_BE_ALIKE]
    for text in [*texts, *counted, *words.months]:
        assert re.search(script, text), text
        plain = re.sub(r"\{\w+\}", " ", text)
        assert set(re.findall(r"[A-Za-z][A-Za-z0-9]*", plain)) <= LATIN_IN_ALL, text


def chosen_by_data() -> set[str]:
    """Keys that are put together from a choice that the data makes."""
    choices = {
        "class": NAMES,
        "tier": TIER_ORDER,
        "language": LANGUAGES,
        "notice": get_args(procedures.NoticePart),
        "reported": get_args(procedures.Reported),
        "scale": get_args(procedures.Scale),
        "kept": get_args(procedures.KeptKind),
        "parameter": get_args(spoken.ParameterKind),
        "disclosed": get_args(procedures.Disclosure.model_fields["notices"].annotation),
        "third": get_args(procedures.Disclosure.model_fields["third_parties"].annotation),
    }
    keys = {f"{prefix}.{name}" for prefix, names in choices.items() for name in names}
    return keys | {"rule_either", "rule_both"} | {f"line_{way}" for way in get_args(places.LineDirection)}


def test_every_string_is_used_and_every_used_string_exists() -> None:
    folder = Path(html.__file__).parent
    sources = "".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py")))
    keys = set(re.findall(r"""["']([a-z]+(?:_[a-z]+)*)["']""", sources)) & set(ENGLISH.strings)
    assert keys | chosen_by_data() == set(ENGLISH.strings)
    said = set(
        re.findall(r"""(?:say|heading|part|text|_written)\(\s*(?:voice, )?["']([a-z_]+)["']""", sources)
    )
    assert len(said) > 60
    assert said <= set(ENGLISH.strings) | {" "}


@pytest.mark.parametrize(
    ("code", "table"),
    [
        ("en", {1: "one", 0: "other", 2: "other", 1.5: "other", 21: "other"}),
        (
            "ru",
            {1: "one", 21: "one", 101: "one", 11: "many", 111: "many", 2: "few", 4: "few", 22: "few",
             12: "many", 14: "many", 5: "many", 0: "many", 100: "many", 3000: "many", 0.5: "other"},
        ),
        (
            "ar",
            {0: "zero", 1: "one", 2: "two", 3: "few", 10: "few", 103: "few", 11: "many", 99: "many",
             180: "many", 100: "other", 102: "other", 3000: "other", 0.5: "other", 1000: "other"},
        ),
    ],
)  # fmt: skip
def test_plurals_are_those_of_cldr(code: str, table: dict[float, str]) -> None:
    assert {n: PLURAL_RULES[code](float(n)) for n in table} == table


@pytest.mark.parametrize(
    ("code", "unit", "n", "text"),
    [
        ("en", "nm", 1.0, "1 nautical mile"),
        ("en", "nm", 0.5, "0.5 nautical miles"),
        ("en", "ft", 3000.0, "3,000 feet"),
        ("ru", "nm", 3.0, "3 морских миль"),
        ("ru", "nm", 0.5, "0,5 морской мили"),
        ("ru", "nm", 21.0, "21 морской мили"),
        ("ru", "ft", 3000.0, "3\u00a0000 футов"),
        ("ru", "s", 180.0, "180 секунд"),
        ("ru", "s", 61.0, "61 секунды"),
        ("ar", "nm", 1.0, "ميل بحري واحد"),
        ("ar", "nm", 2.0, "ميلين بحريين"),
        ("ar", "nm", 3.0, "3 أميال بحرية"),
        ("ar", "nm", 20.0, "20 ميلًا بحريًا"),
        ("ar", "nm", 100.0, "100 ميل بحري"),
        ("ar", "ft", 3000.0, "3,000 قدم"),
        ("ar", "s", 5.0, "5 ثوانٍ"),
    ],
)
def test_amounts_in_words(code: str, unit: str, n: float, text: str) -> None:
    words = catalogue(code)
    assert words.plural(f"unit.{unit}", n).format(n=words.number(n)) == text


def test_dates_are_utc_and_in_the_languages_own_order() -> None:
    moment = datetime(2015, 10, 15, 2, 3, 4, 250_000, tzinfo=timezone(timedelta(hours=3)))
    assert ENGLISH.date(moment) == "14 October 2015"
    assert catalogue("ru").date(moment) == "14 октября 2015 г."
    assert catalogue("ar").date(moment) == "14 تشرين الأول/أكتوبر 2015"
    assert ENGLISH.clock(moment) == "23:03:04.25"
    assert ENGLISH.clock(datetime(2015, 1, 1, tzinfo=UTC)) == "00:00:00"


def test_a_language_that_is_not_there() -> None:
    with pytest.raises(InputError, match="choose one of en, ru, ar"):
        catalogue("fr")
