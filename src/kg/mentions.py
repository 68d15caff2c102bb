"""What a piece of text mentions: phrases, numbers in digits or words, and dates, each with the lines it stands on.

Pure functions for English and Italian; what a mention proves is for `kg.evidence` to say.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

EN_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
IT_MONTHS = (
    "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno",
    "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre",
)  # fmt: skip
MONTHS = {name: number for names in (EN_MONTHS, IT_MONTHS) for number, name in enumerate(names, 1)}
NUMBER_WORDS: dict[int, str] = {
    0: "zero", 1: "one first once un uno una primo prima", 2: "two second twice pair both due secondo seconda",
    3: "three third tre terzo terza", 4: "four fourth quattro quarto quarta", 5: "five fifth cinque quinto quinta",
    6: "six sixth sei sesto sesta", 7: "seven seventh sette settimo settima", 8: "eight eighth otto ottavo ottava",
    9: "nine ninth nove nono nona", 10: "ten tenth dieci decimo decima", 11: "eleven eleventh undici",
    12: "twelve twelfth dozen dodici", 13: "thirteen thirteenth tredici", 14: "fourteen fourteenth quattordici",
    15: "fifteen fifteenth quindici", 16: "sixteen sixteenth sedici", 17: "seventeen seventeenth diciassette",
    18: "eighteen eighteenth diciotto", 19: "nineteen nineteenth diciannove", 20: "twenty twentieth venti",
    30: "thirty thirtieth trenta", 40: "forty fortieth quaranta", 50: "fifty fiftieth cinquanta", 60: "sixty sessanta",
    70: "seventy settanta", 80: "eighty ottanta", 90: "ninety novanta", 100: "hundred cento", 1000: "thousand mille",
}  # fmt: skip
ONES = {word: value for value, words in NUMBER_WORDS.items() for word in words.split()}
SCALES = {
    "hundred": 100, "thousand": 10**3, "mila": 10**3, "million": 10**6, "milioni": 10**6, "milione": 10**6,
    "billion": 10**9, "miliardi": 10**9, "k": 10**3, "m": 10**6,
}  # fmt: skip
ROMAN = re.compile(r"(?<!\w)(?=[MDCLXVI]{2,})M*(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})(?!\w)")
ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
NUMBER = re.compile(r"(?<![\w.,])\d{1,3}(?:[,.  ]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d+)?")
WORD = re.compile(r"[^\W_]+")
MONTH = re.compile(r"\b(" + "|".join(MONTHS) + r")\b", re.IGNORECASE)
DAYS_BEFORE = re.compile(
    r"((?:(?<!\d)\d{1,2}(?!\d)(?:st|nd|rd|th|°|º)?(?:\s|[–—,/&|-]|\b(?:to|and|from|of|al|e|ed|dal|di)\b)*)+)$",
    re.IGNORECASE,
)
DAYS_AFTER = re.compile(r"\s+(\d{1,2})(?:st|nd|rd|th)?(?:\s*(?:–|—|-|to|and)\s*(\d{1,2}))?(?![\d:])")
TIME = re.compile(r"\d{1,2}[:.]\d{2}\s+(?=\d)")
NUMERIC_DATE = re.compile(r"(?<!\d)(\d{1,2})[./](\d{1,2})[./](\d{4})(?!\d)")


@lru_cache(maxsize=20000)
def fold(text: str) -> str:
    """The words alone: lower case, without accents and punctuation, one space between."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(WORD.findall(plain.casefold()))


