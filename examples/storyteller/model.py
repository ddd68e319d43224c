"""The storyteller network in jax, for training: whole rows of tokens at once."""
import jax
import jax.numpy as jnp
import numpy as np

VOCABULARY = 1024
CONTEXT = 256
WIDTH = 160
LAYERS = 4
QUERY_HEADS = 6
KEY_HEADS = 2              # each serves QUERY_HEADS / KEY_HEADS query heads
HEAD = 32
HIDDEN = 480
EPSILON = 1e-5
ROPE_BASE = 10000.0
BLOCK = 64                 # queries taken at a time in training: nothing is computed for the keys after them


def init(rng):
    """Random parameters by name. A matrix is [in, out]; `embedding` is also the output matrix, transposed."""
    def matrix(rows, columns, std):
        return jnp.asarray(rng.normal(0, std, (rows, columns)), jnp.float32)

    std, deep = 0.02, 0.02 / np.sqrt(2 * LAYERS)
    params = {"embedding": matrix(VOCABULARY, WIDTH, std), "norm": jnp.ones((WIDTH,))}
    for i in range(LAYERS):
        params |= {
            f"layers.{i}.attention.norm": jnp.ones((WIDTH,)),
            f"layers.{i}.attention.query": matrix(WIDTH, QUERY_HEADS * HEAD, std),
            f"layers.{i}.attention.key": matrix(WIDTH, KEY_HEADS * HEAD, std),
            f"layers.{i}.attention.value": matrix(WIDTH, KEY_HEADS * HEAD, std),
            f"layers.{i}.attention.output": matrix(QUERY_HEADS * HEAD, WIDTH, deep),
            f"layers.{i}.mlp.norm": jnp.ones((WIDTH,)),
            f"layers.{i}.mlp.gate": matrix(WIDTH, HIDDEN, std),
            f"layers.{i}.mlp.up": matrix(WIDTH, HIDDEN, std),
            f"layers.{i}.mlp.down": matrix(HIDDEN, WIDTH, deep),
        }
    return params


def rope_tables():
    """Cosines and sines [CONTEXT, HEAD]; both halves of a row are the same."""
    rates = ROPE_BASE ** (-np.arange(0, HEAD, 2) / HEAD)
    angles = np.outer(np.arange(CONTEXT), rates)
    angles = np.concatenate([angles, angles], axis=1)
    return np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)


COS, SIN = rope_tables()


def norm(x, weight):
    return x / jnp.sqrt(jnp.mean(x * x, axis=-1, keepdims=True) + EPSILON) * weight


def rotate(x):
    """Rotary positions on [batch, heads, CONTEXT, HEAD]."""
    first, second = jnp.split(x, 2, axis=-1)
    return x * COS + jnp.concatenate([-second, first], axis=-1) * SIN


def heads(x, count):
    return x.reshape(x.shape[0], CONTEXT, count, HEAD).transpose(0, 2, 1, 3)


def attend(query, key, value, visible):
    """Values [batch, KEY_HEADS, CONTEXT, HEAD] mixed for every query, one block of queries at a time.

    `visible` is [batch, CONTEXT, CONTEXT]; returns [batch, CONTEXT, QUERY_HEADS * HEAD].
    """
    batch, mixed = len(query), []
    query = query.reshape(batch, KEY_HEADS, -1, CONTEXT, HEAD)
    for start in range(0, CONTEXT, BLOCK):
        end = start + BLOCK
        rows = query[:, :, :, start:end].reshape(batch, KEY_HEADS, -1, HEAD)
        scores = rows @ key[:, :, :end].swapaxes(2, 3) / np.sqrt(HEAD)
        scores = scores.reshape(batch, KEY_HEADS, -1, BLOCK, end)
        scores = jnp.where(visible[:, None, None, start:end, :end], scores, -1e9)
        weights = jax.nn.softmax(scores, axis=-1).reshape(batch, KEY_HEADS, -1, end)
        mixed.append((weights @ value[:, :, :end]).reshape(batch, QUERY_HEADS, BLOCK, HEAD))
    return jnp.concatenate(mixed, axis=2).transpose(0, 2, 1, 3).reshape(batch, CONTEXT, -1)


def forward(params, tokens, passages):
    """Logits [batch, CONTEXT, VOCABULARY]; a token sees only earlier tokens of its own passage."""
    causal = jnp.tril(jnp.ones((CONTEXT, CONTEXT), bool))
    visible = causal & (passages[:, :, None] == passages[:, None, :])
    x = params["embedding"][tokens]
    for i in range(LAYERS):
        p = {name[len(f"layers.{i}."):]: w for name, w in params.items() if name.startswith(f"layers.{i}.")}
        y = norm(x, p["attention.norm"])
        query = rotate(heads(y @ p["attention.query"], QUERY_HEADS))
        key = rotate(heads(y @ p["attention.key"], KEY_HEADS))
        value = heads(y @ p["attention.value"], KEY_HEADS)
        x = x + attend(query, key, value, visible) @ p["attention.output"]
        y = norm(x, p["mlp.norm"])
        x = x + (jax.nn.silu(y @ p["mlp.gate"]) * (y @ p["mlp.up"])) @ p["mlp.down"]
    return norm(x, params["norm"]) @ params["embedding"].T
