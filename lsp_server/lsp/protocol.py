"""
JSON-RPC as the specification wants it: every request gets exactly one answer, and no message can stop the server.

pygls keeps its part: it finds handlers, runs them, and gives each request that awaits something a task to cancel.
"""

import asyncio
import contextvars
import inspect
import json
import logging
import traceback
from collections.abc import Callable
from pathlib import PurePath
from typing import Any

import cattrs
from lsprotocol import types
from pygls.exceptions import (
    JsonRpcException,
    JsonRpcInternalError,
    JsonRpcInvalidParams,
    JsonRpcInvalidRequest,
    JsonRpcMethodNotFound,
    JsonRpcParseError,
    JsonRpcRequestCancelled,
    JsonRpcServerNotInitialized,
)
from pygls.protocol import LanguageServerProtocol, default_converter

from lsp_server.lsp import extensions
from lsp_server.lsp.transport import Writer

logger = logging.getLogger(__name__)

Id = int | str | None

DOCUMENT_METHODS = (
    types.TEXT_DOCUMENT_DID_OPEN,
    types.TEXT_DOCUMENT_DID_CHANGE,
    types.TEXT_DOCUMENT_DID_CLOSE,
    types.NOTEBOOK_DOCUMENT_DID_OPEN,
    types.NOTEBOOK_DOCUMENT_DID_CHANGE,
    types.NOTEBOOK_DOCUMENT_DID_CLOSE,
    types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS,
)
"""What pygls would keep its own copy of the documents for, which costs the length of the document with every key."""


def _known_formats(given: Any) -> Any:
    known = list(types.MarkupKind)
    return [one for one in given if one in known] if isinstance(given, list) else given


INITIALIZE_USED: dict[str, Any] = {
    "processId": ...,
    "clientInfo": ...,
    "rootPath": ...,
    "rootUri": ...,
    "workspaceFolders": ...,
    "initializationOptions": ...,
    "capabilities": {
        "general": {"positionEncodings": ...},
        "window": {"workDoneProgress": ...},
        "textDocument": {
            "codeAction": {"disabledSupport": ..., "resolveSupport": {"properties": ...}},
            "diagnostic": {"dynamicRegistration": ...},
            "hover": {"contentFormat": _known_formats},
        },
        "workspace": {
            "applyEdit": ...,
            "configuration": ...,
            "diagnostics": {"refreshSupport": ...},
            "workspaceEdit": {"documentChanges": ..., "changeAnnotationSupport": ...},
            "didChangeConfiguration": {"dynamicRegistration": ...},
            "didChangeWatchedFiles": {"dynamicRegistration": ...},
        },
    },
}
"""
What is read of `initialize`.

The rest is left unread: a value from a later version of the protocol, where nobody looks, must not keep a client out.
"""


def converter() -> cattrs.Converter:
    """
    Translates between JSON and the types of the protocol, ours included.
    """
    made: cattrs.Converter = default_converter()  # type: ignore[no-untyped-call]
    change = types.TextDocumentContentChangePartial | types.TextDocumentContentChangeWholeDocument
    made.register_structure_hook(change, lambda given, _: _content_change(made, given))
    extensions.register(made)
    return made


