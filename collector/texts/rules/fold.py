"""One plain form of a text, so that a word is found however it was written.

Whoever hides a word writes it wide, spaced, with marks over it, with look-alike letters of another alphabet or with
characters that are not seen; whoever is in a hurry writes it in capitals. Lists of words are folded the same way.
"""

from __future__ import annotations

import re
import unicodedata

_CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_LATIN = re.compile(r"[A-Za-z]")
_LINK = re.compile(r"(?:https?://)?[\w-]+(?:\.[\w-]+)+[!-~]*")
_SIGNATURE = re.compile(r"^\s*【[^【】]{0,40}】")
_UNSEEN = frozenset({"Cf", "Mn", "Me", "Cc", "Cs", "Co"})
_SPACE = "\t\n\v\f\r "

_LOOK_ALIKES = str.maketrans("аеорсухіјѕԁһӏοαενικρτυ", "aeopcyxijsdhloaevikptu")
"""Small letters of the Cyrillic and Greek alphabets that nobody tells from Latin ones."""
_SIMPLIFIED = str.maketrans(
    "丟並乾亂併來侷係俬個們偵備傢傳債傷僅僱價儘償兒內兩凍別刪則剛劃動務勢匯區協卽員問喪喫單嗎噹嚇嚮嚴囑國圖執"
    "堅報場媽學實寫寬尋對崗師幫幹幾庫弔張強彆彔彙後從復徵慼憑應戀戶換摺撥擊擾敗數斷於時暫曏書會朮東査條棄業榦"
    "構樓樣機檢殘殺氣決沒洩準滙潤災為無煩熱爭爲獄現產産異當瘋療發盜盡監眾睏確碼禍禮種稱窮筆箇簽籤糾約組結絕給"
    "統絶經網緝緩緻總繫繳繼續纍纏纔罰罵羣義聯聽脅腦臉與舉舊萬葯蓋藥虛號虧衆術衕裏裡製複覈見規親訂計訊託記訟訪"
    "設許訴証詐詢話該認語誤說説誰請謝證識議護讓貓負財責買貸費貼資賬賭賴踰車輕轉辦農迴這週進過違遺還郵釦銀錄錢"
    "錯録錶鍋長門閉開間閤閱閲闆關陸隊隨險隱隻離難電靜響須頭頻題額願類風養餓馬駡騙騷髮鬚鬱麪麫麵麼麽點齣",
    "丢并干乱并来局系私个们侦备家传债伤仅雇价尽偿儿内两冻别删则刚划动务势汇区协即员问丧吃单吗当吓向严嘱国图执"
    "坚报场妈学实写宽寻对岗师帮干几库吊张强别录汇后从复征戚凭应恋户换折拨击扰败数断于时暂向书会术东查条弃业干"
    "构楼样机检残杀气决没泄准汇润灾为无烦热争为狱现产产异当疯疗发盗尽监众困确码祸礼种称穷笔个签签纠约组结绝给"
    "统绝经网缉缓致总系缴继续累缠才罚骂群义联听胁脑脸与举旧万药盖药虚号亏众术同里里制复核见规亲订计讯托记讼访"
    "设许诉证诈询话该认语误说说谁请谢证识议护让猫负财责买贷费贴资账赌赖逾车轻转办农回这周进过违遗还邮扣银录钱"
    "错录表锅长门闭开间合阅阅板关陆队随险隐只离难电静响须头频题额愿类风养饿马骂骗骚发须郁面面面么么点出",
)
"""Traditional characters of the words that stand in our lists."""


def plain(text: str) -> str:
    """One width, one case, one script; what is not seen is taken out. Line breaks and blanks stay."""
    if text.isascii():
        return "".join(char for char in text.lower() if char.isprintable() or char in _SPACE)
    folded = unicodedata.normalize("NFKD", text).casefold()
    seen = "".join(char for char in folded if char in _SPACE or unicodedata.category(char) not in _UNSEEN)
    return unicodedata.normalize("NFKC", seen).translate(_LOOK_ALIKES).translate(_SIMPLIFIED)


def has_cjk(text: str) -> bool:
    """Whether a Chinese character stands in it."""
    return _CJK.search(text) is not None


def is_chinese(text: str) -> bool:
    """Whether it is written in Chinese: a signature in 【】, a link or a name in the other script do not decide."""
    words = _LINK.sub(" ", _SIGNATURE.sub("", text))
    return 2 * len(_CJK.findall(words)) > len(_LATIN.findall(words))
