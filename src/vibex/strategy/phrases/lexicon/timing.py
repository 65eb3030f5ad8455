"""The words of time: units, weekdays, months, zones, sessions, how long ago and how often in a row."""

from __future__ import annotations

UNITS = {
    "bar": (
        "bar | bars | candle | candles | period | periods | candlestick | candlesticks | closes | 根 | "
        "根k线 | k线 | 根k | 根蜡烛 | 周期 | 支烛 | 根阴阳烛 | 个周期 | 期 | 根bar"
    ),
    "minute": "m | minute | minutes | min | mins | 分钟 | 分",
    "hour": "h | hour | hours | hr | hrs | 小时 | 个小时 | 个钟 | 钟头",
    "day": (
        "d | day | days | trading day | trading days | session | sessions | business days | 日 | 天 | 个交易日 | 交易日"
    ),
    "week": "w | week | weeks | wk | 周 | 星期 | 个星期",
    "month": "month | months | 个月 | 月",
    "year": "year | years | 年",
}
AGO = "ago | earlier | before | prior | previously | back | 前 | 之前"
LAST = (
    "last | past | previous | prior | preceding | recent | most recent | trailing | 过去 | 最近 | 近 | 前 | 之前 | 上"
)
PREVIOUS = (
    "previous | prior | last | preceding | yesterday | yesterdays | yesterday's | previous day's | "
    "昨日 | 昨天 | 上一 | 前一 | 前日"
)
IN_A_ROW = (
    "in a row | in row | consecutive | consecutively | straight | successive | running | "
    "back to back | on end | in succession | 连续 | 连"
)
CURRENT = "today's | todays | current | this | present | today | 今日 | 今天 | 当前 | 当日"
WEEKDAYS = {
    1: "monday | mondays | mon | 周一 | 星期一 | 礼拜一",
    2: "tuesday | tuesdays | tue | tues | 周二 | 星期二 | 礼拜二",
    3: "wednesday | wednesdays | wed | 周三 | 星期三 | 礼拜三",
    4: "thursday | thursdays | thu | thurs | 周四 | 星期四 | 礼拜四",
    5: "friday | fridays | fri | 周五 | 星期五 | 礼拜五",
    6: "saturday | saturdays | 周六 | 星期六",
    7: "sunday | sundays | 周日 | 星期日 | 星期天",
}
MONTHS = {
    1: "january",
    2: "february",
    3: "march",
    4: "april",
    6: "june",
    7: "july",
    8: "august",
    9: "september",
    10: "october",
    11: "november",
    12: "december",
}
ZONES = {
    "America/New_York": "new york time | new york | ny time | ny | et | est | edt | eastern | eastern time | "
    "us eastern | us eastern time |"
    " 纽约时间 | 美东时间 | 美东",
    "Asia/Hong_Kong": "hong kong time | hong kong | hk time | hkt | 香港时间 | 北京时间 | 香港",
    "UTC": "utc | gmt | utc time | z",
    "Europe/London": "london time | london | uk time | 伦敦时间 | bst",
    "Asia/Tokyo": "tokyo time | jst | 东京时间",
    "America/Chicago": "chicago time | central time | cst",
}
SESSIONS = {
    ("08:00", "16:30", "Europe/London"): "london session | european session | 伦敦时段 | 欧洲时段 | 欧盘",
    (
        "09:30",
        "16:00",
        "America/New_York",
    ): (
        "new york session | us session | american session | ny session | regular trading hours | "
        "regular hours | rth | 美股时段 | 美盘 | 纽约时段"
    ),
    ("09:00", "15:00", "Asia/Tokyo"): "asian session | asia session | tokyo session | 亚洲时段 | 亚盘",
}
DAYPARTS = {"am": "上午 | 早上 | 凌晨", "pm": "下午 | 晚上 | 午后"}
