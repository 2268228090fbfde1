"""The Whoosh engine: pure Python.  No other package imports `whoosh`.

Whoosh 2.7.4 keeps the postings, the columns and the commits; plans are
answered from them by `index.engines.evaluation`, not by Whoosh's queries: its
multi-term, span and counting queries each mean something else than a plan
does, and are no faster.

Whoosh never syncs a file, and reads its own files with `pickle`: an index
folder that this program did not write must never be opened.
"""

from index.engines.whoosh.engine import WhooshEngine, factory

__all__ = ["WhooshEngine", "factory"]
