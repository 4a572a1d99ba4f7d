"""Make a small encoder that answers as the whole one does (distillation: Hinton et al. 2015; Jiao et al. 2020).

It begins with some layers of the whole one, and in each of these with the heads and neurons that move most there; then it
learns to see in a message what the whole one sees in it.  Nothing need be labelled for that, so it learns from mixtures of
messages too, which nobody wrote.
"""

import copy
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from ghl_real_estate_ai.understanding.judgement import LABELS
from ghl_real_estate_ai.understanding.model import Intent
from ghl_real_estate_ai.understanding.training.encoder import HEAD_WIDTH, Block, Network, padded, rate
from ghl_real_estate_ai.understanding.training.lines import BATCH, batches, mixtures

LAYERS = (0, 2, 5)
"""The layers of the whole network that the small one begins with; decision 21 compares them with others."""
HEADS, INNER = 6, 384
MIXED = 0.65
"""How many mixtures there are for each message."""
PASSES = 8
RATE = 8e-4
JUDGED_BY = 1500
"""By how many messages it is told which heads and neurons move most."""
SURE = 12.0
"""Log-odds beyond which answers are not told apart."""
NEAR = 6.0
"""Log-odds up to which they are also to be alike in themselves, not only in the probability that they mean."""
END_COUNTS = 4.0
"""How many times as much an opt-out counts as each other label: what one costs is not the same."""
SEED = 7


def distilled(whole: Network, lines: Sequence[list[int]]) -> Network:
    """Return a small network that has learned to answer as *whole* does, from *lines*, messages in pieces."""
    chance = np.random.default_rng(SEED)
    torch.manual_seed(SEED)
    told = [*lines, *mixtures(lines, round(MIXED * len(lines)), chance)]
    meanings, scores = answers(whole, told)
    small = cut(whole, [lines[row] for row in chance.permutation(len(lines))[:JUDGED_BY]])
    learned = [part for part in small.parameters() if part.requires_grad]
    optimizer = torch.optim.AdamW(learned, lr=RATE, weight_decay=0.01, fused=True)
    steps = PASSES * -(-len(told) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate(step / steps))
    small.train()
    for rows in batches(np.array([len(line) for line in told]), chance, PASSES):
        meaning = small.meaning(*padded([told[row] for row in rows]))
        loss = unlike(meaning, small.head(meaning), meanings[rows].float(), scores[rows])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(learned, 1.0)
        optimizer.step()
        schedule.step()
    small.eval()
    return small


def answers(whole: Network, told: Sequence[list[int]]) -> tuple[Tensor, Tensor]:
    """Return what *whole* makes of each message of *told*, and the log-odds it gives it."""
    meanings = torch.zeros((len(told), whole.head.in_features), dtype=torch.float16)
    scores = torch.zeros((len(told), whole.head.out_features))
    order = np.argsort([len(line) for line in told], kind="stable")
    whole.eval()
    with torch.no_grad():
        for at in range(0, len(order), 2 * BATCH):
            rows = order[at : at + 2 * BATCH]
            meaning = whole.meaning(*padded([told[row] for row in rows]))
            meanings[rows] = meaning.half()
            scores[rows] = whole.head(meaning).clamp(-SURE, SURE)
    return meanings, scores


def unlike(meaning: Tensor, scores: Tensor, whole_meaning: Tensor, whole_scores: Tensor) -> Tensor:
    """How far what the small network makes of some messages is from what the whole one makes of them."""
    counts = torch.tensor([END_COUNTS if label is Intent.OPT_OUT else 1.0 for label in LABELS])
    sure = torch.sigmoid(whole_scores)
    doubt = nn.functional.binary_cross_entropy_with_logits(scores, sure, weight=counts, reduction="none").sum(1).mean()
    apart = (counts * (scores.clamp(-NEAR, NEAR) - whole_scores.clamp(-NEAR, NEAR)) ** 2).mean()
    return doubt + apart + nn.functional.mse_loss(meaning, whole_meaning)


def cut(whole: Network, lines: Sequence[list[int]]) -> Network:
    """Return a small network that is made of what moves most in *whole* on *lines*; it knows the same words."""
    small = Network(whole.words.num_embeddings, whole.places.num_embeddings, len(LAYERS), HEADS, INNER)
    for name in ("words", "places", "norm", "head"):
        setattr(small, name, copy.deepcopy(getattr(whole, name)))
    for known in (small.words, small.places):
        known.requires_grad_(False)
    pieces, away = padded(lines)
    with torch.no_grad():
        seen = whole.beginning(pieces)
        for at, block in enumerate(whole.blocks):
            if at in LAYERS:
                _fill(small.blocks[LAYERS.index(at)], block, seen, away)
            seen = block(seen, away)
    return small


def _fill(small: Block, block: Block, seen: Tensor, away: Tensor) -> None:
    """Give *small* the heads and neurons of *block* that move most of what it makes of *seen*; of the others it has their
    mean."""
    heard = block.heard(seen, away)
    fired = nn.functional.gelu(block.wide(block.norm_attention(seen + block.out(heard))))[~away]
    heard = heard[~away]
    rows = _heads(heard, block.out.weight, small.heads)
    neurons = _largest(fired.var(0) * (block.narrow.weight**2).sum(0), small.wide.out_features)
    for name in ("query", "key", "value"):
        _give(getattr(small, name), getattr(block, name).weight[rows], getattr(block, name).bias[rows])
    _give(small.wide, block.wide.weight[neurons], block.wide.bias[neurons])
    _give(small.out, block.out.weight[:, rows], _with_mean_of_others(block.out, heard, rows))
    _give(small.narrow, block.narrow.weight[:, neurons], _with_mean_of_others(block.narrow, fired, neurons))
    for name in ("norm_attention", "norm_dense"):
        getattr(small, name).load_state_dict(getattr(block, name).state_dict())


def _heads(heard: Tensor, out: Tensor, many: int) -> Tensor:
    """The columns of the *many* heads that move most."""
    begins = range(0, out.shape[1], HEAD_WIDTH)
    moved = torch.stack(
        [(heard[:, at : at + HEAD_WIDTH] @ out[:, at : at + HEAD_WIDTH].T).var(0).sum() for at in begins]
    )
    return (_largest(moved, many)[:, None] * HEAD_WIDTH + torch.arange(HEAD_WIDTH)).flatten()


def _largest(moved: Tensor, many: int) -> Tensor:
    return moved.topk(many).indices.sort().values


def _with_mean_of_others(layer: nn.Linear, given: Tensor, kept: Tensor) -> Tensor:
    """The bias of *layer* with what it adds on average for what is *given* to it and not *kept*."""
    others = torch.ones(layer.in_features, dtype=torch.bool)
    others[kept] = False
    return layer.bias + layer.weight[:, others] @ given[:, others].mean(0)


def _give(layer: nn.Linear, weight: Tensor, bias: Tensor) -> None:
    layer.weight.copy_(weight)
    layer.bias.copy_(bias)
