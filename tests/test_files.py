"""
Reading a workspace: what is read, what is not and why, and how paths and URIs meet.
"""

import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.file_text import UnreadReason, read_text
from lsp_server.files import WorkspaceFiles, path_of, path_text, uri_of, uri_text
from lsp_server.settings import Settings

CODE = "export const one = 1;\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


def write(root: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def files_of(*folders: Path, environ: Mapping[str, str] | None = None, **settings: Any) -> WorkspaceFiles:
    return WorkspaceFiles(folders, Settings(**settings), environ or {})


def walked(root: Path, **settings: Any) -> list[str]:
    return [path.relative_to(root).as_posix() for path in files_of(root, **settings).walk()]


class TestReadText:
    def test_text_comes_without_its_byte_order_mark(self, root: Path) -> None:
        """
        Editors do not show the mark either.
        """
        (root / "a.ts").write_bytes(b"\xef\xbb\xbfconst \xc3\xa9 = 1;\r\n")

        assert read_text(root / "a.ts", 1000).text == "const é = 1;\r\n"

    @pytest.mark.parametrize(
        ("content", "reason", "why"),
        [
            ("let a = 1;".encode("utf-16"), UnreadReason.NOT_UTF8, "it is UTF-16, and only UTF-8 is read"),
            (b"a\n\xffb", UnreadReason.NOT_UTF8, "it is not UTF-8 (line 2), and only UTF-8 is read"),
            (b"\x89PNG\r\n\0\0", UnreadReason.BINARY, "it is binary, not text"),
            (b"x" * 2049, UnreadReason.TOO_LARGE, "it is larger than 2 KB"),
        ],
    )
    def test_what_is_not_our_text_has_a_reason(
        self, root: Path, content: bytes, reason: UnreadReason, why: str
    ) -> None:
        """
        Foreign encodings, binaries and large files are named.
        """
        (root / "a.ts").write_bytes(content)

        file = read_text(root / "a.ts", 2048)

        assert (file.text, file.reason, file.why) == (None, reason, why)
        assert file.sentence == f"{root / 'a.ts'} can't be used: {why}."

    def test_a_missing_file_and_a_directory(self, root: Path) -> None:
        """
        Each has its reason, and so has a path through a file.
        """
        write(root, {"a.ts": CODE})
        paths = (root / "none.ts", root, root / "a.ts" / "b.ts", Path("a\0b"))

        assert [read_text(path, 10_000).reason for path in paths] == ["missing", "directory", "missing", "missing"]

    def test_pipes_sockets_and_devices_are_never_opened(self, root: Path) -> None:
        """
        Opening them could wait for ever, or do something.
        """
        os.mkfifo(root / "pipe.ts")
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(root / "s"))
            paths = (root / "pipe.ts", root / "s", Path("/dev/zero"))

            assert [read_text(path, 1000).reason for path in paths] == ["not_a_file"] * 3

    def test_a_growing_file_is_cut_off(self, root: Path) -> None:
        """
        What the system calls empty is still read with a limit.
        """
        endless = Path("/proc/self/mountinfo")
        assert endless.stat().st_size == 0

        assert read_text(endless, 10).reason == "too_large"

    def test_a_file_without_permission(self, root: Path) -> None:
        """
        The reason is the system's own words.
        """
        loop = root / "loop.ts"
        loop.symlink_to(loop)

        file = read_text(loop, 1000)

        assert (file.reason, file.why) == ("unreadable", "too many levels of symbolic links")


