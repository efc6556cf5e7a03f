"""
The public code that the local model is trained and measured on, named so exactly that anyone can fetch the same.
"""

import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lsp_server.providers.local.corpus import SourceFile

DEFAULT_FOLDER = Path(__file__).parents[3] / ".corpus"


@dataclass(frozen=True, slots=True)
class Repository:
    """
    A git repository at one commit. None of these takes part in training or tuning.
    """

    name: str
    url: str
    commit: str
    licence: str

    @property
    def folders(self) -> tuple[str, ...]:
        """
        Where its files lie in the corpus folder.
        """
        return (f"{self.name}-{self.commit[:9]}",)


@dataclass(frozen=True, slots=True)
class Packages:
    """
    npm packages of one project that ship their TypeScript sources; together they stand for a workspace.
    """

    name: str
    packages: tuple[str, ...]
    licence: str

    @property
    def folders(self) -> tuple[str, ...]:
        """
        Where their files lie in the corpus folder.
        """
        return tuple(_folder(package) for package in self.packages)


TESTED = (
    Repository("trpc", "https://github.com/trpc/trpc", "340811ba5320637fbaf48fccf3dbfdd258bd34db", "MIT"),
    Repository("zod", "https://github.com/colinhacks/zod", "e516c3baf22615e20934116abebfed6c000222c2", "MIT"),
    Repository(
        "redux-toolkit",
        "https://github.com/reduxjs/redux-toolkit",
        "74200d87c27ca2b1c0915b2fbb4c44dd7494c2aa",
        "MIT",
    ),
    Repository("query", "https://github.com/TanStack/query", "40321a0b1b3bdd0afa11f0e439642ab84cdf6afe", "MIT"),
    Repository(
        "excalidraw", "https://github.com/excalidraw/excalidraw", "4872083c044491b6d5c96ae134a75464f96d6831", "MIT"
    ),
)

DEVELOPED = (
    Packages("mongodb", ("mongodb@7.9.0",), "Apache-2.0"),
    Packages(
        "blueprint",
        ("@blueprintjs/core@6.20.0", "@blueprintjs/datetime@6.2.6", "@blueprintjs/select@6.3.6"),
        "Apache-2.0",
    ),
    Packages("tiptap", ("@tiptap/core@3.34.0", "@tiptap/react@3.34.0", "@tiptap/extension-table@3.32.2"), "MIT"),
)
"""What designs and thresholds are chosen on; the shipped weights have learnt from them too."""

TRAINED = (
    Packages("rxjs", ("rxjs@7.8.2",), "Apache-2.0"),
    Packages("effect", ("effect@4.1.0",), "MIT"),
    Packages("viem", ("viem@2.57.20",), "MIT"),
    Packages("puppeteer", ("puppeteer-core@24.43.1",), "Apache-2.0"),
    Packages(
        "navigation",
        (
            "@react-navigation/core@7.24.0",
            "@react-navigation/native@7.5.1",
            "@react-navigation/elements@2.9.45",
            "@react-navigation/stack@7.12.1",
            "@react-navigation/bottom-tabs@7.21.0",
        ),
        "MIT",
    ),
    Packages("paper", ("react-native-paper@5.15.3",), "MIT"),
    Packages("matrix", ("matrix-js-sdk@37.5.0",), "Apache-2.0"),
    Packages("ethers", ("ethers@6.17.0",), "MIT"),
    Packages("animation", ("react-native-reanimated@4.7.1", "react-native-gesture-handler@3.5.0"), "MIT"),
    Packages(
        "deck",
        ("@deck.gl/core@9.4.0", "@deck.gl/layers@9.4.0", "@luma.gl/core@9.4.2", "@luma.gl/webgl@9.4.2"),
        "MIT",
    ),
    Packages("langium", ("langium@4.4.0",), "MIT"),
    Packages(
        "jupyterlab",
        (
            "@jupyterlab/notebook@4.6.6",
            "@jupyterlab/apputils@4.7.6",
            "@jupyterlab/docmanager@4.6.6",
            "@jupyterlab/filebrowser@4.6.6",
            "@jupyterlab/services@7.6.6",
            "@jupyterlab/completer@4.6.6",
            "@lumino/widgets@2.10.0",
        ),
        "BSD-3-Clause",
    ),
    Packages("msw", ("msw@2.15.0",), "MIT"),
    Packages("xterm", ("@xterm/xterm@6.0.0",), "MIT"),
    Packages("maplibre", ("maplibre-gl@6.17.0",), "BSD-3-Clause"),
    Packages("wagmi", ("wagmi@3.7.7",), "MIT"),
    Packages("mobx", ("mobx@7.1.3",), "MIT"),
)

Source = Repository | Packages


def read_files(source: Source, corpus: Path = DEFAULT_FOLDER) -> list[SourceFile]:
    """
    The TypeScript files of a source, fetched first if they are not there; equal files once.
    """
    files: list[SourceFile] = []
    seen: set[str] = set()
    for folder in source.folders:
        root = corpus / folder
        if not root.exists():
            _fetch(source, folder, corpus)
        for path in sorted(root.rglob("*.ts*")):
            name = path.relative_to(corpus).as_posix()
            if not path.is_file() or not _is_wanted(name) or not 100 <= path.stat().st_size <= 150_000:
                continue
            text = path.read_text(encoding="utf-8", errors="replace").replace("\r\n", "\n")
            if text not in seen:
                seen.add(text)
                files.append(SourceFile(name, text))
    return files


def _is_wanted(name: str) -> bool:
    if not name.endswith((".ts", ".tsx")) or name.endswith(".d.ts"):
        return False
    return not any(part in f"/{name}" for part in ("/node_modules/", "generated", "/dist/"))


def _fetch(source: Source, folder: str, corpus: Path) -> None:
    corpus.mkdir(parents=True, exist_ok=True)
    target = corpus / folder
    if isinstance(source, Repository):
        clone = ["git", "clone", "--quiet", "--filter=blob:none", "--no-checkout", source.url, str(target)]
        subprocess.run(clone, check=True)
        subprocess.run(["git", "-C", str(target), "checkout", "--quiet", source.commit], check=True)
        shutil.rmtree(target / ".git")
        return
    package = next(name for name in source.packages if _folder(name) == folder)
    packed = subprocess.run(
        ["npm", "pack", "--silent", package], check=True, cwd=corpus, capture_output=True, text=True
    )
    archive = corpus / packed.stdout.strip().splitlines()[-1]
    with tarfile.open(archive) as opened:
        opened.extractall(target, filter="data", members=_sources(opened))
    archive.unlink()


def _sources(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    for member in archive.getmembers():
        if member.name.endswith((".ts", ".tsx", "package.json", "LICENSE")):
            yield member


def _folder(package: str) -> str:
    return package.removeprefix("@").replace("/", "-").replace("@", "-")
