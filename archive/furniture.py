"""Which elements of a page are article, and which furniture, by their classes and ids.

The vocabulary is that of trafilatura (Apache-2.0, ``trafilatura.xpaths``).  There
it stands in XPath expressions that call back into Python for every element and
are evaluated anew for each stage; here every element is looked at once, and a
class seen before is known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from lxml.html import HtmlElement

_KNOWN = 50_000


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# Any of these anywhere in an id or a class.
_BOTH = _words("""
    social viral newsletter syndication tags sidebar banner breadcrumb bread-crumb button author footer Footer
    message-container
""")
_IN_ID = (*_BOTH, *_words("bmdh share Share nav Nav menu related premium"))
_STARTS_ID = _words("shar jp- dpsp-content ad-")
_IN_CLASS = (
    *(*_BOTH, " ad ", "-ad-", " ad-"),
    *_words("""
        subnav avigation navbar navbox menu bar dfpAd dfpad outbrain taboola criteo paidcontent paid-content
        widget byline Byline share- sociable embed tag-list consent modal-content permission elated next-
        -stories most-popular more-on meta rating attachment timestamp user-info user-profile -icon
        article-infos slide viewport overlay options expand obfuscated blurred mol-factbox yin zlylin nfoline
    """),
)
_STARTS_CLASS = _words("shar nav post-nav ZendeskForm")
_HIDDEN_CLASS = _words("""
    comments-title nocomments -reply- message akismet suggest-links -hide- hide-print noprint notloaded
