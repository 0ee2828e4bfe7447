"""Dragoman as it is released: the wheel with its hot modules compiled, on the distribution's own Python.

The peers come as their distribution has built them, so it would compare nothing to run this server on a Python that was
compiled without optimisation. Nothing is built inside the working tree.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).parent.parent
_DISTRIBUTION = Path("/usr/bin/python3")


def install(directory: Path) -> tuple[Path, str]:
    """The command ``dragoman``, and in words what it is; the one beside this Python where no wheel can be built."""
    here = Path(sys.executable).with_name("dragoman")
    uv, compiler = _uv(), shutil.which("cc") or shutil.which("gcc")
    python = _DISTRIBUTION if _is_new_enough(_DISTRIBUTION) else Path(sys.executable)
    if uv is None or compiler is None:
        return here, "not compiled (that needs uv and a C compiler)"
    source, environment = directory / "source", directory / "environment"
    shutil.copytree(_ROOT / "src", source / "src", ignore=shutil.ignore_patterns("__pycache__", "*.so"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(_ROOT / name, source)
    steps = (
        [uv, "build", "--quiet", "--wheel", "--python", str(python), "--out-dir", str(directory), str(source)],
        [uv, "venv", "--quiet", "--python", str(python), str(environment)],
    )
    compiled = {**os.environ, "HATCH_BUILD_HOOK_ENABLE_MYPYC": "true"}
    for step in steps:
        if subprocess.run(step, env=compiled).returncode:
            return here, "not compiled (the build failed)"
    wheels = [str(path) for path in directory.glob("dragoman-*.whl")]
    subprocess.run(
        [uv, "pip", "install", "--quiet", "--python", str(environment / "bin" / "python"), *wheels], check=True
    )
    return environment / "bin" / "dragoman", f"compiled wheel on Python {_version(python)}"


def _uv() -> str | None:
    """The one on the PATH, or that of tools/setup.sh."""
    return shutil.which("uv") or shutil.which("uv", path=_ROOT / ".cache" / "uv" / "bin")


def _is_new_enough(python: Path) -> bool:
    check = "import sys; sys.exit(sys.version_info < (3, 11))"
    return python.exists() and subprocess.run([str(python), "-c", check]).returncode == 0


def _version(python: Path) -> str:
    asked = subprocess.run([str(python), "--version"], capture_output=True, text=True)
    return asked.stdout.split()[-1]
