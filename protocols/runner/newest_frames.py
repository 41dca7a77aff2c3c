"""The newest picture of a capture, to be shown beside a question."""

from operando.protocols.record import FrameRow, RunRecord, read_frames

__all__ = ["NewestFrames"]


class NewestFrames:
    """Looks in the record, where every picture is before anybody asks about it.

    Args:
        record: of the run.
    """

    def __init__(self, record: RunRecord) -> None:
        self._folder = record.folder

    def of(self, picture: str) -> FrameRow | None:
        """The newest frame of `capture` or of `capture/region`; None if there is none yet."""
        capture, _, region = picture.partition("/")
        rows = [row for row in read_frames(self._folder) if row.capture == capture and region in ("", row.region)]
        return rows[-1] if rows else None
