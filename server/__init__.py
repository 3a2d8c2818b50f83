"""The process: settings, HTTP, WebSocket, sign-in, downloads, health, the command line."""
