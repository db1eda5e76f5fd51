"""Requirement 1: no structured field for targets, weapons, effects or hostile intent exists in any schema.

Every pydantic model of the package is walked: each class, field, alias and literal choice, through all
modules. A new model anywhere is found by itself. Extras are refused by every one of them.
"""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel, ValidationError

import skyaccord
from skyaccord.accord.model import Accord
from skyaccord.accord.source import AccordFileError, parse_accord
from tests.accord.samples import SMALL

# Stems, compared with each word of a name: "weapon" finds weapons, weapon_type, weaponsReleased.
FORBIDDEN_STEMS = (
    "aim", "ammunition", "armament", "attack", "battle", "bomb", "casualt", "collateral", "combat", "damage",
    "destroy", "destruct", "enem", "engagement", "fire", "foe", "gun", "hostil", "intent", "jam", "kill",
    "lethal", "missile", "munition", "ordnance", "shoot", "strike", "target", "threat", "victim",
    "warhead", "weapon",
)  # fmt: skip
FORBIDDEN_WORDS = {"bda", "effect", "effects", "iff", "objective", "hit", "hits"}


def words_of(name: str) -> list[str]:
    """camelCase, snake_case, kebab-case and dots as lower-case words."""
    return (
        re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
        .replace("_", " ")
        .replace("-", " ")
        .replace(".", " ")
        .lower()
        .split()
    )


def is_forbidden(name: str) -> bool:
    return any(
        word in FORBIDDEN_WORDS or any(word.startswith(stem) for stem in FORBIDDEN_STEMS)
        for word in words_of(name)
    )


def all_modules() -> Iterator[str]:
    for module in pkgutil.walk_packages(skyaccord.__path__, "skyaccord."):
        if not module.name.endswith("__main__") and ".migrations." not in module.name:
            yield module.name


def subclasses(base: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for child in base.__subclasses__():
        yield child
        yield from subclasses(child)


def all_models() -> list[type[BaseModel]]:
    for name in all_modules():
        importlib.import_module(name)
    found = {model for model in subclasses(BaseModel) if model.__module__.startswith("skyaccord")}
    return sorted(found, key=lambda model: (model.__module__, model.__qualname__))


def names_in(annotation: Any) -> Iterator[str]:
    """The texts of every Literal inside an annotation."""
    for part in get_args(annotation):
        if isinstance(part, str):
            yield part
        else:
            yield from names_in(part)


MODELS = all_models()


def test_the_walk_finds_what_there_is() -> None:
    names = {f"{model.__module__}.{model.__qualname__}" for model in MODELS}
    assert {"skyaccord.accord.model.Accord", "skyaccord.record.cards.Card"} <= names
    assert len(MODELS) >= 20


@pytest.mark.parametrize("model", MODELS, ids=lambda model: f"{model.__module__}.{model.__qualname__}")
def test_no_schema_names_what_must_not_be_named(model: type[BaseModel]) -> None:
    assert not is_forbidden(model.__qualname__)
    for name, field in model.model_fields.items():
        for text in (name, field.alias or "", str(field.validation_alias or ""), *names_in(field.annotation)):
            assert not is_forbidden(text), f"{model.__qualname__}.{name}: {text}"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: f"{model.__module__}.{model.__qualname__}")
def test_every_schema_refuses_extras(model: type[BaseModel]) -> None:
    assert model.model_config.get("extra") == "forbid"
    with pytest.raises(ValidationError) as caught:
        model.model_validate({"target": "a place", "weapon_type": "x"})
    refused = {error["loc"] for error in caught.value.errors() if error["type"] == "extra_forbidden"}
    assert refused >= {("target",), ("weapon_type",)}


@pytest.mark.parametrize(
    "name",
    ["target", "targets", "strikeArea", "weapon_type", "hostile_intent", "desired-effect", "iff.mode", "BDA"],
)
def test_the_net_catches_what_it_should(name: str) -> None:
    assert is_forbidden(name)


@pytest.mark.parametrize("name", ["radius_nm", "acknowledge_within_s", "effective_from", "claim", "payload"])
def test_the_net_lets_through_what_it_should(name: str) -> None:
    assert not is_forbidden(name)


PLACES = ["version = 1", "[validity]", '[[party]]\nid = "A"', "[[rule]]", "[[tier]]", "[[role]]"]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", ["target", "weapons", "effect", "hostile_intent"])
def test_an_accord_with_such_a_key_is_refused_wherever_it_stands(place: str, name: str) -> None:
    text = SMALL.replace(place, f'{place}\n{name} = "x"', 1)
    with pytest.raises(AccordFileError, match="unknown key"):
        parse_accord(text, "x.toml")


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("STRIKE", "place"),
        ("SAY", "target"),
        ("SAY", "weapon_type"),
        ("SAY", "next_targets"),
        ("BOMB_AT", "place"),
    ],
)
def test_a_phrase_brings_no_such_field_in_either(code: str, name: str) -> None:
    """A parameter is a typed field of every message that uses the phrase."""
    words = "\n".join(f'text.{language} = "{{{name}}}"' for language in ("en", "ru", "ar"))
    phrase = f'\n[[phrase]]\ncode = "{code}"\nparams = [{{ name = "{name}", kind = "position" }}]\n{words}\n'
    with pytest.raises(AccordFileError, match="are never data"):
        parse_accord(SMALL + phrase, "x.toml")
    plain = phrase.replace(f'"{code}"', '"FIRE_ON_BOARD"').replace(name, "place")
    assert parse_accord(SMALL + plain, "x.toml").accord.phrasebook[0].code == "FIRE_ON_BOARD"


def test_prose_is_carried_and_never_parsed() -> None:
    """Text that looks like data stays text: the accord's data are the same with and without it."""
    prose = '\\n[[rule]]\\ntarget = \\"x\\"\\nhorizontal_nm = 0\\n{\\"weapon\\": 1}'
    text = SMALL + f'\n[[clause]]\ntitle = "t"\ntext = "{prose}"\n'
    accord = parse_accord(text, "x").accord
    plain = parse_accord(SMALL, "x").accord
    assert accord.clauses[0].text.startswith("[[rule]]")
    assert accord.model_copy(update={"clauses": ()}) == plain
    assert isinstance(accord, Accord)
