"""An archive whose every field is an attack: one article a payload.

``ARCHIVE_XSS`` names a folder of lists (``*.txt``, a payload a line) to be used
besides the payloads here.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from archive.document import Draft, Origin
from archive.normalise import document_from_draft
from archive.store import Store
from index.indexer import Indexer
from webapp.settings import Settings

#: Stands in every title and text, so that a search finds all.
WORD = "lighthouse"

#: What an article without an attack has in place of one.
HARMLESS = "plain words"

PAYLOADS = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</textarea><img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<details open ontoggle=alert(1)>",
    "<body onload=alert(1)>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "<object data='data:text/html,<script>alert(1)</script>'></object>",
    "<base href=//example.net/>",
    "<meta http-equiv=refresh content='0;url=//example.net/'>",
    "<link rel=stylesheet href=//example.net/x.css>",
    "<form action=//example.net/><input type=submit id=q name=q>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)//http://example.org",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "vbscript:msgbox(1)",
    "//example.net/x",
    "https://example.org/\" onmouseover=\"alert(1)",
    "https://example.org/' autofocus onfocus='alert(1)",
    '" onmouseover=alert(1) x="',
    "' onmouseover=alert(1) x='",
    "x onmouseover=alert(1) ",
    "`-alert(1)-`",
    "\\\";alert(1);//",
    "</mark><script>alert(1)</script><mark>",
    f"<scr{WORD}ipt>alert(1)</scr{WORD}ipt>",
    f"<img src={WORD} onerror=alert(1)>",
    f"&lt;script&gt;{WORD}&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "<scr\u200bipt>alert(1)</scr\u200bipt>",
    "\u202e<script>alert(1)</script>",
    "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml-stylesheet href='javascript:alert(1)'?>",
    "{{7*7}}{% print 1 %}${7*7}#{7*7}<%= 7*7 %>",
    "<img src=x id=querySelector name=body>",
    "<plaintext>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "<style>@import '//example.net/x.css';</style>",
    "<div style='position:fixed;inset:0;background:url(//example.net/x)'>",
    "<video><source onerror=alert(1)></video>",
    "jaVasCript:/*-/*`/*\\`/*'/*\"/**/(/* */oNcliCk=alert() )//</stYle/</titLe/</teXtarEa/</scRipt/--!>\\x3csVg/<sVg/oNloAd=alert()//>",
)  # fmt: skip


def payloads() -> list[str]:
    """Those above, and those of the lists in ``ARCHIVE_XSS``, each once."""
    found = list(PAYLOADS)
    if folder := os.environ.get("ARCHIVE_XSS"):
        for path in sorted(Path(folder).glob("*.txt")):
            found += path.read_text("utf-8", "replace").splitlines()
    return list(dict.fromkeys(line for line in found if line.strip()))


def build(home: Path, attacks: Sequence[str]) -> Settings:
    """Store and index an article for each of ``attacks``, which stands in all its fields."""
    settings = Settings(home=home, engine="tantivy", page_size=50)
    home.mkdir(parents=True)
    drafts = [
        Draft(
            title=f"{WORD} {attack}",
            text=f"{attack} {WORD} {attack}\n\n{attack}",
            authors=(attack, "Ada Lovelace"),
            source=attack,
            section=attack,
            tags=(attack, "sea"),
            url=attack if ":" in attack[:12] else f"https://example.org/{number}?{attack}",
            language="en",
            origin=Origin(path=f"/{attack}/{number}.txt", member=attack),
        )
        for number, attack in enumerate(attacks)
    ]
    with Store.open(settings.store_path) as store:
        for start in range(0, len(drafts), 500):
            store.put([document_from_draft(draft) for draft in drafts[start : start + 500]])
        Indexer(store, settings.index_root, settings.engine).catch_up()
    return settings
