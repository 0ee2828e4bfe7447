"""HTTP and WebSocket for browsers and bots, on aiohttp: imported only where the web is served."""
