"""The words of crosses, breaks, touches and bounces. Same form as `words`."""

from __future__ import annotations

# A verb of movement and a direction make a cross; every verb goes with every direction of its row.
_CROSS = (
    "cross | crosses | crossed | crossing | crossover | crosses back | cross back | crossing back | has crossed |"
    " flips | flip | flipped | flipping | flips back | swings | shifts | closes back"
)


_BREAK = "break | breaks | breaking | broke | breaks out | breaking out | breakout | breaks back | pushes | pushing"


_GO = (
    "goes | go | going | moves | move | moving | gets | get | comes | comes back | turns | turn | gets back |"
    " goes back | returns | moves back"
)


_UP = (
    "rose | risen | climbed | jumped | moved | pushed | lifts | soars | heads | pokes | ticks | gets back up |"
    " comes up |"
    " rises | rise | rising | climbs | climb | jumps | rallies | bounces | bounces back | recovers | rises back |"
    " climbs back | pops | surges | spikes | shoots | advances | reclaims and closes"
)


_DOWN = (
    "fell | fallen | dropped | slid | sank | sink | tumbles | dives | plummets | retreats | eases | cools |"
    " tanks | heads |"
    " pokes | ticks | goes back down | comes down | breaks down | broke down |"
    " drops | drop | dropping | falls | fall | falling | dips | dip | dipping | slips | sinks | "
    "declines | slides |"
    " pulls back | crashes | plunges | drops back | falls back | trades down"
)


CROSS_VERBS = {
    "crosses_above": (
        f"{_CROSS} | {_BREAK} | {_GO} | {_UP}",
        (
            "above | over | up through | up over | back above | up past"
            " | past | back over | upward through | upwards through | back up through"
        ),
    ),
    "crosses_below": (
        f"{_CROSS} | {_BREAK} | {_GO} | {_DOWN}",
        (
            "below | under | beneath | down through | back below |"
            " back under | back down through | downward through | downwards through | underneath"
        ),
    ),
}


# A cross and its direction without an object: "the MACD crossed up".
CROSS_WAYS = {
    "crosses_above": (_CROSS, "up | upward | upwards | to upside | higher | bullish | bullishly"),
    "crosses_below": (_CROSS, "down | downward | downwards | to downside | lower | bearish | bearishly"),
}


# A movement through a level goes the way of its verb.
THROUGH = {
    "crosses_above": (_UP, "through | thru | up to and through"),
    "crosses_below": (_DOWN, "through | thru"),
}


CROSSES = {
    "crosses_above": "crosses up | crossing up | cross up | crosses upward | crosses upwards | crosses from below | "
    "reclaims |"
    " retakes | tops | topping | surpasses | overtakes | breaks out of | breaking out of | "
    "break above | break over | break out of | breakout through | breakout above | breakout over |"
    " crossing over | crosses up above |"
    " crosses to the upside | 上穿 | 升穿 | 突破 | 向上突破 | 涨破 | 升破 | 上破 | 站上 | 重上 | 向上穿过 |"
    " 由下而上穿过 | 由下向上穿过 | 从下往上穿过 | 自下而上穿过 | 由下往上穿过 | 上穿过 | 升过 | "
    "向上穿越 | 重新站上 | 回升至 | 升越 |"
    " 收盘突破 | 收复 | 由下而上穿越 | 从下方上穿 | 由下向上穿 | 由下往上穿 | 由下而上穿 | 自下而上穿 | 从下往上穿 |"
    " 向上穿 | 穿上 | 企上 | 重返 | 收上 | 冲破",
    "crosses_below": "crosses down | crossing down | cross down | crosses downward | crosses downwards | "
    "breakdown below |"
    " crosses from above | loses | breakdown of | break below | break under | breakdown through | "
    "crosses down below | crosses to the downside |"
    " 下穿 | 跌穿 | 跌破 | 下破 | 向下跌破 | 向下突破 | 失守 | 向下穿过 | 由上而下穿过 | "
    "由上向下穿过 | 自上而下穿过 | 从上往下穿过 |"
    " 跌返落 | 跌返 | 跌回 | 落返 | 跌到低于 |"
    " 下穿过 | 跌至低于 | 跌落 | 向下穿越 | 回落至 | 由上向下穿 | 由上往下穿 | 由上而下穿 | 自上而下穿 |"
    " 从上往下穿 | 向下穿 | 击穿 | 穿下 | 收下",
}


