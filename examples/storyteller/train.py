#!/usr/bin/env python3
"""Train the storyteller: a small Llama-style language model of the King James Bible.

Reads corpus.txt (see corpus.py) and writes, next to this file (or under --out):

    storyteller.onnx     the model, one token per run
    tokenizer.json       its byte-level BPE tokenizer
    data/heldOut.txt     passages of the held-out chapters, separated by empty lines
    data/splits.json     digest of the corpus, names of the held-out chapters
    metrics.json         every number quoted in README.md

The number of steps is fixed and the last weights are kept: no held-out passage takes part in choosing a checkpoint.
"""
import argparse
import functools
import json
import os
import platform
import time

os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax
import jax.numpy as jnp
import numpy as np
import onnx
import onnxruntime as ort
import tokenizers

import corpus
from export import export
from measure import Storyteller, perplexity
from model import CONTEXT, forward, init
from passages import LONGEST, MOST_VERSES, chapters, cut, held_out_chapters, pack, train_tokenizer

SEED = 20240611
BATCH = 8                  # rows of CONTEXT tokens
PEAK_RATE = 3e-3
WARMUP_STEPS = 100
DECAY_SHARE = 0.4          # the rate falls to zero over this last share of the steps
WEIGHT_DECAY = 0.1         # decoupled (AdamW), on matrices only
CLIP = 1.0                 # global norm of the gradient
PROMPTS = ["And it came to pass", "The LORD is my", "Blessed are they that", "In the beginning", "And Jesus said unto"]


def loss_fn(params, inputs, targets, numbers):
    log_p = jax.nn.log_softmax(forward(params, inputs, numbers))
    weight = (numbers > 0).astype(jnp.float32)
    picked = jnp.take_along_axis(log_p, targets[..., None], axis=-1)[..., 0]
    return -(picked * weight).sum() / weight.sum()


@functools.partial(jax.jit, donate_argnums=(0, 1, 2))
def step(params, m, v, batch, rate, t):
    loss, g = jax.value_and_grad(loss_fn)(params, *batch)
    size = jnp.sqrt(sum((w * w).sum() for w in g.values()))
    g = jax.tree.map(lambda g: g * jnp.minimum(1, CLIP / size), g)
    m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
    v = jax.tree.map(lambda v, g: 0.98 * v + 0.02 * g * g, v, g)

    def update(w, m, v):
        adam = (m / (1 - 0.9 ** t)) / (jnp.sqrt(v / (1 - 0.98 ** t)) + 1e-8)
        return w - rate * (adam + (WEIGHT_DECAY * w if w.ndim > 1 else 0.0))

    return jax.tree.map(update, params, m, v), m, v, loss


def train(texts, tokenize, steps):
    """Train on chapters, cut anew in every epoch. Returns the parameters and the number of tokens seen."""
    rng = np.random.default_rng(SEED)
    params = init(rng)
    m, v = jax.tree.map(jnp.zeros_like, params), jax.tree.map(jnp.zeros_like, params)
    done, seen, epoch, average, started = 0, 0, 0, None, time.time()
    while done < steps:
        epoch += 1
        passages = [tokenize(p) for chapter in texts
                    for p in cut(chapter, tokenize, lambda: rng.integers(1, MOST_VERSES + 1))]
        rows = pack(passages, rng)
        for at in range(0, len(rows[0]) - BATCH + 1, BATCH):
            if done == steps:
                break
            done += 1
            rate = PEAK_RATE * min(1, done / WARMUP_STEPS, (steps - done + 1) / (DECAY_SHARE * steps))
            batch = [a[at:at + BATCH] for a in rows]
            seen += int((batch[2] > 0).sum())
            params, m, v, loss = step(params, m, v, batch, np.float32(rate), np.float32(done))
            if done % 20 == 1:
                average = float(loss) if average is None else 0.8 * average + 0.2 * float(loss)
            if done % 100 == 0 or done == steps:
                print(f"  epoch {epoch}  step {done}/{steps}  loss {average:.3f}  {seen} tokens"
                      f"  {time.time() - started:.0f} s", flush=True)
    return {name: np.asarray(w) for name, w in params.items()}, seen


