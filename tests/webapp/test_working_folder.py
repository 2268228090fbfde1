"""A server started in a folder of saved pages runs nothing that lies there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.webapp.small_archive import build

ASK = """
from pathlib import Path
from webapp.deadline import WorkerPool
from webapp.models import SearchParams
from webapp.settings import load_settings

if __name__ == "__main__":
    pool = WorkerPool(load_settings(home=Path({home!r})), size=1, timeout_s=30)
    pool.wait_ready(60)
    print(pool.call("search", SearchParams(q="missiles")).total)
    pool.close()
"""


def test_search_processes_run_nothing_of_the_working_folder(tmp_path: Path) -> None:
    build(tmp_path / "home", "tantivy")
    script = tmp_path / "ask.py"
    script.write_text(ASK.format(home=str(tmp_path / "home")))
    planted = tmp_path / "pages"
    for name in ("multiprocessing", "webapp"):
        (planted / name).mkdir(parents=True)
        (planted / name / "__init__.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")

    done = subprocess.run(
        [sys.executable, str(script)],
        cwd=planted,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert not (tmp_path / "ran").exists()
    assert int(done.stdout) > 0
