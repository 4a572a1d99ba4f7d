"""Numbers written out, in English and Spanish."""

from collections.abc import Iterable, Mapping

ENGLISH: Mapping[str, int] = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90,
}  # fmt: skip
SPANISH: Mapping[str, int] = {
    "uno": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8, "nueve": 9, "diez": 10,
    "once": 11, "doce": 12, "trece": 13, "catorce": 14, "quince": 15, "dieciseis": 16, "diecisiete": 17, "dieciocho": 18,
    "diecinueve": 19, "veinte": 20, "veintiuno": 21, "veintidos": 22, "veintitres": 23, "veinticuatro": 24, "veinticinco": 25,
    "veintiseis": 26, "veintisiete": 27, "veintiocho": 28, "veintinueve": 29, "treinta": 30, "cuarenta": 40, "cincuenta": 50,
    "sesenta": 60, "setenta": 70, "ochenta": 80, "noventa": 90, "cien": 100, "ciento": 100, "doscientos": 200,
    "trescientos": 300, "cuatrocientos": 400, "quinientos": 500, "seiscientos": 600, "setecientos": 700, "ochocientos": 800,
    "novecientos": 900,
}  # fmt: skip
ONE_OF_A_KIND: Mapping[str, int] = {"un": 1, "una": 1}
"""Spanish for one, and for "a", before a noun."""

AMBIGUOUS = frozenset({"once"})
"""Spanish for eleven, and English."""


def up_to(most: int, *lists: Mapping[str, int], least: int = 1) -> dict[str, int]:
    """Return the words of *lists* for the numbers from *least* to *most*."""
    return {word: number for words in lists for word, number in words.items() if least <= number <= most}


def any_word(words: Iterable[str]) -> str:
    """An expression for any of *words*, the longer tried first."""
    return "|".join(sorted(words, key=len, reverse=True))
