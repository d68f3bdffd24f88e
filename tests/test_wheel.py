"""The wheel works away from the checkout: in an environment of its own, on a file that lies elsewhere."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run([*map(str, command)], cwd=cwd, capture_output=True, encoding="utf-8", timeout=300)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """The folder of programs of a fresh environment into which the wheel was installed."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, root, cwd=folder)
    (wheel,) = folder.glob("reviewer-*.whl")
    venv.create(folder / "venv", symlinks=True)
    python = folder / "venv" / "bin" / "python"
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip())
    # The dependencies come from the environment of the tests, so that no index is asked. Python does not follow .pth
    # files inside a folder named by a .pth file, so the checkout's own editable install stays out of sight.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    run(
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "install",
        "--quiet",
        "--no-index",
        "--no-deps",
        wheel,
        cwd=folder,
    )
    return python.parent


@pytest.fixture
def elsewhere(tmp_path: Path, sample: Path) -> Path:
    shutil.copy(sample, tmp_path / "表.txt")
    return tmp_path


def test_wheel_holds_package_and_data(installed: Path, elsewhere: Path) -> None:
    code = "import reviewer.resources as r; print(r.__file__, r.resource_dir('data'), sep='\\n')"
    module, data = run(installed / "python", "-c", code, cwd=elsewhere).splitlines()
    environment = installed.parent
    assert Path(module).is_relative_to(environment)
    assert Path(data).is_relative_to(environment)
    assert (Path(data) / "gold" / "sample.jsonl").is_file()


def test_installed_program_reviews_a_file(installed: Path, elsewhere: Path) -> None:
    review = json.loads(run(installed / "reviewer", "review", "表.txt", "--format", "json", cwd=elsewhere))
    assert review["summary"]["projects"] == 27
    assert len(review["projects"]) == 27


def test_installed_program_knows_its_rules(installed: Path, elsewhere: Path, root: Path) -> None:
    listed = run(installed / "reviewer", "rules", cwd=elsewhere)
    for path in sorted((root / "data" / "rules").glob("*.md")):
        assert path.stem.split("-", 1)[-1] in listed
