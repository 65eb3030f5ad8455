"""How people call the indicators of the catalogue, and in which order they say the parameters.

A row of the table: the catalogue's name, its phrases parted by "|", and what differs from the plain case (one length
called `timeperiod`, one output, no customary levels). Candlestick patterns are in `candles`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An indicator in speech.

    `spoken` names the parameters in the order people say them; one name "a+b" sets both. `output` is what the bare
    name means, "" where nothing can be assumed. `levels` are the customary oversold and overbought levels.
    """

    name: str
    phrases: str
    spoken: tuple[str, ...] = ("timeperiod",)
    output: str = ""
    levels: tuple[float, float] | None = None
    needs_length: bool = False


_PERIOD = ("timeperiod",)
_STOCH = ("fastk_period", "slowk_period", "slowd_period")
_MACD = ("fastperiod", "slowperiod", "signalperiod")

INDICATORS = (
    Known(
        name="SMA",
        needs_length=True,
        phrases="sma | simple moving average | moving average | moving averages | ma | mas | smas | average | "
        "mean | simple ma | averages | simple average | moving avg | avg |"
        " 均线 | 移动平均线 | 移动平均 | 简单移动平均线 | 平均线 | 均值 | 平均 | 简单均线 | 平均值",
    ),
    Known(
        name="EMA",
        needs_length=True,
        phrases=(
            "ema | emas | exponential moving average | exponential ma | exp ma | exponential average | "
            "指数移动平均线 | 指数均线 | 指数移动平均 | 指数平均线"
        ),
    ),
    Known(
        name="WMA",
        needs_length=True,
        phrases="wma | weighted moving average | linear weighted moving average | 加权移动平均线 | 加权均线",
    ),
    Known(name="DEMA", needs_length=True, phrases="dema | double ema | double exponential moving average | 双指数均线"),
    Known(
        name="TEMA",
        needs_length=True,
        phrases="tema | triple exponential moving average | triple ema average | 三重指数均线",
    ),
    Known(name="TRIMA", needs_length=True, phrases="trima | triangular moving average"),
    Known(
        name="KAMA",
        needs_length=True,
        phrases=("kama | kaufman adaptive moving average | kaufman moving average | adaptive moving average | kaufman"),
    ),
    Known(
        name="HMA", needs_length=True, phrases="hma | hull | hull moving average | hull ma | 赫尔均线 | 赫尔移动平均线"
    ),
    Known(
        name="ZLEMA",
        needs_length=True,
        phrases="zlema | zero lag ema | zero lag moving average | zero lag exponential moving average",
    ),
    Known(name="VWMA", needs_length=True, phrases="vwma | volume weighted moving average"),
    Known(
        name="RMA",
        needs_length=True,
        phrases="rma | smma | wilder moving average | wilders moving average | smoothed moving average",
    ),
    Known(name="T3", needs_length=True, phrases="t3 | t3 average | t3 moving average | tillson t3"),
    Known(
        name="RSI",
        levels=(30, 70),
        phrases=(
            "rsi | relative strength index | rsis | relative strength | 相对强弱指数 | 相对强弱指标 | "
            "强弱指数 | rsi值 | rsi指标"
        ),
    ),
    Known(
        name="STOCHRSI",
        output="k",
        levels=(20, 80),
        spoken=("timeperiod", "fastk_period", "fastd_period"),
        phrases="stoch rsi | stochrsi | stochastic rsi | 随机rsi",
    ),
    Known(
        name="STOCH",
        output="k",
        levels=(20, 80),
        spoken=_STOCH,
        phrases=(
            "stochastic | stoch | stochastics | stochastic oscillator | slow stochastic | slow stochastics | "
            "随机指标 | 随机震荡指标 | 随机指数"
        ),
    ),
    Known(
        name="STOCHF",
        output="k",
        levels=(20, 80),
        spoken=("fastk_period", "fastd_period"),
        phrases="fast stochastic | fast stochastics | stochf",
    ),
    Known(
        name="KDJ", output="k", levels=(20, 80), spoken=("fastk_period", "slowk_period", "slowd_period"), phrases="kdj"
    ),
    Known(
        name="MACD",
        output="macd",
        spoken=_MACD,
        phrases="macd | macd line | moving average convergence divergence | macd indicator | 平滑异同移动平均线",
    ),
    Known(name="PPO", spoken=("fastperiod", "slowperiod"), phrases="ppo | percentage price oscillator"),
    Known(name="APO", spoken=("fastperiod", "slowperiod"), phrases="apo | absolute price oscillator"),
    Known(
        name="BBANDS",
        spoken=("timeperiod", "nbdevup+nbdevdn"),
        phrases=(
            "bollinger band | bollinger bands | bollinger | bb | bbands | bbs | bollingers | 布林带 | "
            "布林线 | 布林通道 | 保历加通道 | 布林 | 保力加通道 | boll"
        ),
    ),
    Known(
        name="KELTNER",
        spoken=("timeperiod", "atr_period", "multiplier"),
        phrases=(
            "keltner channel | keltner channels | keltner | keltner band | keltner bands | kc | 肯特纳通道 | "
            "凯尔特纳通道"
        ),
    ),
    Known(
        name="DONCHIAN",
        phrases=(
            "donchian | donchian channel | donchian channels | price channel | donchian band | "
            "donchian bands | 唐奇安通道 | 唐奇安"
        ),
    ),
    Known(
        name="SUPERTREND",
        output="line",
        spoken=("timeperiod", "multiplier"),
        phrases="supertrend | super trend | 超级趋势 | 超级趋势线",
    ),
    Known(
        name="ATR_TRAIL",
        output="line",
        spoken=("timeperiod", "multiplier"),
        phrases="atr trailing line | ut bot | atr trail line",
    ),
    Known(
        name="ATR",
        phrases="atr | average true range | atrs | 真实波幅 | 平均真实波幅 | 平均真实波动幅度 | 真实波动幅度均值",
    ),
    Known(name="NATR", phrases="natr | normalized atr | normalised atr | atr percent"),
    Known(
        name="ADX", phrases="adx | average directional index | adx indicator | 平均趋向指数 | 平均方向指数 | 动向指数"
    ),
    Known(name="PLUS_DI", phrases="+di | di+ | plus di | di plus | positive directional indicator | +dmi"),
    Known(name="MINUS_DI", phrases="-di | di- | minus di | di minus | negative directional indicator | -dmi"),
    Known(name="CCI", levels=(-100, 100), phrases="cci | commodity channel index | 顺势指标 | 商品通道指数"),
    Known(name="MFI", levels=(20, 80), phrases="mfi | money flow index | money flow | 资金流量指数 | 资金流量指标"),
    Known(
        name="WILLR",
        levels=(-80, -20),
        phrases=(
            "williams %r | williams r | willr | %r | wpr | williams percent r | williams percent range | "
            "williams | 威廉指标 | 威廉"
        ),
    ),
    Known(
        name="ROC",
        phrases="return | total return | price return | percent change | percentage change | 收益率 | 回报率 |"
        " roc | rate of change | momentum percent | 变动率 | 变动率指标",
    ),
    Known(name="MOM", phrases="momentum indicator | mom | 动量 | 动量指标 | 动能指标"),
    Known(name="TRIX", needs_length=True, phrases="trix"),
    Known(name="CMO", levels=(-50, 50), phrases="cmo | chande momentum oscillator"),
    Known(name="CMF", phrases="cmf | chaikin money flow | 蔡金资金流"),
    Known(name="AO", spoken=("fastperiod", "slowperiod"), phrases="awesome oscillator | ao"),
    Known(
        name="ULTOSC",
        levels=(30, 70),
        spoken=("timeperiod1", "timeperiod2", "timeperiod3"),
        phrases="ultimate oscillator | ultosc",
    ),
    Known(name="TSI", spoken=("slow", "fast"), phrases="tsi | true strength index"),
    Known(name="OBV", spoken=(), phrases="obv | on balance volume | 能量潮"),
    Known(
        name="AD",
        spoken=(),
        phrases=("a/d line | accumulation distribution line | accumulation/distribution | accumulation distribution"),
    ),
    Known(
        name="VWAP",
        phrases=(
            "vwap | volume weighted average price | session vwap | daily vwap | anchored vwap daily | "
            "成交量加权平均价 | 均价线"
        ),
    ),
    Known(
        name="SAR",
        spoken=("acceleration", "maximum"),
        phrases="sar | parabolic sar | psar | parabolic | 抛物线 | 抛物线指标 | 抛物线转向",
    ),
    Known(name="AROON", spoken=("timeperiod",), phrases="aroon | 阿隆指标 | 阿隆"),
    Known(name="AROONOSC", phrases="aroon oscillator"),
    Known(name="VORTEX", phrases="vortex | vortex indicator"),
    Known(name="STDDEV", needs_length=True, phrases="standard deviation | stddev | std dev | stdev | 标准差"),
    Known(name="ZSCORE", phrases="z score | zscore | z | z分数 | z值 | z得分"),
    Known(
        name="ROLLING_VOL",
        phrases=(
            "annualised volatility | annualized volatility | realised volatility | realized volatility | "
            "realised vol | realized vol | historical vol | annualised vol | annualized vol | rolling vol |"
            " historical volatility | annual volatility | rolling volatility | volatility | 年化波动率 | "
            "波动率 | 历史波动率"
        ),
    ),
    Known(name="PERCENT_RANK", phrases="percent rank | percentile rank | percentrank | 百分位"),
    Known(name="LINEARREG", phrases="linear regression | linreg | linear regression line | 线性回归"),
    Known(name="LINEARREG_SLOPE", phrases="linear regression slope | linreg slope | regression slope"),
    Known(name="CORREL", phrases="correlation"),
    Known(name="RVOL", phrases="relative volume | rvol"),
    Known(name="HT_TRENDLINE", spoken=(), phrases="hilbert trendline | instantaneous trendline"),
    Known(name="BOP", spoken=(), phrases="balance of power"),
    Known(name="EFI", phrases="force index | elder force index"),
    Known(name="COPPOCK", spoken=("wmaperiod", "roc1period", "roc2period"), phrases="coppock | coppock curve"),
    Known(name="DPO", phrases="dpo | detrended price oscillator"),
    Known(name="IMI", levels=(30, 70), phrases="imi | intraday momentum index"),
    Known(name="ER", phrases="efficiency ratio | kaufman efficiency ratio"),
)
