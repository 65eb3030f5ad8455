"""Assets by ticker and by name in three scripts. A row: the symbol as the market writes it, and its names.

A ticker that is also an English word or a word of trading ("NEAR", "LOW", "ALL") counts only in capitals or behind "$".
"""

from __future__ import annotations

CRYPTO = {
    "BTC": "bitcoin | xbt | 比特币 | 大饼 | btc perpetual | btc perp", "ETH": "ethereum | ether | 以太坊 | 以太币 | 以太 | 姨太", "SOL": "solana | 索拉纳",
    "BNB": "binance coin | 币安币", "XRP": "ripple | 瑞波币 | 瑞波", "ADA": "cardano | 艾达币", "DOGE": "dogecoin | 狗狗币 | 狗币",
    "AVAX": "avalanche | 雪崩", "DOT": "polkadot | 波卡", "MATIC": "polygon", "LINK": "chainlink", "LTC": "litecoin | 莱特币",
    "BCH": "bitcoin cash", "UNI": "uniswap", "ATOM": "cosmos", "XLM": "stellar", "TRX": "tron | 波场", "ETC": "ethereum classic",
    "FIL": "filecoin", "NEAR": "near protocol", "APT": "aptos", "ARB": "arbitrum", "OP": "", "SUI": "", "INJ": "injective",
    "SHIB": "shiba inu | shiba | 柴犬币", "PEPE": "", "TON": "toncoin", "HYPE": "hyperliquid", "AAVE": "", "MKR": "", "ALGO": "algorand",
    "ICP": "internet computer", "VET": "vechain", "SAND": "", "MANA": "", "XMR": "monero", "EOS": "", "HBAR": "hedera", "TIA": "celestia",
    "SEI": "", "WLD": "worldcoin", "RUNE": "thorchain", "FTM": "fantom", "GRT": "", "CRV": "", "DYDX": "", "LDO": "", "JUP": "", "WIF": "",
    "BONK": "", "ASTER": "", "ENA": "", "KAS": "kaspa", "RENDER": "", "FET": "",
}  # fmt: skip
US = {
    "SPY": "s&p 500 | s&p500 | s&p | sp500 | s and p 500 | spdr | 标普500 | 标普 | 标普500指数", "QQQ": "nasdaq | nasdaq 100 | nasdaq100 | 纳指 | 纳斯达克 | 纳斯达克100",
    "IWM": "russell 2000 | russell", "DIA": "dow | dow jones | 道指 | 道琼斯", "VOO": "", "VTI": "", "TLT": "long treasuries", "GLD": "gold etf | gold",
    "SLV": "silver etf", "XLE": "", "XLF": "", "XLK": "", "EEM": "", "EFA": "", "HYG": "", "USO": "", "TQQQ": "", "SQQQ": "", "UPRO": "", "SOXL": "", "SMH": "", "ARKK": "",
    "AAPL": "apple | 苹果 | 苹果公司", "MSFT": "microsoft | 微软", "NVDA": "nvidia | 英伟达 | 辉达", "TSLA": "tesla | 特斯拉", "AMZN": "amazon | 亚马逊",
    "GOOGL": "google | alphabet | 谷歌", "GOOG": "", "META": "facebook | meta platforms | 脸书", "NFLX": "netflix | 奈飞 | 网飞", "AMD": "advanced micro devices | 超微",
    "INTC": "intel | 英特尔", "BABA": "", "JPM": "jpmorgan | jp morgan | 摩根大通", "BAC": "bank of america | 美国银行", "GS": "goldman | goldman sachs | 高盛", "WFC": "wells fargo",
    "V": "visa", "MA": "mastercard", "KO": "coca cola | coca-cola | coke | 可口可乐", "PEP": "pepsi | pepsico | 百事 | 百事可乐", "WMT": "walmart | 沃尔玛", "COST": "costco | 好市多",
    "DIS": "disney | 迪士尼", "MCD": "mcdonalds | mcdonald's | 麦当劳", "NKE": "nike | 耐克", "SBUX": "starbucks | 星巴克", "HD": "home depot", "LOW": "", "TGT": "", "PG": "procter & gamble",
    "JNJ": "johnson & johnson | 强生", "PFE": "pfizer | 辉瑞", "MRNA": "moderna", "UNH": "unitedhealth", "XOM": "exxon | exxon mobil | 埃克森美孚", "CVX": "chevron | 雪佛龙", "BA": "boeing | 波音",
    "CAT": "caterpillar", "GE": "general electric | 通用电气", "F": "", "GM": "general motors | 通用汽车", "T": "", "VZ": "verizon", "CSCO": "cisco", "ORCL": "oracle | 甲骨文", "CRM": "salesforce", "ADBE": "adobe",
    "PYPL": "paypal", "SQ": "", "COIN": "coinbase", "MSTR": "microstrategy", "PLTR": "palantir", "UBER": "uber", "ABNB": "airbnb", "SHOP": "shopify", "SNAP": "", "SOFI": "", "GME": "gamestop", "AMC": "",
    "QCOM": "qualcomm | 高通", "AVGO": "broadcom | 博通", "MU": "micron | 美光", "TSM": "tsmc | 台积电", "ASML": "", "TXN": "", "IBM": "", "BRK.B": "berkshire | berkshire hathaway | 伯克希尔 | brk.b", "NIO": "", "LI": "", "XPEV": "",
    "JD": "", "PDD": "pinduoduo | 拼多多", "SMCI": "", "ARM": "", "RIVN": "", "LLY": "eli lilly | 礼来", "MRK": "", "ABBV": "", "C": "", "MS": "morgan stanley | 大摩", "VIX": "",
}  # fmt: skip
HK = {
    "0700": "tencent | tencent holdings | 腾讯 | 腾讯控股", "9988": "alibaba | alibaba hk | alibaba hong kong | 阿里巴巴 | 阿里", "0005": "hsbc | hsbc holdings | 汇丰 | 汇丰控股 | 汇控", "3690": "meituan | 美团 | 美团点评",
    "1810": "xiaomi | 小米 | 小米集团", "0941": "china mobile | 中国移动 | 中移动", "1299": "aia | aia group | 友邦 | 友邦保险", "0388": "hkex | hong kong exchanges | 港交所 | 香港交易所", "2318": "ping an | 中国平安 | 平安 | 平保",
    "0939": "ccb | china construction bank | 建设银行 | 建行", "1398": "icbc | 工商银行 | 工行", "3988": "bank of china | 中国银行 | 中行", "0883": "cnooc | 中海油 | 中国海洋石油", "0857": "petrochina | 中石油 | 中国石油",
    "0386": "sinopec | 中石化", "1211": "byd | 比亚迪 | 比亚迪股份", "9618": "jd.com | jd hk | 京东 | 京东集团", "9888": "baidu | 百度", "9999": "netease | 网易", "1024": "kuaishou | 快手", "2020": "anta | 安踏", "0016": "sun hung kai | 新鸿基 | 新地",
    "0001": "ck hutchison | 长和 | 长江和记", "0002": "clp | 中电 | 中电控股", "0003": "hong kong and china gas | 煤气", "0011": "hang seng bank | 恒生银行", "0066": "mtr | mtr corporation | 港铁", "0027": "galaxy entertainment | 银河娱乐", "1928": "sands china | 金沙中国",
    "2800": "tracker fund | 盈富基金 | 盈富", "2828": "恒生中国企业", "0175": "geely | 吉利 | 吉利汽车", "2015": "li auto | 理想汽车", "9866": "蔚来", "9868": "xpeng | 小鹏汽车 | 小鹏", "0981": "smic | 中芯国际 | 中芯", "0992": "lenovo | 联想 | 联想集团", "0762": "china unicom | 中国联通",
    "0728": "china telecom | 中国电信", "2388": "boc hong kong | 中银香港", "0823": "link reit | 领展", "0669": "techtronic | 创科", "1113": "长实", "6618": "京东健康", "9961": "trip.com | 携程", "HSI": "hang seng | hang seng index | hsi | 恒生指数 | 恒指",
    "3968": "china merchants bank | 招商银行 | 招行", "2628": "china life | 中国人寿", "9633": "nongfu | 农夫山泉", "1109": "华润置地", "0688": "中国海外",
}  # fmt: skip

# Tickers that are common words in a request: only as written in capitals, or behind "$".
AMBIGUOUS = frozenset(
    "dot link uni atom near apt op ton sand mana rune ma ms c t f v low cost cat arm shop snap coin li hype render ton arb gas"
    " sui ena fil ada sol mu ba ge gm jd tgt vet icp algo jup fet sei wif aster hd smh grt vix".split()
) - {"ada", "sol", "sui", "arb", "ba", "gm", "jd"}

STOCK_WORDS = "stock | stocks | equity market | 股票 | 美股 | us stock | us stocks"
HK_WORDS = "hk stock | hk stocks | hong kong stock | hong kong stocks | hkse | 港股 | hong kong market | hk market"
CRYPTO_WORDS = "crypto | cryptocurrency | crypto market | 加密货币 | 加密 | 虚拟货币 | 币圈 | perpetual | perp | spot | futures"
