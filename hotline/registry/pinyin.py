"""Names in letters: pinyin without tones, and its initials.

Reading needs the dictionaries of pypinyin (60 MB): only the child process that reads files imports this module. A
character is read by the longest phrase it stands in. Where a family name may stand (at the beginning, or behind a
place) it is read as one too: some then sound otherwise.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Final

from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

SURNAMES: Final = {
    "曾": "zeng", "单": "shan", "仇": "qiu", "区": "ou", "解": "xie", "查": "zha", "任": "ren", "盖": "ge",
    "翟": "zhai",
}  # fmt: skip
"""Read in another way when they are a family name."""
_USUAL: Final = {"长": "chang", "行": "hang"}
"""In names of employers and places; the dictionary has the verb first."""
_PLACES_END: Final = frozenset("省市区县镇乡村街道旗")
_LONGEST: Final = 4


@cache
def _plain(sound: str) -> str:
    """A sound without its tone: lǜ becomes lv, as it is typed."""
    decomposed = unicodedata.normalize("NFD", sound).replace("u\u0308", "v")
    return "".join(letter for letter in decomposed if letter.isascii() and letter.isalpha())


@cache
def _sound(character: str) -> str:
    """How a character is read by itself; letters and digits are their own sound, anything else has none."""
    if character in _USUAL:
        return _USUAL[character]
    known = PINYIN_DICT.get(ord(character))
    if known is not None:
        return _plain(known.partition(",")[0])
    return character if character.isascii() and character.isalnum() else ""


@cache
def _phrases() -> dict[str, tuple[str, ...]]:
    """Phrases in which a character is read otherwise than by itself."""
    found: dict[str, tuple[str, ...]] = {}
    for phrase, sounds in PHRASES_DICT.items():
        if len(phrase) <= _LONGEST and len(sounds) == len(phrase):
            read = tuple(_plain(sound[0]) for sound in sounds)
            if read != tuple(map(_sound, phrase)):
                found[phrase] = read
    return found


def sounds_of(text: str) -> list[str]:
    """The sound of every character; empty for what has none."""
    phrases = _phrases()
    sounds: list[str] = []
    at = 0
    while at < len(text):
        for length in range(min(_LONGEST, len(text) - at), 1, -1):
            if (read := phrases.get(text[at : at + length])) is not None:
                sounds.extend(read)
                at += length
                break
        else:
            sounds.append(_sound(text[at]))
            at += 1
    return sounds


def readings(text: str) -> list[list[str]]:
    """The ways a name may be read: as it stands, and with its family names as such."""
    usual = sounds_of(text)
    as_family = [
        SURNAMES[character] if character in SURNAMES and (at == 0 or text[at - 1] in _PLACES_END) else usual[at]
        for at, character in enumerate(text)
    ]
    return [usual] if as_family == usual else [usual, as_family]


def letters_of(names: Iterable[str]) -> tuple[str, str]:
    """Pinyin and initials of these names, a blank between two."""
    read = [reading for name in names for reading in readings(name)]
    whole = dict.fromkeys("".join(reading) for reading in read)
    first = dict.fromkeys("".join(sound[:1] for sound in reading) for reading in read)
    return " ".join(filter(None, whole)), " ".join(filter(None, first))
