"""The frames of graphql-transport-ws: what a client may send, told apart strictly, and the codes that end a socket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from starlette.types import Message as Frame
from starlette.websockets import WebSocketDisconnect

from ..graphql.engine.execution import Request
from .requests import BadRequest, graphql_request

PROTOCOL = "graphql-transport-ws"


class Closing(Exception):
    """The socket is to be closed with this code and reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Message:
    """A well-formed message of a client. ``id`` is of an operation, ``request`` of ``subscribe``."""

    type: str
    id: str
    payload: dict[str, Any] | None
    request: Request | None


def read_message(frame: Frame) -> Message:
    """The message in a frame; :class:`Closing` with 4400 for anything that PROTOCOL does not say.

    ``WebSocketDisconnect`` where the client has closed.
    """
    message = _object(frame)
    type_ = message.get("type")
    if not isinstance(type_, str):
        raise Closing(4400, "A message is an object with a type")
    if type_ not in {"connection_init", "ping", "pong", "subscribe", "complete"}:
        raise Closing(4400, "Unknown message type")
    id_ = _id(message) if type_ in {"subscribe", "complete"} else ""
    if type_ == "subscribe":
        return Message(type_, id_, None, _request(message))
    return Message(type_, id_, None if type_ == "complete" else _payload(message), None)


def written(message: dict[str, Any]) -> str:
    """A message as it is sent; :class:`Closing` where it would give back what is nested too deeply to be written."""
    try:
        return orjson.dumps(message).decode()
    except TypeError:
        raise Closing(4400, "The payload is nested too deeply") from None


def _object(frame: Frame) -> dict[str, Any]:
    if frame["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(frame.get("code", 1005))
    text = frame.get("text")
    if text is None:
        raise Closing(4400, "Only text frames")
    try:
        message = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Closing(4400, "Invalid JSON") from None
    if not isinstance(message, dict):
        raise Closing(4400, "A message is an object with a type")
    return message


def _id(message: dict[str, Any]) -> str:
    id_ = message.get("id")
    if not isinstance(id_, str) or not id_:
        raise Closing(4400, "The id must be a string that is not empty")
    return id_


def _payload(message: dict[str, Any]) -> dict[str, Any] | None:
    payload = message.get("payload")
    if not isinstance(payload, dict | None):
        raise Closing(4400, "The payload must be an object")
    return payload


def _request(message: dict[str, Any]) -> Request:
    try:
        return graphql_request(message.get("payload"))
    except BadRequest as error:
        raise Closing(4400, str(error)) from None