class ServerProtocol(LanguageServerProtocol):
    """
    One client's conversation. It ends once, and orderly, however the client leaves.

    A handler may be a plain function that returns an awaitable: what it does before happens in the order of arrival.
    """

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._initialized = False
        self._closing: asyncio.Task[None] | None = None
        self._out: Writer | None = None
        self._leave: Callable[[], None] = lambda: None

    @property
    def parent(self) -> int | None:
        """
        The client's process, if it said so.
        """
        return self._server.process_id

    @property
    def exit_code(self) -> int:
        """
        0 after a `shutdown`, else 1.
        """
        return 0 if self._shutdown else 1

    def connect(self, writer: Writer, leave: Callable[[], None]) -> None:
        """
        Send through `writer` from now on, and call `leave` on `exit`.
        """
        self._out = writer
        self._leave = leave

    def refuse(self, reason: str) -> None:
        """
        Answer bytes that were no message.
        """
        self._send_error(None, JsonRpcParseError(reason))

    def receive(self, body: bytes) -> None:
        """
        Handle one message; whatever it is, this returns.
        """
        try:
            message = json.loads(body.decode())
        except (ValueError, RecursionError):
            self.refuse("The message is not JSON.")
            return
        if isinstance(message, dict) and ("result" in message or "error" in message):
            self._on_response(message)
        elif problem := _problem_of(message):
            self._send_error(_id_of(message), JsonRpcInvalidRequest(problem))
        elif "id" in message:
            self._on_request(message["id"], message["method"], message.get("params"))
        else:
            self._on_notification(message["method"], message.get("params"))

    def learn(self, shape: type[Any]) -> None:
        """
        Work out how `shape` is read and written, before the first message that holds one.
        """
        self._converter.get_structure_hook(shape)
        self._converter.get_unstructure_hook(shape)

    async def close(self) -> None:
        """
        Cancel what is being worked on and let the server save what must not be lost. Happens once.
        """
        if self._closing is None:
            for msg_id, future in list(self._request_futures.items()):
                if msg_id != self.msg_id:
                    future.cancel()
            self._closing = asyncio.ensure_future(self._server.close())  # type: ignore[attr-defined]
        await asyncio.shield(self._closing)

    def _register_builtin_features(self) -> None:
        super()._register_builtin_features()  # type: ignore[no-untyped-call]
        for method in DOCUMENT_METHODS:
            del self.fm.builtin_features[method]
        self.fm.builtin_features[types.SHUTDOWN] = self._shut_down
        self.fm.builtin_features[types.EXIT] = self._exit
        self.fm.builtin_features[types.WORKSPACE_EXECUTE_COMMAND] = self._execute_command

    async def _shut_down(self, _: None) -> None:
        """
        Close, and only then answer.
        """
        await self.close()

    def _exit(self, _: None) -> None:
        self._leave()

    async def _execute_command(self, params: types.ExecuteCommandParams) -> Any:
        """
        Run a command as the task of its request, so that cancelling the one cancels the other.
        """
        handler = self.fm.commands.get(params.command)
        if handler is None:
            raise JsonRpcInvalidParams(f"There is no command `{params.command}`.")
        result = handler(tuple(params.arguments or ()))
        return await result if inspect.isawaitable(result) else result

    def _on_request(self, msg_id: int | str, method: str, params: Any) -> None:
        try:
            self._check_phase(method)
            if msg_id in self._request_futures:
                raise JsonRpcInvalidRequest("The id is that of a request still being worked on.")
            structured = self._structure(method, params)
        except JsonRpcException as error:
            self._send_error(msg_id, error)
            return
        self._shutdown = self._shutdown or method == types.SHUTDOWN
        contextvars.copy_context().run(self._handle_request, msg_id, method, structured)
        self._initialized = self._initialized or method == types.INITIALIZE

    def _on_notification(self, method: str, params: Any) -> None:
        if method != types.EXIT and (self._shutdown or not self._initialized):
            return
        try:
            structured = self._structure(method, params)
        except JsonRpcMethodNotFound:
            return
        except JsonRpcException as error:
            logger.warning("Ignored a notification. %s", error.message)
            if method == types.TEXT_DOCUMENT_DID_CHANGE:
                # Better no document than one that is not what the editor shows.
                self._on_notification(types.TEXT_DOCUMENT_DID_CLOSE, params)
            return
        contextvars.copy_context().run(self._handle_notification, method, structured)

    def _on_response(self, message: dict[str, Any]) -> None:
        """
        Hand the client's answer to whoever asked; answers to nothing are left aside, since answering them never ends.
        """
        msg_id = message.get("id")
        if not isinstance(msg_id, str) or msg_id not in self._result_types:
            return
        result_type = self._result_types.pop(msg_id)
        future = self._request_futures.pop(msg_id, None)
        if future is None or future.done():
            return
        try:
            if "error" in message:
                raise JsonRpcException("The client answered with an error.")
            response = self._converter.structure(message, result_type)
        except Exception as error:
            future.set_exception(error if isinstance(error, JsonRpcException) else JsonRpcException(_why(error)))
        else:
            future.set_result(response.result)

    def _check_phase(self, method: str) -> None:
        if self._shutdown:
            raise JsonRpcInvalidRequest("The server has been shut down.")
        if method == types.INITIALIZE and self._initialized:
            raise JsonRpcInvalidRequest("The server has been initialized already.")
        if method != types.INITIALIZE and not self._initialized:
            raise JsonRpcServerNotInitialized("`initialize` must come first.")

    def _structure(self, method: str, params: Any) -> Any:
        """
        The parameters of `method` in its own type.
        """
        if method != types.CANCEL_REQUEST:
            self._check_known(method)
        expected: Any = extensions.PARAMS[method] if method in extensions.PARAMS else types.METHOD_TO_TYPES[method][2]
        if expected is None:
            return None
        if method == types.INITIALIZE:
            params = _used(params, INITIALIZE_USED)
        try:
            return self._converter.structure({} if params is None else params, expected)
        except Exception as error:
            raise JsonRpcInvalidParams(f"`{method}`: {_why(error)}") from None

    def _check_known(self, method: str) -> None:
        if method not in self.fm.features and method not in self.fm.builtin_features:
            raise JsonRpcMethodNotFound.of(method)

    def _execute_handler(
        self,
        msg_id: Any,
        handler: Callable[..., Any],
        callback: Callable[[Any], None],
        args: tuple[Any, ...] | None = None,
        kwargs: dict[str, Any] | None = None,
    ) -> None:
        if inspect.isgeneratorfunction(handler):
            super()._execute_handler(msg_id, handler, callback, args, kwargs)
            self._request_futures[msg_id].add_done_callback(lambda _: self._request_futures.pop(msg_id, None))
            return
        future: Any = asyncio.get_running_loop().create_future()
        try:
            result = handler(*(args or ()), **(kwargs or {}))
            if inspect.isawaitable(result):
                future = self._request_futures[msg_id] = asyncio.ensure_future(result)  # type: ignore[assignment]
                future.add_done_callback(lambda _: self._request_futures.pop(msg_id, None))
                future.add_done_callback(callback)
                return
            future.set_result(result)
        except Exception as error:
            future.set_exception(error)
        callback(future)

    def _send_handler_result(self, future: Any, *, msg_id: Any) -> None:
        if future.cancelled():
            self._send_error(msg_id, JsonRpcRequestCancelled("The request was cancelled."))
            return
        try:
            self._send_data({"jsonrpc": self.VERSION, "id": msg_id, "result": future.result()})
        except JsonRpcException as error:
            self._send_error(msg_id, error)
        except Exception as error:
            _log("A request failed", error)
            self._send_error(msg_id, JsonRpcInternalError(f"The server failed: {_where(error)}."))

    def _check_handler_result(self, future: Any) -> None:
        if not future.cancelled() and (error := future.exception()) is not None:
            _log("A notification failed", error)

    def _handle_cancel_notification(self, msg_id: int | str) -> None:
        if msg_id not in self._result_types and (future := self._request_futures.get(msg_id)):
            future.cancel()

    def _send_error(self, msg_id: Id, error: JsonRpcException) -> None:
        # Not by way of the types, which leave an id of null out.
        body = {"code": error.code, "message": error.message}
        self._send_data({"jsonrpc": self.VERSION, "id": msg_id, "error": body})

    def _send_data(self, data: Any) -> None:
        body = json.dumps(data, default=self._serialize_message).encode()
        assert self._out is not None, "a message before the client has connected"
        self._out.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))


