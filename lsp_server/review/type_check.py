"""
Ask the workspace's own TypeScript whether a fix adds a type error, in memory and without touching a file.

Versions before 7 are asked through `tsserver.js`, which needs Node; 7 is a native program that speaks LSP.
The program is started when it is first asked, kept while fixes are checked, and given nothing of our environment that
could hold a secret.
"""

import asyncio
import json
import os
import platform
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from lsp_server.review.finding import Finding, NoFixReason
from lsp_server.review.patching import apply

TIMEOUT_S = 60.0
"""For one answer: the first one reads the whole project."""
LONGEST_MESSAGE = 64 * 1024 * 1024
NATIVE_SINCE = 7
PASSED_ON = ("PATH", "HOME", "USERPROFILE", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LANG")


class NoTypeCheck(Exception):  # noqa: N818 -- it says what there is none of.
    """
    Types could not be checked; `str(error)` is one sentence that says why.
    """


@dataclass(frozen=True, kw_only=True, slots=True)
class TypeScript:
    """
    A TypeScript that is installed in a workspace.
    """

    folder: Path
    version: tuple[int, ...]

    def command(self) -> tuple[str, ...]:
        """
        What starts it as a server on its standard streams.

        Raises:
            NoTypeCheck: part of it is missing.
        """
        if self.version[0] < NATIVE_SINCE:
            script = self.folder / "lib" / "tsserver.js"
            options = ("--disableAutomaticTypingAcquisition", "--suppressDiagnosticEvents")
            return _existing(script, ("node", str(script), *options))
        program = native_program(self.folder)
        return _existing(program, (str(program), "--lsp", "--stdio"))


def installed_for(file: Path, root: Path) -> TypeScript | None:
    """
    The TypeScript that `file` would be compiled with: in the nearest `node_modules` above it, not beyond `root`.
    """
    for folder in (file, *file.parents):
        package = folder / "node_modules" / "typescript" / "package.json"
        if package.is_file():
            with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
                parts = str(json.loads(package.read_text("utf-8"))["version"]).split("-")[0].split(".")
                return TypeScript(folder=package.parent.resolve(), version=tuple(int(part) for part in parts))
        if folder == root:
            break
    return None


async def without_type_errors(
    findings: Iterable[Finding], texts: Mapping[str, str], checker: "TypeChecker"
) -> tuple[Finding, ...]:
    """
    The findings, those without their fix whose fix adds a type error to its file; `texts` is what the files hold.

    Raises:
        NoTypeCheck: there is no TypeScript, or it does not answer; then nothing is known of any fix.
    """
    checked = []
    for finding in findings:
        if finding.fix and finding.file in texts:
            before = texts[finding.file]
            added = await checker.new_errors(checker.root / finding.file, before, apply(before, [finding.fix]))
            if added:
                checked.append(replace(finding, fix=None, no_fix=NoFixReason.ADDS_TYPE_ERROR))
                continue
        checked.append(finding)
    return tuple(checked)


class TypeChecker:
    """
    The TypeScript of the workspace below `root`, started when it is first asked and kept until `aclose`.
    """

    def __init__(self, root: Path, environ: Mapping[str, str] = os.environ) -> None:
        self.root = root
        self._environ = {name: environ[name] for name in PASSED_ON if name in environ}
        self._running: dict[TypeScript, _Server] = {}
        self._lock = asyncio.Lock()

    async def new_errors(self, file: Path, before: str, after: str) -> tuple[str, ...]:
        """
        The type errors of `file` with the text `after` that it does not have with the text `before`.

        Raises:
            NoTypeCheck: there is no TypeScript, or it does not answer.
        """
        installed = installed_for(file, self.root)
        if installed is None:
            raise NoTypeCheck(f"No TypeScript is installed for {file.name}, so that types cannot be checked.")
        async with self._lock:
            try:
                async with asyncio.timeout(2 * TIMEOUT_S):
                    server = await self._server(installed)
                    known = Counter(await server.errors(file, before))
                    return tuple((Counter(await server.errors(file, after)) - known).elements())
            except (OSError, TimeoutError, ValueError, EOFError, asyncio.IncompleteReadError) as error:
                await self._stop(installed)
                raise NoTypeCheck(f"TypeScript does not answer ({type(error).__name__}).") from error
            except BaseException:
                # What was cancelled half-way would get the answer to another question next time.
                await self._stop(installed)
                raise

    async def aclose(self) -> None:
        """
        End every program that was started.
        """
        for installed in list(self._running):
            await self._stop(installed)

    async def _server(self, installed: TypeScript) -> "_Server":
        if installed not in self._running:
            wire = await _Wire.start(installed.command(), self.root, self._environ)
            is_native = installed.version[0] >= NATIVE_SINCE
            server: _Server = _LanguageServer(wire, self.root) if is_native else _TsServer(wire, self.root)
            self._running[installed] = server
        return self._running[installed]

    async def _stop(self, installed: TypeScript) -> None:
        server = self._running.pop(installed, None)
        if server is not None:
            await server.wire.stop()


class _Server(Protocol):
    wire: "_Wire"

    async def errors(self, file: Path, text: str) -> list[str]:
        """
        The errors of `file` if it held `text`, each with its number.
        """
        ...


class _Wire:
    """
    A program that is talked to in JSON over its standard streams.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process, self._in, self._out = process, process.stdin, process.stdout

    @classmethod
    async def start(cls, command: Sequence[str], folder: Path, environ: Mapping[str, str]) -> "_Wire":
        pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        return cls(
            await asyncio.create_subprocess_exec(
                *command, cwd=folder, env=environ, stdin=pipe, stdout=pipe, stderr=nothing
            )
        )

    async def send(self, message: Mapping[str, Any], *, with_length: bool) -> None:
        body = json.dumps(message).encode()
        self._in.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body) if with_length else body + b"\n")
        await self._in.drain()

    async def receive(self) -> dict[str, Any]:
        length = 0
        while line := (await self._out.readuntil(b"\n")).strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if not 0 < length <= LONGEST_MESSAGE:
            raise ValueError("a message of no sensible length")
        message = json.loads(await self._out.readexactly(length))
        if not isinstance(message, dict):
            raise ValueError("a message that is no object")
        return message

    async def stop(self) -> None:
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()


class _TsServer:
    """
    TypeScript before version 7.
    """

    def __init__(self, wire: _Wire, root: Path) -> None:
        self.wire, self._root, self._count = wire, root, 0

    async def errors(self, file: Path, text: str) -> list[str]:
        where = {"file": str(file)}
        await self._send("open", {**where, "fileContent": text, "projectRootPath": str(self._root)})
        number = await self._send("semanticDiagnosticsSync", where)
        while True:
            message = await self.wire.receive()
            if message.get("type") == "response" and message.get("request_seq") == number:
                break
        await self._send("close", where)
        if not message.get("success"):
            raise ValueError("no diagnostics")
        return [f"TS{row['code']}: {row['text']}" for row in message.get("body", []) if row["category"] == "error"]

    async def _send(self, command: str, arguments: Mapping[str, Any]) -> int:
        self._count += 1
        request = {"seq": self._count, "type": "request", "command": command, "arguments": arguments}
        await self.wire.send(request, with_length=False)
        return self._count


class _LanguageServer:
    """
    TypeScript from version 7 on.
    """

    def __init__(self, wire: _Wire, root: Path) -> None:
        self.wire, self._root, self._count, self._is_ready = wire, root, 0, False

    async def errors(self, file: Path, text: str) -> list[str]:
        if not self._is_ready:
            folders = [{"uri": self._root.as_uri(), "name": self._root.name}]
            capabilities: dict[str, Any] = {"textDocument": {"diagnostic": {}, "synchronization": {}}}
            options = {"processId": None, "rootUri": folders[0]["uri"], "workspaceFolders": folders}
            await self._ask("initialize", {**options, "capabilities": capabilities})
            await self._tell("initialized", {})
            self._is_ready = True
        uri = {"uri": file.as_uri()}
        language = "typescriptreact" if file.suffix == ".tsx" else "typescript"
        await self._tell(
            "textDocument/didOpen", {"textDocument": {**uri, "languageId": language, "version": 1, "text": text}}
        )
        report = await self._ask("textDocument/diagnostic", {"textDocument": uri})
        await self._tell("textDocument/didClose", {"textDocument": uri})
        return [f"TS{row.get('code')}: {row['message']}" for row in report["items"] if row.get("severity", 1) == 1]

    async def _ask(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        self._count += 1
        await self._write({"id": self._count, "method": method, "params": params})
        while True:
            message = await self.wire.receive()
            if "method" in message and "id" in message:
                wanted = (
                    message.get("params", {}).get("items") if message["method"] == "workspace/configuration" else None
                )
                await self._write({"id": message["id"], "result": [None] * len(wanted) if wanted else None})
            elif message.get("id") == self._count:
                result = message.get("result")
                if not isinstance(result, dict):
                    raise ValueError("no result")
                return result

    async def _tell(self, method: str, params: Mapping[str, Any]) -> None:
        await self._write({"method": method, "params": params})

    async def _write(self, message: Mapping[str, Any]) -> None:
        await self.wire.send({"jsonrpc": "2.0", **message}, with_length=True)


def _existing(program: Path, command: tuple[str, ...]) -> tuple[str, ...]:
    if not program.is_file():
        raise NoTypeCheck(f"The workspace's TypeScript is incomplete: it has no {program.name}.")
    return command


def native_program(folder: Path) -> Path:
    """
    The program that a native TypeScript comes as: it lies in a package of its own for each platform.
    """
    system = {"Windows": "win32"}.get(platform.system(), platform.system().lower())
    machine = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}.get(platform.machine().lower(), platform.machine())
    name = "tsc.exe" if system == "win32" else "tsc"
    package = Path("@typescript", f"typescript-{system}-{machine.lower()}", "lib", name)
    # Beside the package, or within it, as package managers differ.
    places = (folder.parent / package, folder / "node_modules" / package)
    return next((place for place in places if place.is_file()), places[0])
