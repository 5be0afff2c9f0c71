"""MCP: the tools of a session as the official SDK serves them, and the request as a resource and as a prompt.

A session is one client's: over HTTP the SDK's own id is the session's, so a client needs nothing but the URL that names
the task, or, made on the control side, the session. The protocol of 2026-07-28 has no sessions of its own; clients that
know it are led to the handshake of the revisions before it, or name a session in the URL.
"""

from __future__ import annotations

from typing import Any

import orjson
from mcp import MCPError, types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server

from synthtools_stream.envserving.sessions import Session, Sessions, UnknownSession
from synthtools_stream.errors import TransportError
from synthtools_stream.live.submission import SUBMIT, act, told_request

__all__ = ["SESSION_HEADER", "SESSION_TOKEN_HEADER", "McpFace", "given_session", "session_named"]

SESSION_HEADER = "mcp-session-id"
SESSION_TOKEN_HEADER = "X-NeMo-Gym-Session-Token"
"""NeMo Gym's: by it an agent's client names the session that was seeded for it."""
_HANDSHAKES = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"]
"""Revisions with sessions, the newest first."""
_REQUEST_URI = "task://request"
_PROMPT = "request"
_INSTRUCTIONS = (
    f"Read the prompt `{_PROMPT}` or {_REQUEST_URI}, do what the user wants by the tools, and end with {SUBMIT}"
    " if that is one of them."
)
_TASK = "What the user wants."

_Context = ServerRequestContext[Any, Any]


class McpFace:
    """The MCP server: its handlers find the session of each request and speak for it."""

    def __init__(self, sessions: Sessions, version: str, only: str = "") -> None:
        """Serve `sessions`, or of them the `only` one: over stdio no request names any."""
        self._sessions = sessions
        self._only = only
        self.server: Server[Any] = Server(
            "synthtools-stream",
            version=version,
            instructions=_INSTRUCTIONS,
            # The server would else list all tools at each call, to check headers that no tool of ours declares.
            get_tool_input_schema=lambda _name: None,
            on_list_tools=self._list_tools,
            on_call_tool=self._call_tool,
            on_list_resources=self._list_resources,
            on_read_resource=self._read_resource,
            on_list_prompts=self._list_prompts,
            on_get_prompt=self._get_prompt,
        )
        if not only:
            self.server.add_request_handler("server/discover", types.RequestParams, self._discover)

    async def _discover(self, _context: _Context, _params: types.RequestParams) -> types.DiscoverResult:
        return types.DiscoverResult(
            supported_versions=_HANDSHAKES,
            capabilities=self.server.get_capabilities(),
            instructions=self.server.instructions,
        )

    async def _list_tools(self, context: _Context, _params: object) -> types.ListToolsResult:
        tools = self._session(context).offered
        return types.ListToolsResult(
            tools=[
                types.Tool.model_validate(
                    {"name": tool["name"], "description": tool["description"], "inputSchema": tool["parameters"]}
                )
                for tool in tools
            ]
        )

    async def _call_tool(self, context: _Context, params: types.CallToolRequestParams) -> types.CallToolResult:
        session = self._session(context)
        try:
            told = await act(session, params.name, params.arguments or {})
        except TransportError as error:
            told = {"status_code": 503, "error_message": str(error)}
        status = told["status_code"]
        return types.CallToolResult(
            content=[types.TextContent(text=orjson.dumps(told).decode())],
            is_error=not isinstance(status, int) or status >= 400,
        )

    async def _list_resources(self, _context: _Context, _params: object) -> types.ListResourcesResult:
        request = types.Resource(name=_PROMPT, uri=_REQUEST_URI, description=_TASK, mime_type="text/plain")
        return types.ListResourcesResult(resources=[request])

    async def _read_resource(
        self, context: _Context, params: types.ReadResourceRequestParams
    ) -> types.ReadResourceResult:
        if str(params.uri) != _REQUEST_URI:
            raise MCPError(types.INVALID_PARAMS, f"there is no such resource; there is {_REQUEST_URI}")
        text = told_request(self._session(context).task)
        return types.ReadResourceResult(
            contents=[types.TextResourceContents(uri=_REQUEST_URI, mime_type="text/plain", text=text)]
        )

    async def _list_prompts(self, _context: _Context, _params: object) -> types.ListPromptsResult:
        return types.ListPromptsResult(prompts=[types.Prompt(name=_PROMPT, description=_TASK)])

    async def _get_prompt(self, context: _Context, params: types.GetPromptRequestParams) -> types.GetPromptResult:
        if params.name != _PROMPT:
            raise MCPError(types.INVALID_PARAMS, f"there is no such prompt; there is {_PROMPT!r}")
        content = types.TextContent(text=told_request(self._session(context).task))
        return types.GetPromptResult(messages=[types.PromptMessage(role="user", content=content)])

    def _session(self, context: _Context) -> Session:
        try:
            return self._sessions.session(self._only or session_named(context.request))
        except UnknownSession as error:
            raise MCPError(types.INVALID_REQUEST, str(error)) from error


def given_session(request: Any) -> str:
    """Return the id of the session that an HTTP request was given, by its URL or by NeMo Gym; may be empty."""
    return str(request.query_params.get("session_id") or request.headers.get(SESSION_TOKEN_HEADER) or "")


def session_named(request: Any) -> str:
    """Return the id of the session that a request is of: the given one, else that of the handshake; may be empty."""
    return "" if request is None else given_session(request) or str(request.headers.get(SESSION_HEADER) or "")
