"""Teach the shipped models what more writers wrote, without learning all of it anew:
`python -m ghl_real_estate_ai.understanding.training.further WRITER ...` writes `encoder.onnx` and `weights.npz`.

A WRITER is the name of a file of `cases/train/` that the encoder has not read yet.  The encoder goes on from the shipped
network in two goes: it learns what these writers wrote, and then messages joined of two, by their labels, and all else it goes
on answering as before (learning without forgetting: Li and Hoiem 2016).  Of the second go half is taken, and in the end half of
both: the mean of the weights before and after keeps what was known better than either (Wortsman et al. 2022).  The features'
model learns from everybody anew.  What each counts beside the other, and from which probability a label is reported, stays
as it is, since both come from encoders that left writers out, which only the whole training makes.
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor, nn

from ghl_real_estate_ai.understanding.encoder import NETWORK, read_pieces
from ghl_real_estate_ai.understanding.judgement import (
    LABELS,
    WEIGHTS,
    Scores,
    probabilities_of,
    read_judgement,
    write_judgement,
)
from ghl_real_estate_ai.understanding.labelled import LabelledMessage, load_cases
from ghl_real_estate_ai.understanding.model import Intent
from ghl_real_estate_ai.understanding.training import distil, encoder
from ghl_real_estate_ai.understanding.training.families import load_families
from ghl_real_estate_ai.understanding.training.joined import joined
from ghl_real_estate_ai.understanding.training.lines import BATCH, Lines, batches, lines_of
from ghl_real_estate_ai.understanding.training.train import row_weights, truth_of, weights_of, writer_of

PASSES = 2
AGAIN = 3
"""How many times in a pass what the new writers wrote is learned from."""
JOINED = 12_000
"""How many messages are joined of two."""
RATE = 2e-4
SEED = 7


def main(writers: Sequence[str]) -> int:
    cases, drawn = load_cases("train"), load_families()
    unknown = set(writers) - {writer_of(case) for case in cases}
    if unknown or not writers:
        sys.stderr.write(f"Name files of cases/train/ without .jsonl; there is no {sorted(unknown) or 'name'}\n")
        return 2
    made = joined(cases, JOINED, np.random.default_rng(SEED))
    told, weights = [*cases, *drawn], row_weights(cases, drawn)
    again = np.array([AGAIN * (writer_of(case) in writers) for case in cases] + [0] * len(drawn))
    before = shipped(NETWORK)
    encoder.write_network(NETWORK, gone_on(shipped(NETWORK), _lines(told, weights), again))
    weights = np.concatenate([weights, np.ones((len(made), len(LABELS)))])
    once = np.array([0] * len(told) + [1] * len(made))
    after = gone_on(shipped(NETWORK), _lines([*told, *made], weights), once)
    encoder.write_network(NETWORK, halfway(shipped(NETWORK), after))
    encoder.write_network(NETWORK, halfway(before, shipped(NETWORK)))
    known = learn_features(cases, drawn, WEIGHTS)
    sys.stdout.write(f"{len(cases)} cases, {known} features\n")
    return 0


def _lines(told: Sequence[LabelledMessage], weights: Scores) -> Lines:
    return lines_of(told, np.array([truth_of(case) for case in told]), weights, read_pieces())


def learn_features(cases: Sequence[LabelledMessage], drawn: Sequence[LabelledMessage], path: Path) -> int:
    """Write the features' weights, learned anew, to *path*, which keeps all else; return how many features they know."""
    before = read_judgement(path)
    names, weights, _ = weights_of(cases, drawn)
    write_judgement(path, names, weights, before.mixture, probabilities_of(before.reported_from))
    return len(names)


