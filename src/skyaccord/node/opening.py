"""A feed that is being opened beside the one that is watched: reading a day takes longer than a tick."""

from __future__ import annotations

import threading
from pathlib import Path

from skyaccord.base.errors import SkyAccordError
from skyaccord.node.feed import Feed
from skyaccord.node.feed_settings import FeedSettings
from skyaccord.node.feeds import open_feed


class Opening:
    """Opens a feed in a thread of its own from the moment it is made. settings: what is opened."""

    def __init__(self, settings: FeedSettings | None, folder: Path) -> None:
        self.settings = settings
        self._folder = folder
        self._feed: Feed | None = None
        self._error: BaseException | None = None
        self._given_up = False
        self._lock = threading.Lock()
        self._done = threading.Event()
        # Daemon: a node that is told to stop does not wait for a recording it will not play.
        threading.Thread(target=self._open, name="opening a feed", daemon=True).start()

    def wait(self, seconds: float) -> bool:
        """Whether it has ended, well or not, after at most `seconds`."""
        return self._done.wait(seconds)

    def feed(self) -> Feed:
        """The open feed; only once `wait` has said True. Raises what opening it raised."""
        if self._error is not None:
            raise self._error
        if self._feed is None:
            raise SkyAccordError("the feed is not open")
        return self._feed

    def give_up(self) -> None:
        """Nobody wants it any more: it is closed, now or as soon as it is open."""
        with self._lock:
            self._given_up = True
            if self._feed is not None:
                self._feed.close()

    def _open(self) -> None:
        try:
            feed = open_feed(self.settings, self._folder)
        except BaseException as error:  # handed to whoever asks for the feed
            self._error = error
        else:
            with self._lock:
                self._feed = feed
                if self._given_up:
                    feed.close()
        self._done.set()