@dataclass
class Text:
    """A text and what it mentions; `lines` maps each of its lines to the number it has in the document."""

    raw: str
    lines: list[int]
    joined: str = ""
    starts: list[int] = field(default_factory=list)
    word_lines: list[tuple[int, ...]] = field(default_factory=list)
    numbers: dict[Decimal, set[int]] = field(default_factory=dict)
    days: dict[tuple[int, int], set[int]] = field(default_factory=dict)
    months: dict[int, set[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._breaks = [match.start() for match in re.finditer("\n", self.raw)]
        self._read_words()
        self._read_numbers()
        self._read_dates()

    def line_at(self, position: int) -> int:
        """The document's line of a character."""
        return self.lines[min(bisect_right(self._breaks, position - 1), len(self.lines) - 1)]

    def _read_words(self) -> None:
        words: list[str] = []
        joined_up = re.sub(r"(\w)-\n(?=[^\W\d_])", "\\1\x00", self.raw)
        position = 0
        for part in re.finditer(r"[^\s]+", joined_up):
            position = part.start()
            # a word broken at a line's end belongs to both lines; the mark takes the place of hyphen and line feed
            lost = joined_up.count("\x00", 0, position)
            here = {
                self.line_at(position + lost),
                self.line_at(part.end() - 1 + joined_up.count("\x00", 0, part.end())),
            }
            for word in fold(part[0].replace("\x00", "")).split():
                words.append(word)
                self.word_lines.append(tuple(sorted(here)))
        self.joined = " ".join(words)
        offset = 0
        for word in words:
            self.starts.append(offset)
            offset += len(word) + 1

    def find(self, phrase: str) -> set[int]:
        """The lines on which a phrase stands, case, accents and punctuation aside; a sign like € counts as it is."""
        words = fold(phrase)
        if not words:
            return (
                {self.line_at(match.start()) for match in re.finditer(re.escape(phrase), self.raw)}
                if phrase.strip()
                else set()
            )
        found: set[int] = set()
        for match in re.finditer(rf"(?<![^ ]){re.escape(words)}(?![^ ])", self.joined):
            first = bisect_right(self.starts, match.start()) - 1
            last = bisect_right(self.starts, match.end() - 1) - 1
            found.update(line for lines in self.word_lines[first : last + 1] for line in lines)
        return found

    def _add_number(self, value: Decimal, position: int) -> None:
        self.numbers.setdefault(value.normalize(), set()).add(self.line_at(position))

    def _read_numbers(self) -> None:
        for match in NUMBER.finditer(self.raw):
            for value in readings(match[0]):
                self._add_number(value, match.start())
                scale = SCALES.get(
                    next(iter(re.findall(r"^\s*([^\W\d_]+)", self.raw[match.end() : match.end() + 16])), "").lower()
                )
                if scale:
                    self._add_number(value * scale, match.start())
        for match in ROMAN.finditer(self.raw):
            self._add_number(Decimal(roman(match[0])), match.start())
        self._read_number_words()

    def _read_number_words(self) -> None:
        """Every number word for itself, and what a run of them says: `five hundred and twenty thousand`."""
        run: list[int] = []
        begins = 0
        for word in [*WORD.finditer(self.raw), None]:
            text = word[0].lower() if word else ""
            value = ONES.get(text, SCALES.get(text) if len(text) > 1 else None)
            if word and value is not None:
                begins = begins if run else word.start()
                run.append(value)
                if text in ONES:
                    self._add_number(Decimal(value), word.start())
            elif run and text != "and":
                self._add_number(Decimal(spoken(run)), begins)
                run = []

    def _read_dates(self) -> None:
        for match in MONTH.finditer(self.raw):
            month = MONTHS[match[1].lower()]
            line = self.line_at(match.start())
            self.months.setdefault(month, set()).add(line)
            before = DAYS_BEFORE.search(TIME.sub("", self.raw[max(0, match.start() - 60) : match.start()]))
            days = [int(day) for day in re.findall(r"\d{1,2}", before[1])] if before else []
            after = DAYS_AFTER.match(self.raw, match.end())
            days += [int(day) for day in after.groups() if day] if after else []
            for day in days:
                self.days.setdefault((month, day), set()).add(line)
        for match in NUMERIC_DATE.finditer(self.raw):
            day, month = int(match[1]), int(match[2])
            if 1 <= month <= 12:
                self.months.setdefault(month, set()).add(self.line_at(match.start()))
                self.days.setdefault((month, day), set()).add(self.line_at(match.start()))

    def year(self, year: int) -> set[int]:
        """The lines on which a year stands in digits."""
        return {self.line_at(match.start()) for match in re.finditer(rf"(?<!\d){year}(?!\d)", self.raw)}


def readings(digits: str) -> set[Decimal]:
    """What digits with separators can mean: `220,500.00`, `1.864` (Italian thousands or a decimal), `3.7`."""
    plain = re.sub(r"[  ]", "", digits)
    found = set()
    thousands = re.fullmatch(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*(?:[.,](\d{1,2}))?", plain)
    if thousands:
        whole = plain[: len(plain) - len(thousands[2]) - 1] if thousands[2] else plain
        found.add(Decimal(re.sub(r"[.,]", "", whole) + (f".{thousands[2]}" if thousands[2] else "")))
    if re.fullmatch(r"\d+(?:[.,]\d+)?", plain):
        found.add(Decimal(plain.replace(",", ".")))
    return found


def spoken(words: list[int]) -> int:
    """The value of a run of number words: hundred, thousand and million multiply what stands before, others add."""
    total, current = 0, 0
    for value in words:
        if value >= 1000:
            total, current = total + (current or 1) * value, 0
        elif value == 100:
            current = (current or 1) * value
        else:
            current += value
    return total + current


def roman(numeral: str) -> int:
    """The value of a Roman numeral."""
    values = [ROMAN_VALUES[letter] for letter in numeral]
    return sum(-value if value < max(values[i:], default=0) else value for i, value in enumerate(values))
