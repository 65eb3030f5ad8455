"""Words without consequence for the rules, and words for what a strategy cannot hold.

`FILLERS` may stand anywhere inside a phrase; `CHATTER` is small talk around the rules that is never reported as unread.
"""

from __future__ import annotations

FILLERS = (
    "im | ive | youre | theyre | thats | always | now | i | am | we | is | are | was | stayed | remained |"
    " traded | 之间 | 间 | appears | appear | forms | form | "
    "occurs | prints | is seen | present | were | "
    "be | been | being | has | have | had | its | it's | my | our | your | "
    "their | of | to | that | which | there | just |"
    " also | simply | please | then | very | really | about | around | roughly | approximately | "
    "currently | again | only | will | would | should | must | can | do | does | level | levels | "
    "value | values |"
    " reading | readings | mark | line | some | price's | by | set | placed | equal | 's | s | s' | "
    "~ | worth | set at | right | even | still | already | initially | all | fully | itself | "
    "indicator | oscillator | signal's | any |"
    " 的 | 了 | 是 | 有 | 会 | 将 | 把 | 它 | 其 | 个 | 就 | 都 | 也 | 要 | 应 | 设 | 设为 | 为 | "
    "在 | 于 | 约 | 时 | 时候 | 已 | 已经 | 再 | 值 | 则 | 便 | 才 | 被 | 过 | 出现 | 形态 | 指标 | "
    "线 | 等 | 以 | 由 | 到 | 至 | 系 | 嘅 | 喺 | 咗 | 去 | 来 | 股 | 那么 | 我 | 这 | 该 | 此 | "
    "由下向上 | 由下而上 | 自下而上 | 从下往上 | 由下往上 | 由上向下 | 由上而下 | 自上而下 | 从上往下 | 由上往下 |"
    " 信号 | 讯号 | 处 | 位 | 呈 | 企稳 | 站稳 | 守稳 | 维持 | 保持 | 目前 | 正"
)
PREPOSITIONS = {
    "at": "at | @ | =",
    "for": "for",
    "in": "in | during | over | throughout | across",
    "on": "on",
    "from": "from | since | 从 | 自 | 由",
    "until": "until | till | to | through | thru | 到 | 至",
    "with": "with | 配合",
    "by": "by | into",
    "after": "after | once | 之后 | 后",
    "before": "before | 前 | 之前",
    "per": "per | a | each | every | 每",
    "than": "than | 比",
    "of": "of | 的",
}
PRONOUNS = "it | that | this | they | them | same | latter | 它 | 该线"
CHATTER = (
    "um | uh | okay | ok | well | hmm | morning | regards | cheers | "
    "populate | place | fires | dear | kindly | team | grateful | wondering | whether | make sense | makes sense |"
    " comfortable | someone | somebody | anyone | wish | wishes | wanna | gonna | gotta | lets say | say | suppose |"
    " i | id | ill | ive | im | we | you | etf | protect | whichever comes first | whichever is first | "
    "whichever happens first | me | want | wants | like | try | test | testing | backtest | back | "
    "strategy | "
    "strategies | system | trading | trader | idea | ideas | model | bot | could | would | can | "
    "let's | lets | help | make | create | build | design |"
    " write | give | need | run | looking | thanks | thank | thx | hello | hey | hi | guys | "
    "everyone | set up | setup | set | rule | rules | simple | basic | my | stock | stocks | "
    "crypto | market | chart | charts | share | shares | money | with | for | in | on | at | from | "
    "as | using | use | uses |"
    " this | these | those | following | follows | below is | here | here's | here is | here's my | "
    "when | if | please | trade | trades | position | positions | signal | signals | conditions | "
    "condition | entry | exit | based | using | style | classic | version | approach | method | "
    "plan | swing | scalp | scalping | scalper | intraday | day trade | trend following | trend | "
    "mean reversion | reversion | reversal | momentum | breakout |"
    " follow | following | pullback | pullbacks | dip | dips | against | or | and | so | the | "
    "then | but | me | up | confirmed | confirmation | after | 想 | 我想 | 帮我 | 请 | 策略 | 测试 | "
    "回测 | 写 | 一个 | 交易 | 股票 | 做 | 用 | 我 | 请帮我 | 可以 | 吗 | 谢谢 | 你 | 呢 | 吧 | 图 | "
    "想要 | 给我 | 系统 | 方法 | 只用 | 只 | 操作 | 信号 | 趋势跟踪 | 趋势 | 突破 | 反转 | 波段 | "
    "分享 | 网友 | 通道 | 股 | 单 | 一旦 | 情况 | 情况下 | 现货 | 合约 | 永续 | 永续合约 | 港股 | "
    "美股"
)

