"""The passages network: an encoder of one block in jax, and its ONNX form."""
import jax
import jax.numpy as jnp
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

GROUPS = ("law and history", "wisdom", "prophets", "gospels and acts", "letters and revelation")
VOCABULARY = 1024
LENGTH = 64
PAD = 1
WIDTH = 64
LAYERS = 1
HEADS = 4
HEAD = WIDTH // HEADS
HIDDEN = 256
EPSILON = 1e-5


def init(rng):
    """Random parameters by name; a matrix is [in, out]."""
    def matrix(rows, columns):
        return jnp.asarray(rng.normal(0, 1 / np.sqrt(rows), (rows, columns)), jnp.float32)

    def affine(name, rows, columns):
        return {f"{name}.weight": matrix(rows, columns), f"{name}.bias": jnp.zeros((columns,))}

    def norm_of(name):
        return {f"{name}.weight": jnp.ones((WIDTH,)), f"{name}.bias": jnp.zeros((WIDTH,))}

    params = {
        "embedding": jnp.asarray(rng.normal(0, 0.1, (VOCABULARY, WIDTH)), jnp.float32),
        "positions": jnp.asarray(rng.normal(0, 0.02, (LENGTH, WIDTH)), jnp.float32),
    }
    for i in range(LAYERS):
        at = f"layers.{i}"
        params |= norm_of(f"{at}.attention.norm") | norm_of(f"{at}.mlp.norm")
        for name in ("query", "key", "value", "output"):
            params |= affine(f"{at}.attention.{name}", WIDTH, WIDTH)
        params |= affine(f"{at}.mlp.up", WIDTH, HIDDEN) | affine(f"{at}.mlp.down", HIDDEN, WIDTH)
    return params | norm_of("norm") | affine("classifier", WIDTH, len(GROUPS))


def affine(p, name, x):
    return x @ p[f"{name}.weight"] + p[f"{name}.bias"]


def norm(p, name, x):
    x = x - x.mean(axis=-1, keepdims=True)
    scaled = x / jnp.sqrt((x * x).mean(axis=-1, keepdims=True) + EPSILON)
    return scaled * p[f"{name}.weight"] + p[f"{name}.bias"]


def forward(p, tokens):
    """Logits [batch, GROUPS] of int32 tokens [batch, LENGTH]."""
    def heads(x):
        return x.reshape(-1, LENGTH, HEADS, HEAD).transpose(0, 2, 1, 3)

    shown = tokens != PAD
    x = p["embedding"][tokens] + p["positions"]
    for i in range(LAYERS):
        at = f"layers.{i}.attention"
        y = norm(p, f"{at}.norm", x)
        query, key, value = (heads(affine(p, f"{at}.{name}", y)) for name in ("query", "key", "value"))
        scores = query @ key.swapaxes(2, 3) / np.sqrt(HEAD)
        weights = jax.nn.softmax(jnp.where(shown[:, None, None, :], scores, -1e9), axis=-1)
        y = (weights @ value).transpose(0, 2, 1, 3).reshape(-1, LENGTH, WIDTH)
        x = x + affine(p, f"{at}.output", y)
        at = f"layers.{i}.mlp"
        y = jax.nn.gelu(affine(p, f"{at}.up", norm(p, f"{at}.norm", x)), approximate=False)
        x = x + affine(p, f"{at}.down", y)
    return affine(p, "classifier", norm(p, "norm", x).max(axis=1))


def export(params, path):
    """Write the parameters as an ONNX file (opset 21, IR 10) for one verse."""
    nodes, constants = [], []

    def constant(name, value):
        constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))

    def op(kind, name, *inputs, **attributes):
        nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def affine_node(name, x, out=None):
        y = op("MatMul", f"{name}.product", x, f"{name}.weight")
        return op("Add", out or f"{name}.out", y, f"{name}.bias")

    def norm_node(name, x):
        return op("LayerNormalization", f"{name}.out", x, f"{name}.weight", f"{name}.bias",
                  axis=-1, epsilon=EPSILON)

    def heads(name, x, perm):
        y = op("Reshape", f"{name}.split", x, "heads_shape")
        return op("Transpose", f"{name}.heads", y, perm=perm)

    for name, weight in params.items():
        constant(name, np.asarray(weight))
    constant("pad", np.int32(PAD))
    for name, value in [("attention_scale", 1 / np.sqrt(HEAD)), ("masked", -1e9), ("root_two", np.sqrt(2)),
                        ("one", 1), ("a_half", 0.5)]:
        constant(name, np.float32(value))
    for name, value in [("heads_shape", [1, LENGTH, HEADS, HEAD]), ("joined_shape", [1, LENGTH, WIDTH]),
                        ("keys_shape", [1, 1, 1, LENGTH]), ("length_axis", [1])]:
        constant(name, np.array(value, np.int64))

    hidden = op("Equal", "is_padding", "tokens", "pad")
    hidden_keys = op("Reshape", "is_padding.keys", hidden, "keys_shape")
    x = op("Gather", "embedded", "embedding", "tokens", axis=0)
    x = op("Add", "placed", x, "positions")
    for i in range(LAYERS):
        at = f"layers.{i}.attention"
        y = norm_node(f"{at}.norm", x)
        query = heads(f"{at}.query", affine_node(f"{at}.query", y), [0, 2, 1, 3])
        key = heads(f"{at}.key", affine_node(f"{at}.key", y), [0, 2, 3, 1])
        value = heads(f"{at}.value", affine_node(f"{at}.value", y), [0, 2, 1, 3])
        scores = op("MatMul", f"{at}.scores", query, key)
        scores = op("Mul", f"{at}.scores.scaled", scores, "attention_scale")
        scores = op("Where", f"{at}.scores.masked", hidden_keys, "masked", scores)
        weights = op("Softmax", f"{at}.weights", scores, axis=-1)
        y = op("MatMul", f"{at}.mixed", weights, value)
        y = op("Transpose", f"{at}.mixed.rows", y, perm=[0, 2, 1, 3])
        y = op("Reshape", f"{at}.mixed.joined", y, "joined_shape")
        x = op("Add", f"{at}.residual", x, affine_node(f"{at}.output", y))
        at = f"layers.{i}.mlp"
        up = affine_node(f"{at}.up", norm_node(f"{at}.norm", x))
        y = op("Div", f"{at}.gelu.scaled", up, "root_two")
        y = op("Erf", f"{at}.gelu.erf", y)
        y = op("Add", f"{at}.gelu.shifted", y, "one")
        y = op("Mul", f"{at}.gelu.product", up, y)
        y = op("Mul", f"{at}.gelu.out", y, "a_half")
        x = op("Add", f"{at}.residual", x, affine_node(f"{at}.down", y))
    x = op("ReduceMax", "pooled", norm_node("norm", x), "length_axis", keepdims=0)
    affine_node("classifier", x, "logits")

    graph = helper.make_graph(
        nodes, "passages",
        [helper.make_tensor_value_info("tokens", TensorProto.INT32, [1, LENGTH])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, len(GROUPS)])], constants)
    model = helper.make_model(graph, producer_name="passages-train", opset_imports=[helper.make_opsetid("", 21)])
    model.ir_version = 10
    onnx.checker.check_model(model, full_check=True)
    with open(path, "wb") as f:
        f.write(model.SerializeToString(deterministic=True))