def _content_change(made: cattrs.Converter, given: Any) -> types.TextDocumentContentChangeEvent:
    # Some clients say that there is no range by sending null.
    if given.get("range") is None:
        return types.TextDocumentContentChangeWholeDocument(text=given["text"])
    return made.structure(given, types.TextDocumentContentChangePartial)


def _used(given: Any, used: dict[str, Any]) -> Any:
    if not isinstance(given, dict):
        return given
    found = ((key, part, given[key]) for key, part in used.items() if key in given)
    return {key: value if part is ... else _part(value, part) for key, part, value in found}


def _part(value: Any, part: Any) -> Any:
    return part(value) if callable(part) else _used(value, part)


def _problem_of(message: Any) -> str:
    """
    Why `message` is neither a request nor a notification; empty if it is one.
    """
    if not isinstance(message, dict):
        return "A message is one JSON object."
    if message.get("jsonrpc") != "2.0":
        return 'A message says `"jsonrpc": "2.0"`.'
    if not isinstance(message.get("method"), str):
        return "A message names its method."
    if "id" in message and _id_of(message) is None:
        return "An id is a whole number or a string."
    return ""


def _id_of(message: Any) -> Id:
    found = message.get("id") if isinstance(message, dict) else None
    return found if type(found) in (int, str) else None


def _why(error: Exception) -> str:
    """
    What is wrong with a structure and where, but never the text that it holds.
    """
    return f"{cattrs.transform_error(error, 'params', _kind_of_error)[0]}."


def _kind_of_error(error: BaseException, _: object) -> str:
    return "required field missing" if isinstance(error, KeyError) else "unusable value"


def _where(error: BaseException) -> str:
    *_, innermost = traceback.walk_tb(error.__traceback__)
    frame, line = innermost
    return f"{type(error).__name__} at {PurePath(frame.f_code.co_filename).name}:{line}"


def _log(what: str, error: BaseException) -> None:
    # An exception's own text may quote the document.
    logger.error("%s: %s", what, _where(error))
    logger.debug("Traceback", exc_info=error)