class TestRead:
    def test_a_file_of_the_workspace(self, root: Path) -> None:
        """
        The plain case.
        """
        write(root, {"src/a.ts": CODE})

        assert files_of(root).read(root / "src/a.ts").text == CODE

    def test_excluded_files_are_not_read(self, root: Path) -> None:
        """
        By a built-in rule, by git and by the setting.
        """
        write(root, {".env": "A=1", "gen/a.ts": CODE, "b.ts": CODE, ".gitignore": "gen/\n"})
        files = files_of(root, exclude=("b.ts",))

        found = [files.read(root / name) for name in (".env", "gen/a.ts", "b.ts")]

        assert {file.reason for file in found} == {"excluded"}
        assert [file.why for file in found] == [
            "it is excluded by built-in rule .env*",
            "it is excluded by .gitignore: gen/",
            "it is excluded by the setting `exclude`: b.ts",
        ]

    def test_the_workspace_is_not_left(self, root: Path) -> None:
        """
        Neither by dots nor by links.
        """
        write(root.parent, {"outside.ts": CODE, "elsewhere/a.ts": CODE})
        (root / "link.ts").symlink_to(root.parent / "outside.ts")
        (root / "linked").symlink_to(root.parent / "elsewhere")
        files = files_of(root)
        paths = (root / ".." / "outside.ts", root / "link.ts", root / "linked" / "a.ts", Path("/etc/passwd"))

        assert [files.read(path).reason for path in paths] == ["outside_workspace"] * 4

    def test_a_link_is_excluded_with_its_target(self, root: Path) -> None:
        """
        An innocent name does not show an environment file, and an excluded name does not show an innocent file.
        """
        write(root, {".env": "A=1", "a.ts": CODE})
        (root / "notes.ts").symlink_to(root / ".env")
        (root / "server.key").symlink_to(root / "a.ts")
        files = files_of(root)

        assert [files.read(root / name).reason for name in ("notes.ts", "server.key")] == ["excluded"] * 2

    def test_a_workspace_reached_through_a_link(self, root: Path) -> None:
        """
        Paths may be spelled through the link or through the real folder.
        """
        write(root, {"src/a.ts": CODE, "gen/a.ts": CODE, ".gitignore": "/gen"})
        link = root.parent / "link"
        link.symlink_to(root)
        files = files_of(link)

        for folder in (link, root):
            assert files.read(folder / "src/a.ts").text == CODE
            assert files.is_excluded(folder / "gen/a.ts") == ".gitignore: /gen"

    def test_built_code_is_no_example(self, root: Path) -> None:
        """
        Minified and compiled files are named; declaration files and generated types are read.
        """
        compiled = f"{CODE}\n//# sourceMappingURL=a.js.map\n"
        texts = {
            "lib.min.js": "a()",
            "bundle.js": "var a=1;" * 5000,
            "a.js": compiled,
            "a.d.ts": compiled,
            "types.ts": f"// @generated\n{CODE}",
            "data.ts": '{ id: "a long table of rows" },\n' * 5000,
        }
        write(root, texts)
        files = files_of(root)

        assert {name: files.read(root / name).reason for name in texts} == {
            "lib.min.js": "minified",
            "bundle.js": "minified",
            "a.js": "generated",
            "a.d.ts": None,
            "types.ts": None,
            "data.ts": None,
        }

    def test_the_size_limit_is_a_setting(self, root: Path) -> None:
        """
        `maxFileKb` decides.
        """
        write(root, {"a.ts": CODE * 100})

        assert files_of(root, max_file_kb=1).read(root / "a.ts").reason == "too_large"
        assert files_of(root, max_file_kb=3).read(root / "a.ts").text


class TestDependencies:
    def test_declarations_of_installed_packages_are_read_though_git_ignores_them(self, root: Path) -> None:
        """
        Only declarations, only of moderate size; code and everything else there stays closed.
        """
        shelf = "node_modules/@x/p"
        names = ["index.d.ts", "esm/index.d.mts", "esm/index.d.cts"]
        write(root, {f"{shelf}/{name}": CODE for name in [*names, "index.js", "src.ts", "large.d.ts"]})
        (root / shelf / "large.d.ts").write_text("// x\n" * 60_000)
        write(root, {".gitignore": "node_modules\n"})
        files = files_of(root)

        assert [files.read(root / shelf / name).text for name in names] == [CODE] * 3
        assert [files.read(root / shelf / name).reason for name in ("index.js", "src.ts")] == ["excluded"] * 2
        assert files.read(root / shelf / "large.d.ts").reason == "too_large"
        assert walked(root) == []

    def test_what_is_private_stays_closed_among_dependencies(self, root: Path) -> None:
        """
        Built-in rules, the setting, git's rules for the folder round it, and links to elsewhere all hold.
        """
        write(
            root,
            {
                "node_modules/p/.env.d.ts": CODE,
                "node_modules/p/.aws/a.d.ts": CODE,
                "node_modules/closed/a.d.ts": CODE,
                "hidden/node_modules/p/a.d.ts": CODE,
                "node_modules/.env": CODE,
                ".gitignore": "node_modules\nhidden/\n",
            },
        )
        (root / "node_modules" / "link.d.ts").symlink_to(root / "node_modules" / ".env")
        files = files_of(root, exclude=("closed",))
        closed = ("p/.env.d.ts", "p/.aws/a.d.ts", "closed/a.d.ts", "link.d.ts")

        assert [files.read(root / "node_modules" / name).reason for name in closed] == ["excluded"] * 4
        assert files.read(root / "hidden/node_modules/p/a.d.ts").reason == "excluded"


