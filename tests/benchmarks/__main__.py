"""
Every benchmark, one after another, each in a process of its own: `make bench`.
"""

import subprocess
import sys
from pathlib import Path


def main() -> int:
    """
    Run them all; the first that fails decides the exit code.
    """
    codes = []
    for file in sorted(Path(__file__).parent.glob("bench_*.py")):
        sys.stderr.write(f"== {file.stem}\n")
        codes.append(subprocess.run([sys.executable, "-m", f"tests.benchmarks.{file.stem}"], check=False).returncode)
    return next(filter(None, codes), 0)


if __name__ == "__main__":
    sys.exit(main())
