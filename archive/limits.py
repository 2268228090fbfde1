"""How much of anything one article may be: every limit in one place.

A text that is too long is cut and a warning says so; a file, a line or a nesting
that is too large is refused with `LimitExceededError`, because reading on would
cost memory or time that the rest of the batch needs.
"""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of reading; sizes are bytes or code points as the name says.

    Attributes:
        file_bytes: largest file read whole; JSONL and CSV are streamed and have
            no limit but that of a line.
        ratio: how many times larger a gzip file may become, once its content is
            over ``ratio_free_bytes``.
        marks: combining marks on one letter; more are dropped.
        fragment_chars: largest HTML fragment in a field that gets a parse tree.
        markdown_lines: longest Markdown text that gets a parse tree.
        entries, archive_bytes: most entries of an archive, and most bytes they
            may unpack to, those of archives inside it included.
        archive_depth: how many archives may stand around an archive.
        warc_line_bytes, warc_head_bytes: longest header line of a WARC record or
            its HTTP response, and longest header.
        mail_parts, mail_depth, mail_head_bytes: most parts of a message, how deep they
            may stand in one another, and longest header; what is beyond is left out.
        pages: most pages of a PDF that are read.
        item_wall_s, item_cpu_s, worker_bytes: limits of one page in a worker.
    """

    file_bytes: int = 50 * MEGABYTE
    ratio: int = 100
    ratio_free_bytes: int = 8 * MEGABYTE
    text_chars: int = 10_000_000
    lead_chars: int = 5_000
    title_chars: int = 1_000
    author_chars: int = 200
    authors: int = 100
    tags: int = 100
    tag_chars: int = 200
    source_chars: int = 300
    section_chars: int = 300
    id_chars: int = 500
    url_chars: int = 2_048
    raw_chars: int = 500
    marks: int = 8
    line_bytes: int = 16 * MEGABYTE
    depth: int = 64
    csv_cell_chars: int = 10_000_000
    front_matter_chars: int = 64_000
    front_matter_aliases: int = 20
    fragment_chars: int = 500_000
    markdown_chars: int = 5_000_000
    markdown_lines: int = 100_000
    entries: int = 100_000
    archive_bytes: int = 4_000 * MEGABYTE
    archive_depth: int = 1
    entry_name_chars: int = 1_000
    warc_line_bytes: int = 8_000
    warc_head_bytes: int = 64_000
    mail_parts: int = 200
    mail_depth: int = 20
    mail_head_bytes: int = 64_000
    pages: int = 5_000
    item_wall_s: float = 30.0
    item_cpu_s: int = 20
    worker_bytes: int = 1_000 * MEGABYTE


LIMITS = Limits()