# A break whose direction the level tells: of a high upwards, of a low downwards.
BREAKS = (
    "breaks | break | broke | breaks through | break through | breaking through | break of | breakout of |"
    " takes out |"
    " take out | taking out | pierces | pierce | violates | penetrates | clears | clear | is broken | gets broken |"
    " is taken out | gets taken out | taken out | is breached | breached | is cleared | is violated | is exceeded"
)


CROSSES_ANYHOW = "cross | crosses | x | crossing | crossed | crossover | crossovers | 交叉 | 穿过 | 穿越"


CROSS_BEHIND = {
    "up": "from below | up | upward | upwards | to the upside | from underneath | from below to above | 向上",
    "down": "from above | down | downward | downwards | to the downside | from above to below | 向下",
}


CROSS_NOUNS = {
    "up": "golden cross | golden crossover | bullish cross | bullish crossover | bull cross | positive crossover |"
    " cross to upside | crosses bullish | crosses bullishly | 金叉 | 黄金交叉 | 看涨交叉",
    "down": "death cross | dead cross | bearish cross | bearish crossover | bear cross | negative crossover |"
    " crosses bearish | crosses bearishly | 死叉 | 死亡交叉 | 看跌交叉",
}


TOUCHES = (
    "touches | touch | touching | touched | touch of | tag of | tags | tag | hits | is back at | back at |"
    " is back to |"
    " comes down to | goes down to | gets down to | drops down to | falls back to | drops back to |"
    " comes back down to | cools to | cools off to | comes up to | goes up to | gets up to | rises back to |"
    " climbs back to | normalises to | normalizes to | mean reverts to | hit | reaches | tests | rallies to |"
    " bounces to | "
    "reverts to | gets back to | goes back to | pulls back and touches | dips and touches | "
    "returns back to | 回到 | 涨回 | 升回 | 反弹至 | pulls back to | "
    "pullback to | dips to | retraces to | falls to |"
    " drops to | returns to | comes back to | retests | 触及 | 碰到 | 触碰 | 回踩 | 触到 | 回调至 | 回调到 | 到达"
)


HELD = (
    "不破 | 不跌破 | 不穿 | 不失守 | 而不破 | 唔穿 | and holds | and hold | and holds it |"
    " without breaking it |"
    " without closing below it"
)


NEAR_BEHIND = "附近 | 左右 | 周围 | 上下"


BOUNCES = {
    "up": "bounces off | bounce off | bouncing off | bounced off | bounces from | bounce from | bounces at |"
    " finds support at | finds support on | holds support at | respects | rebounds off | rebounds from |"
    " bounces up from | 反弹于 | 受支撑于 | 获支撑于",
    "down": "rejects | rejects from | rejects off | rejecting | gets rejected at | is rejected at | rejected at |"
    " rejection at | rejected from | rejection from |"
    " gets rejected by | is rejected by | rejected by | fails at | finds resistance at | 受阻于 | 遇阻于",
}


ZERO_CROSSES = {
    "up": "turns from negative to positive | goes from negative to positive | flips from negative to positive |"
    " changes from negative to positive | moves from negative to positive | crosses from negative to positive |"
    " from negative to positive | from red to green | 由负转正 | 从负转正 | 转正 | 翻正 | 由绿翻红 | 上穿零轴 |"
    " 上穿0轴",
    "down": "turns from positive to negative | goes from positive to negative | flips from positive to negative |"
    " changes from positive to negative | moves from positive to negative | crosses from positive to negative |"
    " from positive to negative | from green to red | 由正转负 | 从正转负 | 转负 | 翻负 | 由红翻绿 | 下穿零轴 |"
    " 下穿0轴",
}
