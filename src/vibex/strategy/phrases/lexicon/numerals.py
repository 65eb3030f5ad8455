"""Numbers in words, multiples, signs of percent."""

from __future__ import annotations

WORDS: dict[float, str] = {
    0: "zero",
    1: "one | single",
    2: "two | couple",
    3: "three",
    4: "four",
    5: "five",
    6: "six",
    7: "seven",
    8: "eight",
    9: "nine",
    10: "ten",
    11: "eleven",
    12: "twelve",
    13: "thirteen",
    14: "fourteen",
    15: "fifteen",
    16: "sixteen",
    17: "seventeen",
    18: "eighteen",
    19: "nineteen",
    20: "twenty",
    30: "thirty",
    40: "forty",
    50: "fifty",
    60: "sixty",
    70: "seventy",
    80: "eighty",
    90: "ninety",
    100: "hundred | one hundred",
    200: "two hundred",
}
MULTIPLES: dict[float, str] = {
    2: "twice | double | two times",
    3: "triple | thrice | three times",
    0.5: "half | half of",
    1.5: "one and half times",
}
PERCENT = "% | percent | percents | per cent | pct | percentage points | 个百分点"
BASIS_POINTS = "bps | bp | basis points | basis point | 基点"
