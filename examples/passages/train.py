#!/usr/bin/env python3
"""Train a classifier that tells from one verse which part of the Bible it comes from.

Reads ../storyteller/corpus.txt (see corpus.py there) and ../storyteller/tokenizer.json, and writes, next to this
file (or under --out):

    passages.onnx       the model
    tokenizer.json      a copy of the tokenizer
    data/heldOut.json   the held-out verses as tokens, with their labels
    metrics.json        every number quoted in README.md

The number of epochs is fixed and the last weights are kept: no held-out verse takes part in choosing a checkpoint.
Accuracies are measured by running the written ONNX file, one verse at a time, in onnxruntime.
"""
import argparse
import functools
import json
import os
import platform
import shutil
import sys
import time

os.environ.setdefault("JAX_PLATFORMS", "cpu")
HERE = os.path.dirname(os.path.abspath(__file__))
STORYTELLER = os.path.join(HERE, "..", "storyteller")
sys.path.append(STORYTELLER)

import jax
import jax.numpy as jnp
import numpy as np
import onnx
import onnxruntime as ort
import tokenizers

import corpus
from network import GROUPS, LENGTH, PAD, export, forward, init

SEED = 20240612
BATCH = 32
PEAK_RATE = 2e-3
WARMUP_STEPS = 200
WEIGHT_DECAY = 0.1         # decoupled (AdamW), on matrices only
LABEL_SMOOTHING = 0.1
DROPPED_TOKENS = 0.15      # this share of the tokens is hidden in training
HELD_OUT = 12              # of each group, one chapter in so many is held out

BOOKS = (                  # of each group, as the corpus abbreviates them
    "Ge Exo Lev Num Deu Josh Jdgs Ruth 1Sm 2Sm 1Ki 2Ki 1Chr 2Chr Ezra Neh Est",
    "Job Psa Prv Eccl SSol",
    "Isa Jer Lam Eze Dan Hos Joel Amos Obad Jonah Mic Nahum Hab Zep Hag Zec Mal",
    "Mat Mark Luke John Acts",
    "Rom 1Cor 2Cor Gal Eph Phi Col 1Th 2Th 1Tim 2Tim Titus Phmn Heb Jas 1Pet 2Pet 1Jn 2Jn 3Jn Jude Rev",
)
LABEL = {book: label for label, books in enumerate(BOOKS) for book in books.split()}