class TestGitRules:
    def test_the_rules_of_the_whole_repository_hold(self, root: Path) -> None:
        """
        A package opened alone still obeys the files above it, its repository's own, and the user's.
        """
        write(
            root,
            {
                ".git/info/exclude": "private.ts\n",
                ".gitignore": "*.gen.ts\n/packages/app/only.ts\n",
                "packages/app/.gitignore": "!keep.gen.ts\n",
                "home/.gitconfig": "[user]\n\tname = A\n[core]\n\texcludesFile = ~/ignore\n",
                "home/ignore": "scratch.ts\n",
            },
        )
        app = root / "packages" / "app"
        files = files_of(app, environ={"HOME": str(root / "home")})
        names = ("a.ts", "a.gen.ts", "keep.gen.ts", "only.ts", "private.ts", "src/scratch.ts")

        assert {name: files.is_excluded(app / name) for name in names} == {
            "a.ts": None,
            "a.gen.ts": ".gitignore: *.gen.ts",
            "keep.gen.ts": None,
            "only.ts": ".gitignore: /packages/app/only.ts",
            "private.ts": ".git/info/exclude: private.ts",
            "src/scratch.ts": "git's core.excludesFile: scratch.ts",
        }

    def test_the_users_ignore_file_is_found_without_configuration(self, root: Path) -> None:
        """
        Git looks into its own configuration folder.
        """
        write(root, {"home/.config/git/ignore": "scratch.ts", "xdg/git/ignore": "other.ts"})
        home = {"HOME": str(root / "home")}

        assert files_of(root, environ=home).is_excluded(root / "scratch.ts")
        assert not files_of(root, environ={}).is_excluded(root / "scratch.ts")
        assert files_of(root, environ=home | {"XDG_CONFIG_HOME": str(root / "xdg")}).is_excluded(root / "other.ts")

    def test_a_linked_worktree(self, root: Path) -> None:
        """
        There `.git` is a file, and the exclusions are those of the main repository.
        """
        write(
            root,
            {
                "main/.git/info/exclude": "private.ts\n",
                "main/.git/worktrees/two/commondir": "../..\n",
                "two/.git": f"gitdir: {root}/main/.git/worktrees/two\n",
            },
        )

        assert files_of(root / "two").is_excluded(root / "two" / "private.ts")

    def test_a_changed_rule_holds_at_once(self, root: Path) -> None:
        """
        Nobody need restart the server.
        """
        files = files_of(root)
        before = files.is_excluded(root / "a.ts")
        write(root, {".gitignore": "a.ts\n"})
        during = files.is_excluded(root / "a.ts")
        (root / ".gitignore").unlink()

        assert (before, during, files.is_excluded(root / "a.ts")) == (None, ".gitignore: a.ts", None)

    def test_rules_that_can_not_be_read_exclude_everything(self, root: Path) -> None:
        """
        Nothing is shown that an unreadable file may have forbidden.
        """
        write(root, {"a.ts": CODE, "app/b.ts": CODE})
        (root / "app" / ".gitignore").write_bytes(b"\xff\xfe\0")

        assert walked(root) == ["a.ts"]
        assert files_of(root).is_excluded(root / "app/b.ts") == "app/.gitignore can't be read: *"

    def test_outside_the_workspace_the_built_in_rules_hold(self, root: Path) -> None:
        """
        An untitled or foreign document may still be an environment file.
        """
        files = files_of(root)

        assert files.is_excluded(root.parent / ".env") == "built-in rule .env*"
        assert files.is_excluded(root.parent / ".ssh" / "a.ts") == "built-in rule .ssh/"
        assert files.is_excluded(root.parent / "a.ts") is None


