"""Where the node's picture comes from: the interface of feeds, and the feed that replays recordings."""

from __future__ import annotations

from skyaccord.node.feed_settings import FeedSettings

__all__ = ["FeedSettings"]