def gone_on(network: encoder.Network, lines: Lines, again: NDArray[np.intp]) -> encoder.Network:
    """Return *network* after it learned *lines*: each row by its labels as many times a pass as *again* says, or, where that
    is never, once by the answer it gave before."""
    torch.manual_seed(SEED)
    _, answers = distil.answers(network, lines.pieces)
    fresh = torch.from_numpy(again > 0)
    aims = torch.where(fresh[:, None], torch.from_numpy(lines.truth), torch.sigmoid(answers))
    counts = torch.where(fresh[:, None], torch.from_numpy(lines.weights), torch.tensor(1.0))
    counts = counts * torch.tensor([distil.END_COUNTS if label is Intent.OPT_OUT else 1.0 for label in LABELS])
    rows = np.concatenate([np.flatnonzero(again >= times) for times in range(again.max() + 1) if times != 1])
    learned = [part for name, part in network.named_parameters() if not name.startswith(("words.", "places."))]
    optimizer = torch.optim.AdamW(learned, lr=RATE, weight_decay=0.01, fused=True)
    steps = PASSES * -(-len(rows) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: encoder.rate(step / steps))
    network.train()
    lengths = np.array([len(lines.pieces[row]) for row in rows])
    for chosen in batches(lengths, np.random.default_rng(SEED), PASSES):
        some = rows[chosen]
        scores = network(*encoder.padded([lines.pieces[row] for row in some]))
        loss = _unlike(scores, aims[some], answers[some], counts[some], fresh[some])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(learned, 1.0)
        optimizer.step()
        schedule.step()
    network.eval()
    return network


def halfway(before: encoder.Network, after: encoder.Network) -> encoder.Network:
    """Return the network whose every weight is the mean of those of *before* and *after*."""
    known = after.state_dict()
    before.load_state_dict({name: (weights + known[name]) / 2 for name, weights in before.state_dict().items()})
    return before


def _unlike(scores: Tensor, aims: Tensor, before: Tensor, counts: Tensor, fresh: Tensor) -> Tensor:
    """How far *scores* are from the *aims*, and on rows that are not *fresh* from what they were *before*."""
    doubt = nn.functional.binary_cross_entropy_with_logits(scores, aims, weight=counts, reduction="none").sum(1).mean()
    moved = (scores.clamp(-distil.NEAR, distil.NEAR) - before.clamp(-distil.NEAR, distil.NEAR)) ** 2
    return doubt + (moved * counts * ~fresh[:, None]).mean()


def shipped(path: Path) -> encoder.Network:
    """Return the network at *path* as numbers that can be learned: what eight bits keep of it."""
    model = onnx.load(path)
    kept = {one.name: numpy_helper.to_array(one) for one in model.graph.initializer}
    network = encoder.Network(
        len(read_pieces().numbers),
        kept["places.weight_quantized"].shape[0],
        len(distil.LAYERS),
        distil.HEADS,
        distil.INNER,
    )
    state = network.state_dict()
    found = {name: kept[name] for name in state if name in kept}
    found |= {name: _whole(kept, name) for name in state if f"{name}_quantized" in kept}
    found |= {name: _whole(kept, base).T for name, base in _multiplied(model.graph.node).items()}
    network.load_state_dict({name: torch.tensor(np.ascontiguousarray(values)) for name, values in found.items()})
    network.eval()
    return network


def _multiplied(nodes: Iterable[onnx.NodeProto]) -> dict[str, str]:
    """The parameters that something is multiplied by: what each is called in the file, by its name in the network."""
    found = {}
    for node in nodes:
        if node.op_type == "MatMulInteger" and node.input[1].endswith("_quantized"):
            path = node.name.split("/")[1:-1]
            found[".".join([*path, "weight"])] = node.input[1].removesuffix("_quantized")
    return found


def _whole(kept: Mapping[str, NDArray[np.float32]], name: str) -> NDArray[np.float32]:
    """The numbers that *kept* has in eight bits under *name*."""
    steps = kept[f"{name}_quantized"].astype(np.float32) - kept[f"{name}_zero_point"].astype(np.float32)
    return np.asarray(steps * kept[f"{name}_scale"], dtype=np.float32)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