def load(verses, tokenizer):
    """Tokens int32 [verses, LENGTH], cut or padded; labels; which chapters, and so which verses, are held out."""
    tokens = np.full((len(verses), LENGTH), PAD, np.int32)
    for row, v in zip(tokens, verses):
        ids = tokenizer.encode(v.text).ids[:LENGTH]
        row[:len(ids)] = ids
    labels = np.array([LABEL[v.book] for v in verses], np.int32)
    chapters = list(dict.fromkeys((v.book, v.chapter) for v in verses))
    rng, held = np.random.default_rng(SEED), set()
    for label in range(len(GROUPS)):
        own = [chapter for chapter in chapters if LABEL[chapter[0]] == label]
        held |= {own[i] for i in rng.choice(len(own), len(own) // HELD_OUT, replace=False)}
    return tokens, labels, np.array([(v.book, v.chapter) in held for v in verses])


def loss_fn(params, tokens, labels):
    target = jax.nn.one_hot(labels, len(GROUPS)) * (1 - LABEL_SMOOTHING) + LABEL_SMOOTHING / len(GROUPS)
    return -(target * jax.nn.log_softmax(forward(params, tokens))).sum(axis=1).mean()


@functools.partial(jax.jit, donate_argnums=(0, 1, 2))
def step(params, m, v, tokens, labels, rate, t):
    loss, g = jax.value_and_grad(loss_fn)(params, tokens, labels)
    m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
    v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)

    def update(w, m, v):
        adam = (m / (1 - 0.9 ** t)) / (jnp.sqrt(v / (1 - 0.999 ** t)) + 1e-8)
        return w - rate * (adam + (WEIGHT_DECAY * w if w.ndim > 1 else 0.0))

    return jax.tree.map(update, params, m, v), m, v, loss


def train(tokens, labels, epochs):
    rng = np.random.default_rng(SEED)
    params = init(rng)
    m, v = jax.tree.map(jnp.zeros_like, params), jax.tree.map(jnp.zeros_like, params)
    batches = len(tokens) // BATCH
    total, done, started = epochs * batches, 0, time.time()
    for epoch in range(epochs):
        order, losses = rng.permutation(len(tokens)), []
        for b in range(batches):
            done += 1
            if done <= WARMUP_STEPS:
                rate = PEAK_RATE * done / WARMUP_STEPS
            else:
                rate = PEAK_RATE * 0.5 * (1 + np.cos(np.pi * (done - WARMUP_STEPS) / (total - WARMUP_STEPS)))
            pick = order[b * BATCH:(b + 1) * BATCH]
            x = np.where(rng.random((BATCH, LENGTH)) < DROPPED_TOKENS, PAD, tokens[pick])
            params, m, v, loss = step(params, m, v, x, labels[pick], np.float32(rate), np.float32(done))
            losses.append(loss)
        print(f"  epoch {epoch + 1}/{epochs}  loss {float(np.mean(losses)):.3f}  {time.time() - started:.0f} s", flush=True)
    return {name: np.asarray(w) for name, w in params.items()}


def run_onnx(path, tokens):
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return np.concatenate([session.run(["logits"], {"tokens": tokens[i:i + 1]})[0] for i in range(len(tokens))])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", default=corpus.DEFAULT)
    parser.add_argument("--out", default=HERE)
    parser.add_argument("--epochs", type=int, default=6)
    args = parser.parse_args()
    started = time.time()
    os.makedirs(os.path.join(args.out, "data"), exist_ok=True)
    tokenizer_path = os.path.join(STORYTELLER, "tokenizer.json")
    shutil.copyfile(tokenizer_path, os.path.join(args.out, "tokenizer.json"))
    verses = corpus.verses(args.corpus)
    tokens, labels, held = load(verses, tokenizers.Tokenizer.from_file(tokenizer_path))
    with open(os.path.join(args.out, "data", "heldOut.json"), "w") as f:
        json.dump({
            "corpus": corpus.SHA256, "groups": list(GROUPS), "length": LENGTH, "pad": PAD,
            "verses": [{"verse": f"{v.book} {v.chapter}:{v.verse}", "label": int(label),
                        "tokens": [int(t) for t in row if t != PAD]}
                       for v, row, label, out in zip(verses, tokens, labels, held) if out],
        }, f, separators=(",", ":"))
        f.write("\n")
    print(f"  {int((~held).sum())} verses to train on, {int(held.sum())} held out", flush=True)

    params = train(tokens[~held], labels[~held], args.epochs)
    path = os.path.join(args.out, "passages.onnx")
    export(params, path)
    logits = run_onnx(path, tokens[held])
    expected = np.asarray(forward(params, tokens[held]))
    found, wanted = logits.argmax(axis=1), labels[held]
    confusion = np.zeros((len(GROUPS), len(GROUPS)), int)
    np.add.at(confusion, (wanted, found), 1)
    metrics = {
        "seed": SEED, "epochs": args.epochs, "batch": BATCH,
        "versions": {"python": platform.python_version(), "jax": jax.__version__, "numpy": np.__version__,
                     "onnx": onnx.__version__, "onnxruntime": ort.__version__, "tokenizers": tokenizers.__version__},
        "parameters": int(sum(w.size for w in params.values())), "fileBytes": os.path.getsize(path),
        "trained": int((~held).sum()), "tested": int(held.sum()), "correct": int((found == wanted).sum()),
        "accuracy": round(float((found == wanted).mean()), 6),
        "largestGroup": round(float(np.bincount(wanted).max() / len(wanted)), 6),
        "confusion": {group: dict(zip(GROUPS, row.tolist())) for group, row in zip(GROUPS, confusion)},
        "maxAbsDiffToJax": float(np.abs(logits - expected).max()), "maxAbsLogit": round(float(np.abs(logits).max()), 4),
        "minutes": round((time.time() - started) / 60, 1),
    }
    with open(os.path.join(args.out, "metrics.json"), "w") as f:
        json.dump(metrics, f, indent=2)
        f.write("\n")
    print(json.dumps(metrics, indent=1))


if __name__ == "__main__":
    main()
