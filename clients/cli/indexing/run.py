"""A run of `albumen index`: what is on disk is compared with what is known, and what differs is sent."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from clients.cli.connection import Catalog
from clients.cli.indexing.known_files import KnownFiles
from clients.cli.indexing.missing import find_missing
from clients.cli.indexing.moves import Moves
from clients.cli.indexing.old_names import OldNameFinder, OldNames
from clients.cli.indexing.rearranged import kept
from clients.cli.indexing.roots import Roots
from clients.cli.indexing.upload import Outcome, Result, unreadable
from clients.cli.indexing.uploads import Indexing
from clients.cli.scan.walk import Found, Walk
from clients.cli.source import to_uri


@dataclass(frozen=True, slots=True)
class Options:
    """How a run goes about it.

    Attributes:
        in_flight: files on their way at once.
        verify: whether files are read that look the same as before.
        exclude: patterns, as in .gitignore, of what is left out.
        with_default_excludes: whether the folders of devices and systems are left out.

    """

    in_flight: int = 4
    verify: bool = False
    exclude: Sequence[str] = ()
    with_default_excludes: bool = True


class IndexRun:
    """One run over files and folders.

    Args:
        catalog: where to.
        paths: files and folders.
        options: how to go about it.
        on_outcome: told what became of each file that was looked into, as soon as it is known.

    Attributes:
        walk: what was seen and left out.
        indexing: what is sent; its `stop` ends the run early.
        counts: how many files came to which end; those that were moved are among the known ones.
        to_send: how many files differ from what is known.
        left: how many of them have not been tried yet.
        moved: how many known files were found somewhere else.
        missing: URIs of the known files that are not there any more; empty until the run has ended.
        old_names: names of found photos, elsewhere, that are not there any more; likewise.

    """

    def __init__(
        self, catalog: Catalog, paths: Sequence[Path], options: Options, on_outcome: Callable[[Outcome], None]
    ) -> None:
        self._catalog = catalog
        self._roots = Roots(paths)
        self._options = options
        self._on_outcome = on_outcome
        self._known = KnownFiles({})
        self._moves = Moves(self._known, ())
        self._old_names = OldNameFinder(self._known)
        self._differing: list[Found] = []
        self._to_send: list[Path] = []
        self.walk = Walk(
            paths,
            lambda path, error: self._take(unreadable(path, error)),
            exclude=options.exclude,
            with_default_excludes=options.with_default_excludes,
        )
        self.indexing = Indexing(catalog, in_flight=options.in_flight)
        self.counts: Counter[Result] = Counter()
        self._done = 0
        self.moved = 0
        self.missing: list[str] = []
        self.old_names = OldNames()

    @property
    def to_send(self) -> int:
        """How many files differ from what is known."""
        return len(self._to_send)

    @property
    def left(self) -> int:
        """How many of them have not been tried yet."""
        return len(self._to_send) - self._done

    @property
    def renamed(self) -> int:
        """How many of the known files were known by names, elsewhere, that are not there any more."""
        return self._old_names.photos

    def scan(self) -> None:
        """Look at every file's name, size and time, and tell the known from those that are to be sent.

        Raises:
            CommandError: a root is not there, or what was there has vanished; a pattern can't be understood.
            grpc.RpcError: the catalog can't say what it knows.

        """
        self._known = KnownFiles.load(self._catalog, self._roots.paths)
        self._roots.require_there(self._known)
        seen: set[str] = set()
        for found in self.walk:
            self._roots.notice_success()
            uri = to_uri(found.path)
            if uri in seen:
                continue  # Named by itself, and in a folder that was named too.
            seen.add(uri)
            before = self._known.get(uri)
            same = before is not None and before.looks_the_same(found.size_bytes, found.modify_time_ns)
            if not same:
                self._differing.append(found)
            if same and not self._options.verify:
                self.counts[Result.KNOWN] += 1
            else:
                self._to_send.append(found.path)
        missing = find_missing(self._known, seen, self.walk.not_read)
        # What is missing because its drive went away during the walk is not missing.
        self._roots.require_unchanged()
        self._moves = Moves(self._known, missing)
        self._old_names = OldNameFinder(self._known)

    def send(self) -> None:
        """Send what differs, and forget the old places of files that were moved.

        Raises:
            SourceVanishedError: the files are away as a whole.
            grpc.RpcError: the old places could not be forgotten.

        """
        with kept(self._catalog, self._known, self._differing, is_halted=lambda: self.indexing.halted_by is not None):
            for outcome in self.indexing.run(self._to_send, self._known):
                self._done += 1
                if not self._moves.is_missed(outcome.image):
                    self._old_names.notice(outcome.other_places)
                if outcome.is_new_place or outcome.result is Result.CHANGED:
                    self._moves.notice(outcome.image, is_new_place=outcome.is_new_place)
                self._take(outcome)
        if self.indexing.halted_by is not None:
            return
        self.moved = self._moves.count()
        self._catalog.forget_sources(self._moves.left_behind())
        self.old_names = self._old_names.found(self._catalog)
        # A run that ended early has not looked everywhere where a missing file may be now.
        if not self.indexing.stopped:
            self.missing = self._moves.still_missing()

    def _take(self, outcome: Outcome) -> None:
        self.counts[outcome.result] += 1
        self._on_outcome(outcome)
        if outcome.os_error is not None:
            self._roots.judge(outcome.path, outcome.os_error)
        else:
            self._roots.notice_success()