""")
_COMMENTS = re.compile(r"[Cc]omment(?!ary)|(?:article|post)-comments")
_COMMENTS_ID = re.compile(r"(?:[Cc]omment(?!ary)|comol|disqus_thread|dsq-comments)")
_BESIDE = re.compile(
    r"(?:more|top|other|latest|related|popular)[-_]?stories|promo|recirc|read-?(?:more|next)|also-read|interstitial"
    r"|(?:^|[\s_-])bio(?:graphy)?(?:[\s_-]|$)|about-the|disclaimer|copyright|sign-?up",
    re.IGNORECASE,
)
_EDGE_WORD = re.compile(r"(?:^|\s)bottom|bottom(?:\s|$)|(?:^|\s)link(?:\s|$)")

# Where the article stands, from the plainest sign to the vaguest.
_BODY_ID = re.compile(
    r"(?:entry|article|art)-content|article__content|article(?:-|__)?body|articleBody|body-text"
)
_BODY_CLASS = re.compile(
    r"post[-_]text|post-body|post-?entry|post[-_]?content|postContent|post_inner_wrapper|article-?text"
    r"|articleText|(?:entry|page|text|article|art)-content|article__content|article(?:-|__)?body|articleBody"
    r"|ArticleContent|body-text|article__container"
)
_STORY_CLASS = re.compile(
    r"(?i:fulltext)|^article |post-bodycopy|story-?content|(?:theme|blog|section|single)-content|single-post"
    r"|main-column|wpb_text_column|story-body|field-body"
)
_STORY_CLASSES = frozenset(["postarea", "art-postcontent", "text", "cell", "story"])
_MAIN = re.compile(r"content[-_]main|content(?:-|__)body|[Mm]ain-[Cc]ontent|contentBody")
_PAGE_CONTENT = re.compile(r"[Pp]age-[Cc]ontent")

OVERALL, HIDDEN, COMMENTS, TEASER, CAPTION, STRICT, BODY, STORY, MAIN_CONTENT, MAIN = (
    1 << bit for bit in range(10)
)

_SECTIONS = frozenset(["article", "div", "main", "section"])
_COMMENT_TAGS = frozenset(["div", "list", "section", "details", "ol", "ul"])
_FURNITURE_TAGS = frozenset(["div", "li", "dd", "dt", "ul", "ol", "dl", "p", "section", "span"])

_TEXT_TAGS = frozenset(["p", "li", "blockquote", "h1", "h2", "h3", "h4"])
_SENTENCE_CHARS = 40


@dataclass(slots=True)
class Marks:
    """Elements of one tree in the order of the page.

    Attributes:
        bodies: five lists of where the article may be, the plainest sign first.
        overall: share buttons, menus, sign-up boxes and the like, and what is hidden.
        strict: doubtful elements, headers of sections among them.
    """

    bodies: tuple[list[HtmlElement], ...] = field(default_factory=lambda: ([], [], [], [], []))
    comments: list[HtmlElement] = field(default_factory=list)
    overall: list[HtmlElement] = field(default_factory=list)
    teasers: list[HtmlElement] = field(default_factory=list)
    captions: list[HtmlElement] = field(default_factory=list)
    strict: list[HtmlElement] = field(default_factory=list)


def marks(tree: HtmlElement) -> Marks:
    """Look at every element of ``tree`` once."""
    found = Marks()
    root = True
    for element in tree.iter("*"):
        if root:  # the root is never furniture, nor the frame of the article
            root = False
            continue
        get = element.get
        tag = element.tag
        if tag == "article":
            found.bodies[1].append(element)
        elif tag == "main":
            found.bodies[4].append(element)
        elif tag == "header":
            found.strict.append(element)
        classes, identifier, style, role = get("class"), get("id"), get("style"), get("role")
        if get("aria-hidden") == "true":
            found.overall.append(element)
        if get("itemprop") == "articleBody" and tag in _SECTIONS:
            found.bodies[0].append(element)
        if classes is None and identifier is None and style is None and role is None:
            continue
        flags = _flags(classes or "", identifier or "", style or "", role or "")
        if not flags:
            continue
        if flags & HIDDEN:
            found.overall.append(element)
        if tag == "span" and _is_in_a_sentence(element):
            continue
        if tag in _FURNITURE_TAGS:
            if flags & OVERALL:
                found.overall.append(element)
            if flags & TEASER:
                found.teasers.append(element)
            if flags & CAPTION:
                found.captions.append(element)
            if flags & STRICT:
                found.strict.append(element)
        if flags & COMMENTS and tag in _COMMENT_TAGS:
            found.comments.append(element)
        if tag in _SECTIONS:
            for bit, candidates in ((BODY, 0), (STORY, 2), (MAIN_CONTENT, 3)):
                if flags & bit:
                    found.bodies[candidates].append(element)
            if flags & MAIN and tag != "main":
                found.bodies[4].append(element)
    return found


def _is_in_a_sentence(span: HtmlElement) -> bool:
    """Whether a ``span`` is a few words of running text, whatever its class: a link, a name."""
    parent = span.getparent()
    if parent is None or parent.tag not in _TEXT_TAGS:
        return False
    around = len((parent.text or "").strip()) + sum(len((child.tail or "").strip()) for child in parent)
    return around >= _SENTENCE_CHARS


@lru_cache(maxsize=_KNOWN)
def _flags(classes: str, identifier: str, style: str, role: str) -> int:
    flags = (_class_flags(classes) if classes else 0) | (_id_flags(identifier) if identifier else 0)
    if style:
        if "display:none" in style or "display: none" in style or (not identifier and "hidden" in style):
            flags |= HIDDEN
        if "border" in style:
            flags |= STRICT
    if role:
        if "nav" in role or "Nav" in role:
            flags |= OVERALL
        if role == "article":
            flags |= STORY
        if role.startswith("main"):
            flags |= MAIN
    return flags


@lru_cache(maxsize=_KNOWN)
def _class_flags(text: str) -> int:
    flags = 0
    spaced = f" {text}"
    if text.startswith(_STARTS_CLASS) or any(token in spaced for token in _IN_CLASS) or "cookie" in text:
        flags |= OVERALL
    if (
        text.startswith(("hide-", "reply-"))
        or " hidden" in text
        or " hide" in text
        or any(token in text for token in _HIDDEN_CLASS)
    ):
        flags |= HIDDEN
    if "omment" in text and (_COMMENTS.match(text) or "article-comments" in text or "post-comments" in text):
        flags |= COMMENTS
    if "easer" in text and ("teaser" in text or "Teaser" in text):
        flags |= TEASER
    if "aption" in text and ("caption" in text or "Caption" in text):
        flags |= CAPTION
    if _BESIDE.search(text):
        flags |= TEASER
    if ("bottom" in text or "link" in text) and _EDGE_WORD.search(text):
        flags |= STRICT
    return flags | _body_class_flags(text)


def _body_class_flags(text: str) -> int:
    flags = 0
    if text in ("post", "entry") or _BODY_CLASS.search(text):
        flags |= BODY
    if text in _STORY_CLASSES or _STORY_CLASS.search(text):
        flags |= STORY
    if text == "content" or _MAIN.search(text) or _PAGE_CONTENT.search(text):
        flags |= MAIN_CONTENT
    if text.startswith("main"):
        flags |= MAIN
    return flags


@lru_cache(maxsize=_KNOWN)
def _id_flags(text: str) -> int:
    flags = 0
    if text.startswith(_STARTS_ID) or any(token in text for token in _IN_ID) or "cookie" in text:
        flags |= OVERALL
    if "hidden" in text or "reader-comments" in text or "akismet" in text or text.startswith("reply-"):
        flags |= HIDDEN
    if _COMMENTS_ID.match(text):
        flags |= COMMENTS
    if "teaser" in text or "Teaser" in text:
        flags |= TEASER
    if "caption" in text or "Caption" in text:
        flags |= CAPTION
    if _BESIDE.search(text):
        flags |= TEASER
    if _EDGE_WORD.search(text):
        flags |= STRICT
    if text == "articleContent" or _BODY_ID.search(text):
        flags |= BODY
    if text in ("article", "story") or text.startswith("primary") or "story-body" in text:
        flags |= STORY
    if text == "content" or any(t in text for t in ("content-main", "content-body", "contentBody")):
        flags |= MAIN_CONTENT
    if "main-content" in text.lower():
        flags |= MAIN_CONTENT
    if text.startswith("main"):
        flags |= MAIN
    return flags