class TestWalk:
    def test_finds_sources_in_a_stable_order(self, root: Path) -> None:
        """
        Every kind of source, folder by folder, and nothing else.
        """
        names = ["b.ts", "a.tsx", "c.mts", "d.cts", "e.js", "f.jsx", "g.mjs", "h.cjs", "i.d.ts"]
        write(root, dict.fromkeys([*names, "x/y.ts", "r.md", "p.json", "ts"], CODE))

        assert walked(root) == [*sorted(names), "x/y.ts"]

    def test_leaves_out_what_is_excluded_or_not_ours(self, root: Path) -> None:
        """
        Dependencies, repositories' insides, ignored folders; a negation brings back what it may.
        """
        write(
            root,
            {
                "src/a.ts": CODE,
                "src/a.log.ts": CODE,
                "src/keep.log.ts": CODE,
                "node_modules/b.ts": CODE,
                "src/node_modules/b.ts": CODE,
                ".git/hooks/c.ts": CODE,
                "dist/d.ts": CODE,
                ".ssh/e.ts": CODE,
                "fixtures/f.ts": CODE,
                ".gitignore": "*.log.ts\n!keep.log.ts\ndist/\n!dist/d.ts\n",
            },
        )

        assert walked(root, exclude=("fixtures",)) == ["src/a.ts", "src/keep.log.ts"]

    def test_links_are_not_followed(self, root: Path) -> None:
        """
        So no loop can hold it and no file comes twice.
        """
        write(root, {"src/a.ts": CODE})
        (root / "src" / "loop").symlink_to(root)
        (root / "src" / "b.ts").symlink_to(root / "src" / "a.ts")
        os.mkfifo(root / "src" / "c.ts")

        assert walked(root) == ["src/a.ts"]

    def test_a_folder_in_a_folder_is_walked_once(self, root: Path) -> None:
        """
        A workspace may open a package beside its repository.
        """
        write(root, {"a.ts": CODE, "app/b.ts": CODE})

        assert sorted(files_of(root, root / "app").walk()) == [root / "a.ts", root / "app/b.ts"]

    def test_agrees_with_the_question_about_one_file(self, root: Path) -> None:
        """
        A file is walked exactly if it is not excluded.
        """
        names = [f"{a}/{b}/{c}.ts" for a in ("x", "y") for b in ("x", "y") for c in ("x", "y", "z")]
        write(root, {**dict.fromkeys(names, CODE), ".gitignore": "/x/y/\nz.ts\n", "y/.gitignore": "!z.ts\nx/x.ts\n"})
        files = files_of(root)

        assert walked(root) == [name for name in sorted(names) if not files.is_excluded(root / name)]

    def test_what_was_walked_can_be_read(self, root: Path) -> None:
        """
        Without asking the rules a second time.
        """
        write(root, {"a.ts": CODE})
        files = files_of(root)

        assert [files.read_walked(path).text for path in files.walk()] == [CODE]


class TestUris:
    @pytest.mark.parametrize(
        ("uri", "windows", "path"),
        [
            ("file:///home/ann/a%20b.ts", False, "/home/ann/a b.ts"),
            ("file:///home/ann/%C3%A9.ts", False, "/home/ann/é.ts"),
            ("file:///home/ann/é.ts", False, "/home/ann/é.ts"),
            ("file:///home/a%23b.ts", False, "/home/a#b.ts"),
            ("file:///home/a#b.ts", False, "/home/a#b.ts"),
            ("file:/home/a.ts", False, "/home/a.ts"),
            ("FILE:///home/a.ts", False, "/home/a.ts"),
            ("file://localhost/home/a.ts", False, "/home/a.ts"),
            ("file:///%5Bid%5D/page.tsx", False, "/[id]/page.tsx"),
            ("file:///c%3A/project/a.ts", True, "c:\\project\\a.ts"),
            ("file:///C:/project/a.ts", True, "c:\\project\\a.ts"),
            ("file://server/share/a.ts", True, "\\\\server\\share\\a.ts"),
            ("file://server/share/a.ts", False, None),
            ("untitled:Untitled-1", False, None),
            ("vscode-notebook-cell:/home/a.ipynb#X1", False, None),
            ("file:///a%00b.ts", False, None),
            ("file:relative.ts", False, None),
            ("file://[broken", False, None),
            ("", False, None),
        ],
    )
    def test_path_text(self, uri: str, windows: bool, path: str | None) -> None:
        """
        Encoded or not, with drives and shares; what is no file has no path.
        """
        assert path_text(uri, windows=windows) == path

    @pytest.mark.parametrize(
        ("path", "windows", "uri"),
        [
            ("/home/ann/a b#?.ts", False, "file:///home/ann/a%20b%23%3F.ts"),
            ("/app/[id]/(group)/@slot/page.tsx", False, "file:///app/%5Bid%5D/%28group%29/%40slot/page.tsx"),
            ("C:\\project\\a.ts", True, "file:///c%3A/project/a.ts"),
            ("\\\\server\\share\\a.ts", True, "file://server/share/a.ts"),
        ],
    )
    def test_uri_text(self, path: str, windows: bool, uri: str) -> None:
        """
        Spelled as VS Code spells it, so that an index and an editor mean the same document.
        """
        assert uri_text(path, windows=windows) == uri

    @given(name=st.text(min_size=1, max_size=20).filter(lambda name: "\0" not in name and "/" not in name))
    def test_there_and_back(self, name: str) -> None:
        """
        Any name survives the round trip, here and on Windows.
        """
        assert path_text(uri_text(f"/w/{name}", windows=False), windows=False) == f"/w/{name}"
        if "\\" not in name:
            assert path_text(uri_text(f"c:\\w\\{name}", windows=True), windows=True) == f"c:\\w\\{name}"

    def test_of_real_paths(self, root: Path) -> None:
        """
        A name that is not UTF-8 on disk survives too.
        """
        odd = root / os.fsdecode(b"\xff.ts")

        assert path_of(uri_of(odd)) == odd
        assert path_of("untitled:a") is None
