"""Operators of the query language, as a table from which all help is drawn."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorHelp:
    """One operator: how it is written, what it means, an example, and the
    canonical form of the example."""

    syntax: str
    meaning: str
    example: str
    understood: str


OPERATORS: tuple[OperatorHelp, ...] = (
    OperatorHelp(
        syntax="harbour strike",
        meaning="Both words, anywhere in title or text, in any of their forms. "
        "Case and accents never matter.",
        example="harbour strike",
        understood="harbour strike",
    ),
    OperatorHelp(
        syntax='"words in order"',
        meaning="Exactly these words, in this order. Typographic quotes do as well.",
        example="“harbour strike”",
        understood='"harbour strike"',
    ),
    OperatorHelp(
        syntax="a OR b",
        meaning="Either or both. AND binds tighter: `a b OR c` is `(a b) OR c`.",
        example="harbour OR port",
        understood="harbour OR port",
    ),
    OperatorHelp(
        syntax="a AND b",
        meaning="Both; the same as a space, but exactly as written.",
        example="harbour AND port",
        understood="+harbour port",
    ),
    OperatorHelp(
        syntax="-word",
        meaning="Without it. `NOT word` is the same; a phrase, a field or a group may stand there too.",
        example="harbour NOT pearl",
        understood="harbour -pearl",
    ),
    OperatorHelp(
        syntax="+word",
        meaning="Must be there, exactly as written: no near misses are offered.",
        example="+harbour strike",
        understood="+harbour strike",
    ),
    OperatorHelp(
        syntax="(a OR b) c",
        meaning="Brackets group.",
        example="(harbour OR port) strike",
        understood="(harbour OR port) strike",
    ),
    OperatorHelp(
        syntax="field:value",
        meaning="Only in this field; the fields are listed below.",
        example="title:harbour",
        understood="title:harbour",
    ),
    OperatorHelp(
        syntax='field:="value"',
        meaning="The whole value of `author:`, `source:` or `tag:`, as the lists beside the results "
        'count it: `source:="BBC"` is not "BBC News".',
        example="source:=Reuters",
        understood='source:="Reuters"',
    ),
    OperatorHelp(
        syntax="field:(a OR b)",
        meaning="A group in one field.",
        example="source:(reuters OR bbc)",
        understood="source:(reuters OR bbc)",
    ),
    OperatorHelp(
        syntax="prefix*",
        meaning="Words that begin so; at least two letters before the star.",
        example="harbo*",
        understood="harbo*",
    ),
    OperatorHelp(
        syntax="wild?card",
        meaning="`?` is one character, `*` any number; at most two in a word, after two letters. "
        "A question mark at the end of a bare word is punctuation.",
        example="harbo?r",
        understood="harbo?r",
    ),
    OperatorHelp(
        syntax="fuzzy~",
        meaning="Words one edit away with the same first letter; `fuzzy~2` allows two.",
        example="harbuor~2",
        understood="harbuor~2",
    ),
    OperatorHelp(
        syntax='"near words"~5',
        meaning="These words in any order, with at most five others among them.",
        example='"harbour strike"~5',
        understood='"harbour strike"~5',
    ),
    OperatorHelp(
        syntax="a NEAR/5 b",
        meaning="Both, in any of their forms and in either order, with at most five other words between. "
        "Phrases and `(a OR b)` may stand on either side.",
        example='harbour NEAR/5 ("dock workers" OR strike)',
        understood='harbour NEAR/5 ("dock workers" OR strike)',
    ),
    OperatorHelp(
        syntax="a BEFORE/5 b",
        meaning="The same, in this order.",
        example="harbour BEFORE/5 strike",
        understood="harbour BEFORE/5 strike",
    ),
    OperatorHelp(
        syntax="a SENT b",
        meaning="Both in one sentence, in any of their forms. `NEAR/S` is the same.",
        example="harbour SENT strike*",
        understood="harbour SENT strike*",
    ),
    OperatorHelp(
        syntax="a PARA b",
        meaning="Both in one paragraph. `NEAR/P` is the same.",
        example="harbour PARA strike",
        understood="harbour PARA strike",
    ),
    OperatorHelp(
        syntax="atleast3:word",
        meaning="Mentioned at least three times in title and text, in any of its forms; "
        "a phrase may stand there too.",
        example='atleast3:harbour atleast2:"dock workers"',
        understood='atleast3:harbour atleast2:"dock workers"',
    ),
    OperatorHelp(
        syntax="word^2",
        meaning="Counts twice for the ranking; from 0.1 to 10, after a phrase or a bracket too. "
        "What matches stays the same.",
        example='harbour^2 "dock workers"^.5 (strike OR walkout)^3',
        understood='harbour^2 "dock workers"^0.5 (strike OR walkout)^3',
    ),
    OperatorHelp(
        syntax="*",
        meaning="Every article.",
        example="* -has:author",
        understood="* -has:author",
    ),
    OperatorHelp(
        syntax="\\",
        meaning="Takes the next character, or AND, OR, NOT, as text.",
        example="\\OR \\-40",
        understood="\\OR \\-40",
    ),
)
