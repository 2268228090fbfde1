"""Words that tell a language, and the codes and names that stand for one: data only."""

from __future__ import annotations

from typing import Final

# Frequent words of English that are no frequent words elsewhere.
ENGLISH: Final = """
the and that for with his her from are have this by he it not which you were had but they their has
been who  would will said she its about can to of what when there if my your all one out up than
could other
"""

# Frequent words of each; a word may stand under several.
WORDS: Final = {
    "de": (
        "der die und das nicht mit ist den auf für eine dem auch sich von wird nach wie bei einen noch "
        "einer zum über sind durch wurde ich sie zu"
    ),
    "fr": (
        "le les des et est dans une qui du pour au pas sur sont ce avec plus cette été il aux leur ont "
        "par mais comme nous vous elle"
    ),
    "es": (
        "el los las por una del con para más pero fue como ha sus este su lo está también entre había "
        "desde hasta según y muy"
    ),
    "it": (
        "il di che della per non gli sono nel con alla anche ha dei più delle questo è una dal ma nella "
        "lo come suo stato"
    ),
    "pt": (
        "o os do da não em uma dos das no na foi mais ao pelo pela também são seu sua ele que com disse à "
        "como até mas"
    ),
    "nl": (
        "het een van en niet zijn voor met dat op te aan ook bij naar maar er wordt deze om uit nog wel "
        "werd hij heeft hebben"
    ),
    "sv": (
        "och att det som är inte av på med för till har ett om den men var han från efter också vid kan säger"
    ),
    "da": (
        "og at det er ikke af på med som til har et for den der men var han fra efter også ved kan siger blev"
    ),
    "no": "og det er ikke av på med som til har et for den men var han fra etter også ved kan sier ble",
    "fi": "ja on ei että se oli hän mutta myös kun ovat mukaan sen joka jo kuin ole vain",
    "pl": "nie się na że jest do to jak ale przez po od tym oraz był dla czy tego który jego są",
    "cs": "se na že je není ale jako jsou byl podle pro by které když které jeho také už před při za",
    "hu": "hogy nem az egy és is meg csak volt már azt mint szerint kell ki vagy ez",
    "ro": "și în nu este că la cu din pe pentru care mai fost sunt au această după sau",
    "tr": "ve bir bu için ile olarak çok daha olan olduğunu sonra kadar gibi ancak",
    "id": "yang dan di itu dengan untuk tidak dari ini dalam akan pada juga ke karena ada mereka telah",
    "ca": "els amb per és una que les del com més però dels aquest també ha seva al i",
    "vi": "và của là có được cho không trong người những với các một đã này",
}

# ISO 639-1.
CODES: Final = """
aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv
dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie
ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv
mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm
rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts
tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""

# Old codes, three-letter codes and names.
NAMES: Final = {
    "iw": "he", "in": "id", "ji": "yi", "eng": "en", "ger": "de", "deu": "de", "fre": "fr", "fra": "fr",
    "spa": "es", "ita": "it", "por": "pt", "dut": "nl", "nld": "nl", "rus": "ru", "ukr": "uk", "pol": "pl",
    "swe": "sv", "dan": "da", "nor": "no", "fin": "fi", "cze": "cs", "ces": "cs", "slk": "sk", "slo": "sk",
    "hun": "hu", "rum": "ro", "ron": "ro", "gre": "el", "ell": "el", "tur": "tr", "ara": "ar", "heb": "he",
    "chi": "zh", "zho": "zh", "cmn": "zh", "jpn": "ja", "kor": "ko", "hin": "hi", "vie": "vi", "tha": "th",
    "ind": "id", "cat": "ca", "per": "fa", "fas": "fa", "bul": "bg", "hrv": "hr", "srp": "sr", "slv": "sl",
    "english": "en", "german": "de", "deutsch": "de", "french": "fr", "français": "fr", "francais": "fr",
    "spanish": "es", "español": "es", "espanol": "es", "italian": "it", "italiano": "it", "portuguese": "pt",
    "português": "pt", "portugues": "pt", "dutch": "nl", "nederlands": "nl", "russian": "ru", "русский": "ru",
    "ukrainian": "uk", "українська": "uk", "polish": "pl", "polski": "pl", "swedish": "sv", "svenska": "sv",
    "danish": "da", "dansk": "da", "norwegian": "no", "norsk": "no", "finnish": "fi", "suomi": "fi",
    "czech": "cs", "čeština": "cs", "hungarian": "hu", "magyar": "hu", "romanian": "ro", "română": "ro",
    "greek": "el", "ελληνικά": "el", "turkish": "tr", "türkçe": "tr", "arabic": "ar", "العربية": "ar",
    "hebrew": "he", "עברית": "he", "chinese": "zh", "中文": "zh", "japanese": "ja", "日本語": "ja",
    "korean": "ko", "한국어": "ko", "hindi": "hi", "vietnamese": "vi", "thai": "th", "indonesian": "id",
    "catalan": "ca", "català": "ca", "persian": "fa", "farsi": "fa",
}  # fmt: skip
