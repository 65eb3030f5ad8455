"""Words for one output of an indicator that has several, and the indicators that have it."""

from __future__ import annotations

# Series that are arithmetic on one indicator: the grammar knows each by its key.
DERIVED = {
    "bandwidth": (
        "bandwidth | band width | bollinger bandwidth | bollinger band width | bollinger bands width | bb width |"
        " bbw | bbwidth | bb bandwidth | 布林带宽 | 布林带宽度 | 带宽"
    ),
    "percent_b": "%b | b% | percent b | bollinger %b | bollinger percent b | bb %b | bb percent b",
}
# Words for one output of an indicator that has several, and the indicators that have it.
OUTPUTS: dict[tuple[str, tuple[str, ...]], str] = {
    ("upper", ("BBANDS", "KELTNER", "DONCHIAN", "ACCBANDS")): (
        "upper | bollinger top | upper band | top band | upper line | upper channel | upper bound | upper boundary | "
        "上轨 | 上轨线 | 上沿 | 上带"
    ),
    ("middle", ("BBANDS", "KELTNER", "DONCHIAN", "ACCBANDS")): (
        "middle | middle band | middle line | mid band | midline | mid line | midband | basis | "
        "centre line | center line | middle bollinger | 中轨 | 中轨线 | 中线"
    ),
    ("lower", ("BBANDS", "KELTNER", "DONCHIAN", "ACCBANDS")): (
        "lower | lower band | bottom band | lower line | lower channel | lower bound | lower boundary | "
        "下轨 | 下轨线 | 下沿 | 下带"
    ),
    ("signal", ("MACD",)): (
        "signal | signal line | its signal | its signal line | macd signal | macd signal line | 信号线 | "
        "讯号线 | 慢线 | dea"
    ),
    ("hist", ("MACD",)): "histogram | hist | macd histogram | 柱 | 柱状图 | 柱状线 | 柱状体 | 柱体 | 能量柱 | 红绿柱",
    ("macd", ("MACD",)): "macd line | dif | 快线",
    ("k", ("STOCH", "STOCHF", "STOCHRSI", "KDJ")): "%k | k | k线 | k line | k value | k线值 | k值",
    ("d", ("STOCH", "STOCHF", "STOCHRSI", "KDJ")): "%d | d | d线 | d line | d value | d值",
    ("j", ("KDJ",)): "%j | j线 | j line | j value | j值",
    ("up", ("AROON",)): "aroon up | aroon-up | up line",
    ("down", ("AROON",)): "aroon down | aroon-down | down line",
    ("line", ("SUPERTREND", "ATR_TRAIL")): "supertrend line | supertrend value",
    ("bullpower", ("ERI",)): "bull power",
    ("bearpower", ("ERI",)): "bear power",
    ("fama", ("MAMA",)): "fama",
    ("plusvi", ("VORTEX",)): "vi+ | +vi | plus vi",
    ("minusvi", ("VORTEX",)): "vi- | -vi | minus vi",
}
