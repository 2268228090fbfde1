"""One form for every address, so that the same page is the same article."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, urljoin, urlsplit

from archive.limits import LIMITS

# Already canonical: lower-case host without port or credentials, a path of
# unreserved characters, no query, no fragment.
_PLAIN: Final = re.compile(
    r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:(?:/[A-Za-z0-9_~,-]+(?:\.[A-Za-z0-9_~,-]+)*)+/?|/)"
)
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_PORTS: Final = {"http": 80, "https": 443}
_TRACKING: Final = re.compile(
    r"(?:utm_\w+|utm|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|twclid|ttclid|li_fat_id|yclid|ysclid|igshid|igsh"
    r"|mc_cid|mc_eid|mkt_tok|_hsenc|_hsmi|__hs\w+|_ga|_gl|vero_id|vero_conv|oly_anon_id|oly_enc_id|wt\.\w+|wt_mc"
    r"|wickedid|rb_clickid|s_cid|cmpid|cmp|icid|ito|smid|smtyp|xtor|at_(?:medium|campaign|custom\d)|ns_\w+"
    r"|ref_src|ref_url|__twitter_impression|guccounter|guce_referrer(?:_sig)?|spm|scm|share_(?:from|source|medium)"
    r"|pk_(?:campaign|kwd|source|medium)|mtm_\w+|matomo_\w+|piwik_\w+|hsctatracking|cx_\w+|trk|trkcampaign|sfmc_\w+)",
    re.IGNORECASE,
)
_ESCAPE: Final = re.compile(r"%([0-9A-Fa-f]{2})")
_STRAY_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_UNRESERVED: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_SAFE: Final = "%/:=&?~#+!$,;'@()*[]|"


def normalise_url(url: str, base: str = "") -> str:
    """Return the canonical form of an http(s) address, or ``""`` if it is none.

    Scheme and host are lower case, the host in punycode; default port, fragment,
    credentials, tracking parameters and dot segments are gone; escapes are in
    one form.  The order of parameters, ``www.`` and a final ``/`` are kept, for
    they can matter.  ``base`` completes a relative address.
    """
    if len(url) > LIMITS.url_chars:
        return ""
    if _PLAIN.fullmatch(url):
        return url
    url = "".join(url.split()) if "\n" in url else url.strip()
    if base and not _SCHEME.match(url):
        try:
            url = urljoin(base, url)
        except ValueError:
            return ""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        host = _ascii_host(host)
    except ValueError:
        return ""
    scheme = parts.scheme
    if scheme not in _PORTS or not host:
        return ""
    netloc = host if port is None or port == _PORTS[scheme] else f"{host}:{port}"
    path = _dot_free(_escaped(parts.path)) or "/"
    query = _without_tracking(_escaped(parts.query))
    canonical = f"{scheme}://{netloc}{path}{'?' + query if query else ''}"
    return canonical if len(canonical) <= LIMITS.url_chars else ""


def has_path(url: str) -> bool:
    """Say whether a canonical address names more than a site's front page."""
    return url.count("/") > 3 or not url.endswith("/")


def _ascii_host(host: str) -> str:
    """Raises ValueError (as UnicodeError) for a name that cannot be a host."""
    host = host.lower().rstrip(".")
    if not host.isascii():
        host = host.encode("idna").decode("ascii")
    if ":" in host:
        return f"[{host}]"
    if not host or not re.fullmatch(r"[a-z0-9_.-]+", host):
        raise ValueError("no host")
    return host


def _escaped(part: str) -> str:
    def one(match: re.Match[str]) -> str:
        char = chr(int(match[1], 16))
        return char if char in _UNRESERVED else match[0].upper()

    if "%" in part:
        # A per cent sign that begins no escape stands for itself: first, for in
        # ``%%32e`` the escape would else give it the digits that it lacks.
        part = _STRAY_PERCENT.sub("%25", part)
        part = _ESCAPE.sub(one, part)
    # ``quote`` itself would write a question mark, which begins the query.
    return quote(_LONE_SURROGATE.sub("\ufffd", part), safe=_SAFE)


def _dot_free(path: str) -> str:
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            if len(kept) > 1:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/".join(kept) or "/"


def _without_tracking(query: str) -> str:
    kept = [pair for pair in query.split("&") if pair and not _TRACKING.fullmatch(pair.partition("=")[0])]
    return "&".join(kept)
