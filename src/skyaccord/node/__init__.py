"""One party's server: settings, feeds, peers, HTTP and WebSocket, wiring."""
