"""What a sentence encoder makes of a message: the second reading of those that their features leave in doubt.

The encoder was taught (`training/distil.py`) to answer as MiniLM (Wang et al. 2020), a transformer that has read a great deal of
English, does once it is fine-tuned on the labelled cases (`training/encoder.py`).  It is run by onnxruntime in whole numbers
of eight bits.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import onnxruntime

from ghl_real_estate_ai.understanding.judgement import LABELS, Scores
from ghl_real_estate_ai.understanding.model import MessageContext
from ghl_real_estate_ai.understanding.text import Text

NETWORK = Path(__file__).parent / "encoder.onnx"
PIECES = Path(__file__).parent / "encoder_pieces.txt"
MADE_FOR = "labels"
"""The entry of the network's metadata that names its labels."""
LONGEST_READ = 28
"""Pieces of a text looked at; a longer one, which one in twenty is, is judged by its beginning and its end."""
SPECIAL = PADDING, UNKNOWN, START, PART, HIDDEN = "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"
"""The first pieces; no word has them."""
_LONGEST_WORD = 40
_WORD = re.compile(r"[a-z0-9]+|[^\sa-z0-9]")


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of words that the encoder knows, each with its number (WordPiece, Wu et al. 2016)."""

    numbers: Mapping[str, int]

    def of(self, text: Text, context: MessageContext) -> list[int]:
        """The numbers of what was asked and of *text*, parted and framed."""
        about = [piece for word in _about(context).split() for piece in self.of_word(word)]
        said = [piece for word in _WORD.findall(text.plain) for piece in self.of_word(word)]
        if len(said) > LONGEST_READ:
            half = LONGEST_READ // 2
            said = [*said[:half], *said[-half:]]
        return [self.numbers[START], *about, self.numbers[PART], *said, self.numbers[PART]]

    def of_word(self, word: str) -> list[int]:
        """The longest pieces from the left that make up *word*; one unknown piece if none do."""
        if len(word) > _LONGEST_WORD:
            return [self.numbers[UNKNOWN]]
        found: list[int] = []
        start = 0
        while start < len(word):
            longest = self._longest(word, start)
            if longest is None:
                return [self.numbers[UNKNOWN]]
            number, start = longest
            found.append(number)
        return found

    def _longest(self, word: str, start: int) -> tuple[int, int] | None:
        """The number of the longest piece of *word* that begins at *start*, and where it ends."""
        mark = "##" if start else ""
        ends = range(len(word), start, -1)
        return next(((number, end) for end in ends if (number := self.numbers.get(mark + word[start:end]))), None)


def _about(context: MessageContext) -> str:
    return f"{context.bot or ''} {context.asked or ''}".replace("_", " ")


@dataclass(frozen=True, slots=True)
class Encoder:
    """The network and the pieces it reads."""

    session: onnxruntime.InferenceSession
    pieces: Pieces

    def scores(self, text: Text, context: MessageContext) -> Scores:
        """The log-odds of each of `LABELS`, as the network alone sees them; not calibrated."""
        read = np.array([self.pieces.of(text, context)], dtype=np.int64)
        (scores,) = self.session.run(None, {"pieces": read})
        return np.asarray(scores[0], dtype=np.float64)


@cache
def read_pieces(path: Path = PIECES) -> Pieces:
    """Read the pieces at *path*, one a line, once."""
    return Pieces({piece: at for at, piece in enumerate(path.read_text(encoding="ascii").splitlines())})


@cache
def read_encoder(path: Path = NETWORK) -> Encoder:
    """Read the network at *path* once; it thinks on the caller's thread.

    Raises:
        ValueError: the network was made for other labels.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    if session.get_modelmeta().custom_metadata_map.get(MADE_FOR) != "\n".join(map(str, LABELS)):
        raise ValueError(f"{path.name} was trained for other labels; train again")
    return Encoder(session, read_pieces())
