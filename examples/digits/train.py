#!/usr/bin/env python3
"""Train the digits CNN: five cross-validation fold models and one final model.

Writes, next to this file (or under --out):

    digits.onnx             final model, trained on every sample not in heldOut
    folds/fold0..4.onnx     model k is trained on every sample whose fold != k
    data/digits.bin         1,797 x 64 pixel bytes (0..16), then 1,797 label bytes
    data/splits.json        fold index per sample, and the final model's heldOut
    metrics.json            every number quoted in README.md

The number of epochs is fixed and the last weights are kept: no held-out sample
takes part in choosing a checkpoint. Accuracies are measured by running the
written ONNX files, one image at a time, in onnxruntime.
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
import sklearn
from onnx import TensorProto, helper, numpy_helper
from sklearn.datasets import load_digits
from sklearn.model_selection import StratifiedKFold, train_test_split

SEED = 20240607
FOLDS = 5
HELD_OUT = 360
BATCH = 64
PEAK_LR = 2e-3
WARMUP_EPOCHS = 3
WEIGHT_DECAY = 2e-2        # decoupled (AdamW), on weights only
LABEL_SMOOTHING = 0.05
NOISE_STD = 0.03           # on the 0..1 scale
SHIFT_PROBABILITY = 0.5    # otherwise the image stays where it is

# name, weight shape (convolutions OIHW, fully connected [out, in])
LAYERS = [
    ("conv1", (16, 1, 3, 3)),
    ("conv2", (32, 16, 3, 3)),
    ("conv3", (32, 32, 3, 3)),
    ("fc1", (64, 128)),
    ("fc2", (10, 64)),
]


# ---------------------------------------------------------------- model

def init(rng):
    params = {}
    for name, shape in LAYERS:
        fan_in = int(np.prod(shape[1:]))
        std = np.sqrt(2.0 / fan_in)  # He
        params[name + ".weight"] = jnp.asarray(rng.normal(0, std, shape), jnp.float32)
        params[name + ".bias"] = jnp.zeros((shape[0],), jnp.float32)
    return params


def conv(p, name, x):
    y = jax.lax.conv_general_dilated(
        x, p[name + ".weight"], (1, 1), ((1, 1), (1, 1)),
        dimension_numbers=("NCHW", "OIHW", "NCHW"))
    return y + p[name + ".bias"][None, :, None, None]


def pool(x):
    n, c, h, w = x.shape
    return x.reshape(n, c, h // 2, 2, w // 2, 2).max(axis=(3, 5))


def fc(p, name, x):
    return x @ p[name + ".weight"].T + p[name + ".bias"]


def forward(p, x):
    x = jax.nn.relu(conv(p, "conv1", x))
    x = jax.nn.relu(conv(p, "conv2", x))
    x = pool(x)
    x = jax.nn.relu(conv(p, "conv3", x))
    x = pool(x)
    x = x.reshape(x.shape[0], -1)
    x = jax.nn.relu(fc(p, "fc1", x))
    return fc(p, "fc2", x)


# ---------------------------------------------------------------- training

def loss_fn(p, x, y):
    target = jax.nn.one_hot(y, 10) * (1 - LABEL_SMOOTHING) + LABEL_SMOOTHING / 10
    return -(target * jax.nn.log_softmax(forward(p, x))).sum(axis=1).mean()


@functools.partial(jax.jit, donate_argnums=(0, 1, 2))
def step(p, m, v, x, y, lr, t):
    loss, g = jax.value_and_grad(loss_fn)(p, x, y)
    m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
    v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)

    def update(w, m, v):
        adam = (m / (1 - 0.9 ** t)) / (jnp.sqrt(v / (1 - 0.999 ** t)) + 1e-8)
        decay = WEIGHT_DECAY * w if w.ndim > 1 else 0.0
        return w - lr * (adam + decay)

    return jax.tree.map(update, p, m, v), m, v, loss


def augment(x, rng):
    """Shift each image by -1..1 pixel (zeros come in), then add small noise."""
    n = len(x)
    padded = np.pad(x[:, 0], ((0, 0), (1, 1), (1, 1)))
    moved = rng.random(n) < SHIFT_PROBABILITY
    dy = np.where(moved, rng.integers(-1, 2, n), 0) + 1
    dx = np.where(moved, rng.integers(-1, 2, n), 0) + 1
    k = np.arange(8)
    out = padded[np.arange(n)[:, None, None],
                 (dy[:, None] + k)[:, :, None], (dx[:, None] + k)[:, None, :]]
    out = out + rng.normal(0, NOISE_STD, out.shape)
    return np.clip(out, 0, 1).astype(np.float32)[:, None]


def train(x, y, seed, epochs):
    rng = np.random.default_rng(seed)
    p = init(rng)
    m = jax.tree.map(jnp.zeros_like, p)
    v = jax.tree.map(jnp.zeros_like, p)
    batches = len(x) // BATCH
    total, warmup = epochs * batches, WARMUP_EPOCHS * batches
    t = 0
    for epoch in range(epochs):
        order = rng.permutation(len(x))
        xa = augment(x[order], rng)
        ya = y[order]
        for b in range(batches):
            t += 1
            if t <= warmup:
                lr = PEAK_LR * t / warmup
            else:
                lr = PEAK_LR * 0.5 * (1 + np.cos(np.pi * (t - warmup) / (total - warmup)))
            s = slice(b * BATCH, (b + 1) * BATCH)
            p, m, v, loss = step(p, m, v, xa[s], ya[s], np.float32(lr), np.float32(t))
        if (epoch + 1) % 20 == 0:
            print(f"    epoch {epoch + 1:3d}  loss {float(loss):.4f}", flush=True)
    return {k: np.asarray(w) for k, w in p.items()}


# ---------------------------------------------------------------- ONNX

def export(p, path, graph_name):
    def conv_node(name, x, y):
        return helper.make_node(
            "Conv", [x, name + ".weight", name + ".bias"], [y], name=name,
            kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[1, 1],
            dilations=[1, 1], group=1)

    def relu_node(name, x, y):
        return helper.make_node("Relu", [x], [y], name=name)

    def pool_node(name, x, y):
        return helper.make_node("MaxPool", [x], [y], name=name,
                                kernel_shape=[2, 2], strides=[2, 2])

    def gemm_node(name, x, y):
        return helper.make_node("Gemm", [x, name + ".weight", name + ".bias"], [y],
                                name=name, alpha=1.0, beta=1.0, transA=0, transB=1)

    nodes = [
        conv_node("conv1", "image", "conv1.out"),
        relu_node("relu1", "conv1.out", "relu1.out"),
        conv_node("conv2", "relu1.out", "conv2.out"),
        relu_node("relu2", "conv2.out", "relu2.out"),
        pool_node("pool1", "relu2.out", "pool1.out"),
        conv_node("conv3", "pool1.out", "conv3.out"),
        relu_node("relu3", "conv3.out", "relu3.out"),
        pool_node("pool2", "relu3.out", "pool2.out"),
        helper.make_node("Flatten", ["pool2.out"], ["flatten.out"], name="flatten", axis=1),
        gemm_node("fc1", "flatten.out", "fc1.out"),
        relu_node("relu4", "fc1.out", "relu4.out"),
        gemm_node("fc2", "relu4.out", "logits"),
    ]
    graph = helper.make_graph(
        nodes, graph_name,
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 1, 8, 8])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 10])],
        [numpy_helper.from_array(np.ascontiguousarray(p[f"{n}.{k}"]), f"{n}.{k}")
         for n, _ in LAYERS for k in ("weight", "bias")])
    model = helper.make_model(graph, producer_name="digits-train",
                              opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.checker.check_model(model, full_check=True)
    with open(path, "wb") as f:
        f.write(model.SerializeToString(deterministic=True))


def run_onnx(path, x):
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return np.concatenate([session.run(["logits"], {"image": x[i:i + 1]})[0]
                           for i in range(len(x))])


# ---------------------------------------------------------------- main

def fit_and_measure(x, y, test, seed, epochs, path, graph_name):
    is_test = np.zeros(len(x), bool)
    is_test[test] = True
    started = time.time()
    p = train(x[~is_test], y[~is_test], seed, epochs)
    seconds = time.time() - started
    export(p, path, graph_name)
    logits = run_onnx(path, x)
    diff = float(np.abs(logits - np.asarray(forward(p, x))).max())
    right = logits.argmax(axis=1) == y
    result = {
        "trained": int((~is_test).sum()),
        "tested": int(is_test.sum()),
        "correct": int(right[is_test].sum()),
        "accuracy": round(float(right[is_test].mean()), 6),
        "trainAccuracy": round(float(right[~is_test].mean()), 6),
        "wrong": np.flatnonzero(is_test & ~right).tolist(),
        "maxAbsDiffToJax": diff,
        "maxAbsLogit": round(float(np.abs(logits).max()), 4),
        "maxAbsWeight": {n: round(float(np.abs(p[n + ".weight"]).max()), 4) for n, _ in LAYERS},
        "fileBytes": os.path.getsize(path),
    }
    print(f"  {graph_name}: {result['correct']}/{result['tested']} = {result['accuracy']:.4%}"
          f"  train {result['trainAccuracy']:.4%}  max|onnx-jax| {diff:.2e}"
          f"  {result['fileBytes']} bytes  {seconds:.0f} s", flush=True)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", default=os.path.dirname(os.path.abspath(__file__)))
    parser.add_argument("--epochs", type=int, default=80)
    args = parser.parse_args()
    started = time.time()

    digits = load_digits()
    pixels = digits.images.astype(np.uint8).reshape(-1, 64)
    labels = digits.target.astype(np.uint8)
    assert pixels.shape == (1797, 64) and pixels.max() == 16
    assert np.array_equal(pixels.reshape(-1, 8, 8), digits.images)

    fold = np.zeros(len(labels), int)
    splitter = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    for k, (_, test) in enumerate(splitter.split(pixels, labels)):
        fold[test] = k
    _, held_out = train_test_split(np.arange(len(labels)), test_size=HELD_OUT,
                                   stratify=labels, random_state=SEED + 1)
    held_out = np.sort(held_out)

    data_dir, fold_dir = os.path.join(args.out, "data"), os.path.join(args.out, "folds")
    os.makedirs(data_dir, exist_ok=True)
    os.makedirs(fold_dir, exist_ok=True)
    with open(os.path.join(data_dir, "digits.bin"), "wb") as f:
        f.write(pixels.tobytes() + labels.tobytes())
    with open(os.path.join(data_dir, "splits.json"), "w") as f:
        json.dump({"samples": len(labels), "folds": FOLDS, "seed": SEED,
                   "fold": fold.tolist(), "heldOut": held_out.tolist()},
                  f, separators=(",", ":"))
        f.write("\n")

    x = (pixels.astype(np.float32) / 16).reshape(-1, 1, 8, 8)
    y = labels.astype(np.int32)
    results = [fit_and_measure(x, y, np.flatnonzero(fold == k), SEED + 100 + k, args.epochs,
                               os.path.join(fold_dir, f"fold{k}.onnx"), f"digits-fold{k}")
               for k in range(FOLDS)]
    correct = sum(r["correct"] for r in results)
    print(f"  cross-validation: {correct}/{len(y)} = {correct / len(y):.4%}", flush=True)
    final = fit_and_measure(x, y, held_out, SEED + 200, args.epochs,
                            os.path.join(args.out, "digits.onnx"), "digits")
    minutes = (time.time() - started) / 60
    print(f"  {minutes:.1f} minutes")

    with open(os.path.join(args.out, "metrics.json"), "w") as f:
        json.dump({
            "seed": SEED, "epochs": args.epochs,
            "versions": {"python": platform.python_version(), "jax": jax.__version__,
                         "numpy": np.__version__, "scikit-learn": sklearn.__version__,
                         "onnx": onnx.__version__, "onnxruntime": ort.__version__},
            "crossValidation": {"n": len(y), "correct": correct,
                                "accuracy": round(correct / len(y), 6), "folds": results},
            "final": final,
        }, f, indent=2)
        f.write("\n")


if __name__ == "__main__":
    main()
