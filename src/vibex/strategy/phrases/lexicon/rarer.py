"""Indicators of the catalogue that are seldom spoken of; same rows as `indicators`.

A row needs no more than the catalogue's own name, written as people copy it ("HT_TRENDMODE"), and its title.
"""

from __future__ import annotations

from vibex.strategy.phrases.lexicon.indicators import Known

_FAST_SLOW = ("fastperiod", "slowperiod")

RARER = (
    Known(name="ADOSC", spoken=_FAST_SLOW, phrases="adosc | chaikin oscillator | chaikin osc | chaikin a/d oscillator"),
    Known(
        name="AC", spoken=("fastperiod", "slowperiod", "signalperiod"), phrases="accelerator oscillator | ac oscillator"
    ),
    Known(name="ACCBANDS", phrases="acceleration bands | accbands"),
    Known(name="ADR", phrases="average day range | average daily range | adr"),
    Known(name="ADXR", phrases="adxr | adx rating"),
    Known(name="AVGPRICE", spoken=(), phrases="average of open high low and close | avgprice"),
    Known(name="CMOU", phrases="cmou | unsmoothed chande momentum"),
    Known(name="CVI", spoken=("timeperiod", "rocperiod"), phrases="chaikin volatility | chaikins volatility | cvi"),
    Known(name="DX", phrases="dx | directional movement index"),
    Known(name="ERI", output="", phrases="elder ray | elder ray index | eri"),
    Known(name="FOSC", phrases="fosc | forecast oscillator"),
    Known(name="HT_DCPERIOD", spoken=(), phrases="ht_dcperiod | dominant cycle period"),
    Known(name="HT_DCPHASE", spoken=(), phrases="ht_dcphase | dominant cycle phase"),
    Known(name="HT_TRENDMODE", spoken=(), phrases="ht_trendmode | hilbert trend mode | trend mode"),
    Known(name="LINEARREG_ANGLE", phrases="linearreg_angle | linear regression angle | linreg angle"),
    Known(name="LINEARREG_INTERCEPT", phrases="linearreg_intercept | linear regression intercept"),
    Known(
        name="MAMA",
        output="mama",
        spoken=("fastlimit", "slowlimit"),
        phrases="mama | mesa adaptive moving average | mesa",
    ),
    Known(name="MARKETFI", spoken=(), phrases="market facilitation index | marketfi"),
    Known(name="MASSI", spoken=_FAST_SLOW, phrases="mass index | massi"),
    Known(name="MEDPRICE", spoken=(), phrases="median price | medprice"),
    Known(name="MIDPOINT", needs_length=True, phrases="midpoint"),
    Known(name="MIDPRICE", needs_length=True, phrases="midpoint price"),
    Known(name="NVI", spoken=(), phrases="nvi | negative volume index"),
    Known(name="PVI", spoken=(), phrases="pvi | positive volume index"),
    Known(name="PVO", spoken=_FAST_SLOW, phrases="pvo | percentage volume oscillator | volume oscillator"),
    Known(name="PVT", spoken=(), phrases="pvt | price volume trend"),
    Known(name="QSTICK", phrases="qstick"),
    Known(name="RVI", spoken=("timeperiod", "stddevperiod"), phrases="rvi | relative volatility index"),
    Known(
        name="SMI", output="smi", levels=(-40, 40), spoken=("timeperiod",), phrases="smi | stochastic momentum index"
    ),
    Known(name="TRANGE", spoken=(), phrases="true range | trange"),
    Known(name="TSF", needs_length=True, phrases="tsf | time series forecast"),
    Known(name="VAR", needs_length=True, phrases="variance"),
    Known(name="VHF", phrases="vhf | vertical horizontal filter"),
    Known(name="WAD", spoken=(), phrases="wad | williams accumulation distribution | williams a/d"),
    Known(name="WCLPRICE", spoken=(), phrases="weighted close | wclprice"),
)
