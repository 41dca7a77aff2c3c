"""A labelled corpus from the simulated cell: what a potentiostat reports of healthy and of failing cells."""

from operando.simulators.corpus.corpus import DEVELOPMENT, HELD_OUT, labelled_corpus
from operando.simulators.corpus.recording import LabelledEvent, LabelledRecording, RecordedStep

__all__ = ["DEVELOPMENT", "HELD_OUT", "LabelledEvent", "LabelledRecording", "RecordedStep", "labelled_corpus"]
