"""
Collect the names of the language and the browser: `python -m tests.evaluation.names.collect LIB_FOLDER`.

`LIB_FOLDER` is where TypeScript keeps its `lib.*.d.ts` files, such as `node_modules/typescript/lib`.
"""

import re
import sys
from collections.abc import Iterable
from pathlib import Path

from lsp_server.index import known_names

PATTERNS = ("lib.es*.d.ts", "lib.decorators*.d.ts", "lib.dom*.d.ts")

_NOISE = re.compile(r"/\*.*?\*/|//[^\n]*|\"[^\"\n]*\"|'[^'\n]*'", re.DOTALL)
_NAME = re.compile(r"(?<![\w$])[A-Za-z_$][\w$]*")


def names_in(texts: Iterable[str]) -> list[str]:
    """
    Every name in these declarations, sorted; what stands in comments and strings is none.
    """
    return sorted({name for text in texts for name in _NAME.findall(_NOISE.sub("", text))})


def main() -> None:
    """
    Write the list anew.
    """
    folder = Path(sys.argv[1])
    texts = (path.read_text(encoding="utf-8") for pattern in PATTERNS for path in folder.glob(pattern))
    listed = Path(known_names.__file__).with_name(known_names.LANGUAGE_NAMES)
    listed.write_text("\n".join(names_in(texts)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
