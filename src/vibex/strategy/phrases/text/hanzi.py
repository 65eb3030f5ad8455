"""Chinese writing: one form for Traditional and Simplified, numerals, and which of the two a text is in.

The lexicon is written in Simplified characters only; a text is folded to them before it is looked up. Only the
characters that the vocabulary of trading needs are listed.
"""

from __future__ import annotations

from typing import Literal

_PAIRS = (
    "與与對对買买賣卖進进場场價价線线時时當当倉仓槓杠桿杆盤盘開开關关條条損损贏赢虧亏盈盈風风險险資资產产額额"
    "騰腾訊讯匯汇豐丰銀银國国東东網网蘋苹果果亞亚馬马遜逊特特斯斯拉拉輝辉達达穀谷歌歌軟软納纳達达標标準准"
    "個个們们這这為为於于過过連连續续從从內内間间後后週周點点長长勢势轉转縮缩漲涨跌跌降降陽阳陰阴燭烛"
    "爾尔帶带軌轨乖乖離离隨随機机動动態态強强弱弱數数據据類类別别雙双單单邊边側侧級级階阶檔档穩稳幣币"
    "圖图實实體体頭头腳脚頂顶補补撐撑壓压阻阻趨趋勝胜負负總总淨净權权重重減减輕轻鎖锁觸触發发執执"
    "託托訂订劃划約约滿满於于無无沒没須须應应該该認认為为設设計计請请給给幫帮寫写個个麼么樣样還还會会"
    "來来現现變变換换選选擇择則则規规確确證证處处辦办萬万億亿兩两參参戰战績绩報报業业務务團团"
    "啟启動动獲获異异並并將将從从隻只雲云鐘钟電电車车鐵铁華华為为鴻鸿聯联藥药證证黃黄獅狮積积極极"
    "較较顯显號号誤误錯错賬账戶户結结構构歷历測测試试驗验評评級级檢检視视監监額额餘余賺赚錢钱絕绝簡简"
    "繪绘區区塊块鏈链貨货匯汇兌兑貝贝攜携編编寬宽窄窄衝冲擊击彈弹調调整整擴扩張张幅幅隨随指指異异"
    "灣湾樓楼紅红綠绿藍蓝錘锤懸悬縱纵橫横歸归溫温極极邏逻輯辑劑剂層层緊紧貼贴倍倍論论敗败廣广義义"
    "濾滤潛潜題题觀观認认識识貪贪專专屬属備备註注補补償偿讓让們们遠远傳传統统適适顧顾問问"
    "閃闪購购質质騙骗採采佔占僅仅盡尽夠够幾几樞枢釋释龍龙蘭兰滙汇帳账迴回佈布裡里裏里係系恆恒蝕蚀勁劲亮亮"
    "軸轴拋抛掛挂攤摊狀状筆笔順顺財财費费貴贵烏乌鴉鸦蓋盖歐欧暫暂細细聞闻萊莱遲迟閉闭優优獨独難难協协員员圍围園园壞坏學学審审導导屆届島岛廠厂徹彻復复慣惯慮虑憑凭掃扫揀拣搶抢撥拨擋挡擔担擺摆斷断斬斩曬晒書书樂乐橋桥"
    "氣气決决沖冲淺浅滅灭滾滚漸渐濃浓濟济熱热爭争獎奖環环畫画疊叠盜盗礎础稅税稱称種种窮穷節节築筑篩筛簽签籌筹籃篮純纯終终組组經经維维緩缓緣缘練练織织繞绕纏缠罰罚羅罗聲声職职腦脑臨临舉举莊庄葉叶蘇苏虛虚術术衛卫裝装"
    "襲袭覽览討讨訓训記记訪访許许訴诉詞词詳详誘诱語语誠诚誰谁課课談谈諒谅謝谢謹谨譯译議议護护讀读責责貸贷貿贸賓宾贈赠趕赶跡迹躍跃輔辅輪轮輸输農农遷迁遺遗釘钉針针鈍钝銅铜銳锐錄录鍵键鎮镇鏡镜鑽钻閱阅闊阔闖闯陣阵陸陆"
    "隊队際际隱隐雜杂霧雾靈灵響响頁页項项預预頓顿領领頻频顆颗願愿養养駐驻驅驱驚惊鬧闹鮮鲜鳥鸟麗丽麥麦黨党齡龄夾夹尋寻債债嚴严奪夺師师廳厅彎弯懷怀戲戏擾扰攔拦敘叙斂敛殘残殺杀歲岁歡欢滲渗潔洁牆墙犧牺獵猎獻献畢毕禮礼"
    "竅窍紀纪紙纸紛纷綁绑縫缝聰聪脅胁膽胆臉脸艱艰薦荐藝艺蟲虫診诊詩诗誇夸謀谋譜谱貢贡貧贫賀贺賴赖踐践轟轰辭辞郵邮鄉乡釣钓錦锦顏颜飯饭飽饱館馆馳驰駛驶駕驾騎骑魚鱼鳳凤倆俩僱雇儲储凍冻劍剑勵励呂吕喚唤嘗尝噸吨圓圆墊垫"
    "壟垄奮奋婦妇孫孙寧宁峽峡嶺岭惡恶慘惨憂忧擲掷"
    "髮发碼码靜静煙烟飛飞鑫鑫遞递覺觉勾勾鈎钩產产減减損损賠赔絲丝紐纽約约倫伦敦敦曆历舊旧營营聽听說说話话"
)
_FOLD = {ord(old): new for old, new in zip(_PAIRS[::2], _PAIRS[1::2], strict=True) if old != new}
_SIMPLE_ONLY = frozenset(_FOLD.values()) - frozenset("于后里只准余云谷御注周台借制斗丰")

_DIGITS = {"〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_TENS = {"十": 10, "百": 100, "千": 1000}
MYRIADS = {"万": 10_000, "亿": 100_000_000}  # written behind digits as well: 5万
NUMERALS = frozenset({*_DIGITS, *_TENS, *MYRIADS})


def is_hanzi(letter: str) -> bool:
    return "\u4e00" <= letter <= "\u9fff" or letter == "〇"


def fold(text: str) -> str:
    """`text` in Simplified characters, of the same length."""
    return text.translate(_FOLD)


def language_of(text: str) -> Literal["en", "zh-Hant", "zh-Hans"]:
    """The language that most of the words are in; Chinese that could be either counts as Traditional."""
    chinese = sum(map(is_hanzi, text))
    words = sum(1 for word in text.split() if any("a" <= letter.lower() <= "z" for letter in word))
    if not chinese or chinese < words:
        return "en"
    traditional = sum(1 for letter in text if ord(letter) in _FOLD)
    simplified = sum(1 for letter in text if letter in _SIMPLE_ONLY)
    return "zh-Hans" if simplified > traditional else "zh-Hant"


def numeral(text: str) -> float | None:
    """The value of a run of Chinese numerals (二十五, 一百二, 三万), None when it is none."""
    if all(letter in _DIGITS for letter in text):
        return float("".join(str(_DIGITS[letter]) for letter in text)) if text else None
    total, section, digit = 0, 0, 0
    for letter in text:
        if letter in _DIGITS:
            digit = _DIGITS[letter]
        elif letter in _TENS:
            section += (digit or 1) * _TENS[letter]
            digit = 0
        elif letter in MYRIADS:
            total += max(section + digit, 1) * MYRIADS[letter]
            section = digit = 0
        else:
            return None
    if digit and len(text) > 1 and text[-2] in "百千":
        digit *= _TENS[text[-2]] // 10  # 一百二 is 120
    return float(total + section + digit)