def difference(params, teller, passages):
    """The largest difference of any logit between jax and ONNX over these passages."""
    worst = 0.0
    for tokens in passages:
        row = np.ones((1, CONTEXT), np.int32)
        row[0, :len(tokens)] = tokens
        expected = np.asarray(forward(params, row, np.ones_like(row)))[0, :len(tokens)]
        worst = max(worst, float(np.abs(teller.logits(tokens) - expected).max()))
    return worst


def samples(teller, tokenizer):
    rng = np.random.default_rng(SEED)
    found = []
    for prompt in PROMPTS:
        tokens = tokenizer.encode(prompt).ids
        for temperature in (0.0, 0.7):
            made = teller.generate(tokens, 96, temperature, rng)
            found.append({"prompt": prompt, "temperature": temperature, "ended": made[-1] == 0,
                          "text": tokenizer.decode(tokens + made)})
    return found


def write_json(path, value):
    with open(path, "w") as f:
        json.dump(value, f, indent=2)
        f.write("\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", default=corpus.DEFAULT)
    parser.add_argument("--out", default=os.path.dirname(os.path.abspath(__file__)))
    parser.add_argument("--steps", type=int, default=850)
    args = parser.parse_args()
    started = time.time()
    os.makedirs(os.path.join(args.out, "data"), exist_ok=True)

    book = chapters(corpus.verses(args.corpus))
    held_out = held_out_chapters(book, SEED)
    texts = [text for name, text in book.items() if name not in held_out]
    tokenizer = train_tokenizer(line for text in texts for line in text)
    tokenizer.save(os.path.join(args.out, "tokenizer.json"))
    tokenize = functools.lru_cache(maxsize=None)(lambda text: tokenizer.encode(text).ids)
    held_passages = [p for name in held_out for p in cut(book[name], tokenize, lambda: MOST_VERSES)]
    with open(os.path.join(args.out, "data", "heldOut.txt"), "w") as f:
        f.write("\n\n".join(held_passages) + "\n")
    write_json(os.path.join(args.out, "data", "splits.json"),
               {"corpus": corpus.SHA256, "seed": SEED, "heldOut": held_out})
    held_tokens = [tokenize(p) for p in held_passages]
    assert max(map(len, held_tokens)) <= LONGEST
    corpus_tokens = sum(len(tokenize(line)) + 1 for text in texts for line in text)
    print(f"  {corpus_tokens} tokens to train on, {sum(map(len, held_tokens))} held out", flush=True)

    params, seen = train(texts, tokenize, args.steps)
    path = os.path.join(args.out, "storyteller.onnx")
    export(params, path)
    teller = Storyteller(path)
    count, right, value = perplexity(teller, held_tokens)
    predicted_bytes = sum(len(p) - len(tokenizer.decode(t[:1])) for p, t in zip(held_passages, held_tokens))
    found = samples(teller, tokenizer)
    diff = difference(params, teller, held_tokens[:20])
    metrics = {
        "seed": SEED, "steps": args.steps, "rowsPerStep": BATCH,
        "versions": {"python": platform.python_version(), "jax": jax.__version__, "numpy": np.__version__,
                     "onnx": onnx.__version__, "onnxruntime": ort.__version__, "tokenizers": tokenizers.__version__},
        "parameters": int(sum(w.size for w in params.values())),
        "trainingTokens": corpus_tokens, "tokensSeen": seen, "minutes": round((time.time() - started) / 60, 1),
        "heldOut": {"chapters": len(held_out), "passages": len(held_tokens), "tokens": sum(map(len, held_tokens)),
                    "predicted": count, "likeliest": right, "perplexity": round(value, 4),
                    "bitsPerByte": round(np.log2(value) * count / predicted_bytes, 4)},
        "maxAbsDiffToJax": diff, "fileBytes": os.path.getsize(path), "samples": found,
    }
    write_json(os.path.join(args.out, "metrics.json"), metrics)
    print(json.dumps({k: w for k, w in metrics.items() if k != "samples"}))
    for s in found:
        print(f"  [{s['temperature']}] {s['text']!r}")


if __name__ == "__main__":
    main()
