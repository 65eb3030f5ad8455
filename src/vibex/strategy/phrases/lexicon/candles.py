"""Candlestick patterns by the names people use: catalogue name, the sign of its value, phrases.

The sign is 0 where the name alone does not say which way (an engulfing candle is bullish or bearish).
"""

from __future__ import annotations

CANDLES: dict[tuple[str, int], str] = {
    (
        "CDLENGULFING",
        1,
    ): (
        "bullish engulfing | bullish engulfing candle | bullish engulfing pattern | engulfing bullish | "
        "看涨吞没 | 多头吞没 | 看涨吞没形态 | 阳包阴 | 看涨吞噬"
    ),
    (
        "CDLENGULFING",
        -1,
    ): (
        "bearish engulfing | bearish engulfing candle | bearish engulfing pattern | engulfing bearish | "
        "看跌吞没 | 空头吞没 | 看跌吞没形态 | 阴包阳 | 看跌吞噬"
    ),
    ("CDLENGULFING", 0): "engulfing | engulfing candle | engulfing pattern | 吞没形态 | 吞没",
    ("CDLHAMMER", 1): "hammer | hammer candle | hammer pattern | bullish hammer | 锤子线 | 锤头线 | 锤子 | 锤头",
    ("CDLINVERTEDHAMMER", 1): "inverted hammer | inverted hammer candle | 倒锤子 | 倒锤头线 | 倒锤子线",
    ("CDLSHOOTINGSTAR", -1): "shooting star | shooting star candle | 射击之星 | 流星线 | 流星",
    ("CDLHANGINGMAN", -1): "hanging man | hanging man candle | 上吊线 | 吊颈线",
    ("CDLMORNINGSTAR", 1): "morning star | morning star pattern | 早晨之星 | 启明星 | 晨星 | 曙光之星",
    ("CDLEVENINGSTAR", -1): "evening star | evening star pattern | 黄昏之星 | 黄昏星 | 暮星",
    ("CDLMORNINGDOJISTAR", 1): "morning doji star",
    ("CDLEVENINGDOJISTAR", -1): "evening doji star",
    ("CDLDOJI", 1): "doji | doji candle | 十字星 | 十字线",
    ("CDLDRAGONFLYDOJI", 1): "dragonfly doji | dragonfly | 蜻蜓十字",
    ("CDLGRAVESTONEDOJI", 1): "gravestone doji | gravestone | 墓碑十字",
    ("CDLHARAMI", 1): "bullish harami | 看涨孕线 | 多头孕线",
    ("CDLHARAMI", -1): "bearish harami | 看跌孕线 | 空头孕线",
    ("CDLHARAMI", 0): "harami | 孕线",
    ("CDL3WHITESOLDIERS", 1): "three white soldiers | 3 white soldiers | 红三兵 | 三白兵 | 三个白武士",
    ("CDL3BLACKCROWS", -1): "three black crows | 3 black crows | 三只乌鸦 | 黑三兵 | 三只黑乌鸦",
    ("CDLPIERCING", 1): "piercing | piercing line | piercing pattern | 刺透形态 | 曙光初现",
    ("CDLDARKCLOUDCOVER", -1): "dark cloud cover | dark cloud | 乌云盖顶",
    ("CDLMARUBOZU", 1): "bullish marubozu",
    ("CDLMARUBOZU", -1): "bearish marubozu",
    ("CDLMARUBOZU", 0): "marubozu | 光头光脚",
    ("CDL3INSIDE", 1): "three inside up | 3 inside up",
    ("CDL3INSIDE", -1): "three inside down | 3 inside down",
    ("CDL3OUTSIDE", 1): "three outside up | 3 outside up",
    ("CDL3OUTSIDE", -1): "three outside down | 3 outside down",
    ("CDLKICKING", 0): "kicking | kicker",
    ("CDLABANDONEDBABY", 0): "abandoned baby",
    ("CDLSPINNINGTOP", 0): "spinning top",
    ("CDLBELTHOLD", 1): "bullish belt hold",
    ("CDLBELTHOLD", -1): "bearish belt hold",
}
INSIDE_BARS = "inside bar | inside day | inside candle | 内包线 | 孕育线"
OUTSIDE_BARS = "outside bar | outside day"