# What the contract cannot express, by the field it concerns and how a message names it.
OUTSIDE: dict[tuple[str, str], str] = {
    (
        "sizing",
        "martingale or adding to a position",
    ): (
        "martingale | double position | double down | doubling down | double up | double the size | "
        "pyramid | pyramiding | scale in | scaling in | average down | averaging down | dca | "
        "dollar cost average | dollar cost averaging | add to position | add to the position | "
        "double my position | double after loss | 马丁格尔 | 马丁 | 加倍 | 加仓 | 分批买入 | 摊平 | 定投"
    ),
    ("entry", "a grid of orders"): "grid bot | grid trading | grid | 网格 | 网格交易",
    (
        "entry",
        "options",
    ): (
        "iron condor | iron condors | covered call | covered calls | call option | put option | calls | "
        "puts | straddle | strangle | credit spread | option | options | wheel strategy | theta | "
        "delta | gamma | iron butterfly | vertical spread | 期权"
    ),
    (
        "entry",
        "news, tweets or other data from outside the price",
    ): (
        "tweet | tweets | news | elon | twitter | fed | fomc | earnings | cpi | sentiment | reddit | "
        "headline | headlines | interest rate | interest rates | fundamentals | p/e | pe ratio | "
        "dividend yield | revenue | rates cut | cuts rates | analyst | analysts | insider | whale | "
        "vix | term structure | put/call | put call ratio | implied volatility | implied vol | iv rank | skew | gex |"
        " gamma exposure | dark pool | etf flows | inflows | outflows | short interest | unemployment | yield curve |"
        " treasury yield | dollar index | dxy | payrolls | nfp | inflation | gdp | halving | election | weather |"
        " whales | on chain | onchain | google trends | fear and greed | fear & greed | moon phase | "
        "full moon | horoscope | 新闻 | 消息 | 财报 | 市盈率 | 美联储 | 情绪 | 鲸鱼 | 业绩 | 推特"
    ),
    (
        "entry",
        "funding rates, order flow or open interest",
    ): (
        "funding | funding rate | funding rates | open interest | order book | orderbook | order flow | "
        "liquidation | liquidations | level 2 | bid ask | delta volume | volume profile | footprint | "
        "资金费率 | 持仓量 | 订单簿 | 爆仓"
    ),
    (
        "entry",
        "drawn patterns",
    ): (
        "head and shoulders | cup and handle | double bottom | double top | triangle | wedge | "
        "flag pattern | bull flag | bear flag | trendline | trend line | elliott | elliott wave | "
        "harmonic | gartley | fibonacci | fib | fib retracement | order block | order blocks | "
        "fair value gap | fvg | supply zone | demand zone | smart money | liquidity sweep | divergence | "
        "bullish divergence | bearish divergence | 背离 | 头肩 | 双底 | 双顶 | 三角形 | 斐波那契 | "
        "波浪 | 底背离 | 顶背离 | ichimoku | kumo | cloud | tenkan | kijun | 一目均衡表 | renko | "
        "heikin ashi"
    ),
    ("entry", "Heikin-Ashi or Renko candles"): "heikin ashi | heikinashi | renko | 平均K线",
    (
        "entry",
        "a look into the future",
    ): (
        "tomorrow | tomorrow's | tomorrows | next day's close | next day's high | next week's | "
        "will be higher | will be lower | in the future | next bar's close | next candle closes | "
        "exact bottom | exact top | 明天 | 明日 | 未来 | 下一日 | 下周"
    ),
    (
        "entry",
        "machine learning or optimisation",
    ): (
        "machine learning | neural network | lstm | deep learning | reinforcement learning | optimise | "
        "optimize | genetic algorithm | 机器学习 | 神经网络"
    ),
}
CERTAIN_PROFIT = (
    "guaranteed | guarantee | guarantees | risk free | riskless | no risk | can't lose | "
    "cannot lose | cant lose | never lose | never loses | make me rich | get rich | sure profit | "
    "certain profit | 100% win rate | win rate of 100 | no losing trades | no losing | no losses | "
    "without losing | double my money |"
    " always wins | always win | always profitable | sure win | 100 percent win | never losing | "
    "without risk | zero risk | 保证 | 稳赚 | 稳赚不赔 | 包赚 | 必赚 | 必胜 | 不亏 | 不能亏 | "
    "绝对不能亏 | 绝不亏损 | 稳赢 | 零风险 | 无风险 | 不亏钱 | 必赢"
)
INJECTION = (
    "ignore all previous instructions | ignore previous instructions | ignore all instructions | "
    "ignore above instructions | ignore the above | disregard previous | disregard all | "
    "system prompt | your prompt | your instructions | you are now | developer mode | jailbreak | "
    "api key | reveal your | ignore your instructions | forget your instructions | "
    "previous instructions |"
    " 忽略之前 | 忽略所有 | 系统提示词 | 系统提示 | 忽略以上 | 提示词"
)
VAGUE = (
    "looks good | looks bullish | looks bearish | vibes | vibe | feels right | feel | strong | "
    "cheap | expensive | good time | best time | bottoms | near support | near resistance | "
    "support | resistance | low | high | undervalued | overextended | chart looks | strength | "
    "weakness | 便宜 | 贵 | 感觉 | 好 | 差不多 | 合适"
)
