"""Write the storyteller network as ONNX: one token per run, with a key-value cache of fixed size."""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from model import (CONTEXT, EPSILON, HEAD, KEY_HEADS, LAYERS, QUERY_HEADS, VOCABULARY, rope_tables)

CACHE = [KEY_HEADS, CONTEXT, HEAD]
GROUP = QUERY_HEADS // KEY_HEADS


class Builder:
    """Collects nodes and constants; a node and its first output are named alike."""

    def __init__(self):
        self.nodes, self.constants = [], []

    def constant(self, name, value):
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def op(self, kind, name, *inputs, **attributes):
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name


def rms_norm(b, name, x):
    y = b.op("Mul", f"{name}.square", x, x)
    y = b.op("ReduceMean", f"{name}.mean", y, "last_axis", keepdims=1)
    y = b.op("Add", f"{name}.shifted", y, "epsilon")
    y = b.op("Sqrt", f"{name}.root", y)
    y = b.op("Div", f"{name}.scaled", x, y)
    return b.op("Mul", f"{name}.out", y, f"{name}.weight")


def rotary(b, name, x):
    first = b.op("Slice", f"{name}.first", x, "zero", "half", "last_axis")
    second = b.op("Slice", f"{name}.second", x, "half", "whole", "last_axis")
    negative = b.op("Neg", f"{name}.negative", second)
    rotated = b.op("Concat", f"{name}.rotated", negative, first, axis=-1)
    straight = b.op("Mul", f"{name}.straight", x, "cos")
    crossed = b.op("Mul", f"{name}.crossed", rotated, "sin")
    return b.op("Add", f"{name}.out", straight, crossed)


def attention(b, i, x):
    at = f"layers.{i}.attention"
    y = rms_norm(b, f"{at}.norm", x)
    query = b.op("MatMul", f"{at}.query.out", y, f"{at}.query.weight")
    query = b.op("Reshape", f"{at}.query.heads", query, "query_shape")
    query = rotary(b, f"{at}.query.rope", query)
    key = b.op("MatMul", f"{at}.key.out", y, f"{at}.key.weight")
    key = b.op("Reshape", f"{at}.key.heads", key, "key_shape")
    key = rotary(b, f"{at}.key.rope", key)
    value = b.op("MatMul", f"{at}.value.out", y, f"{at}.value.weight")
    value = b.op("Reshape", f"{at}.value.heads", value, "key_shape")
    key = b.op("Where", f"present_key_{i}", "is_current", key, f"past_key_{i}")
    value = b.op("Where", f"present_value_{i}", "is_current", value, f"past_value_{i}")
    key = b.op("Transpose", f"{at}.key.transposed", key, perm=[0, 2, 1])
    scores = b.op("MatMul", f"{at}.scores", query, key)
    scores = b.op("Mul", f"{at}.scores.scaled", scores, "attention_scale")
    scores = b.op("Where", f"{at}.scores.masked", "is_visible", scores, "masked_score")
    weights = b.op("Softmax", f"{at}.weights", scores, axis=-1)
    y = b.op("MatMul", f"{at}.mixed", weights, value)
    y = b.op("Reshape", f"{at}.mixed.row", y, "row_shape")
    y = b.op("MatMul", f"{at}.output.out", y, f"{at}.output.weight")
    return b.op("Add", f"{at}.residual", x, y)


def mlp(b, i, x):
    at = f"layers.{i}.mlp"
    y = rms_norm(b, f"{at}.norm", x)
    gate = b.op("MatMul", f"{at}.gate.out", y, f"{at}.gate.weight")
    sigmoid = b.op("Sigmoid", f"{at}.gate.sigmoid", gate)
    gate = b.op("Mul", f"{at}.gate.silu", gate, sigmoid)
    up = b.op("MatMul", f"{at}.up.out", y, f"{at}.up.weight")
    y = b.op("Mul", f"{at}.product", gate, up)
    y = b.op("MatMul", f"{at}.down.out", y, f"{at}.down.weight")
    return b.op("Add", f"{at}.residual", x, y)


def export(params, path):
    """Write the parameters of model.py as an ONNX file (opset 21, IR 10)."""
    b = Builder()
    for name, weight in params.items():
        b.constant(name if name == "embedding" else f"{name}.weight", np.asarray(weight))
    b.constant("logits.weight", np.asarray(params["embedding"]).T)
    cos, sin = rope_tables()
    b.constant("cos_table", cos)
    b.constant("sin_table", sin)
    b.constant("epsilon", np.float32(EPSILON))
    b.constant("attention_scale", np.float32(1 / np.sqrt(HEAD)))
    b.constant("masked_score", np.float32(-1e9))
    positions = np.arange(CONTEXT, dtype=np.int64)
    b.constant("positions", positions)
    b.constant("cache_rows", positions[:, None])
    for name, value in [("zero", [0]), ("half", [HEAD // 2]), ("whole", [HEAD]), ("last_axis", [-1]),
                        ("query_shape", [KEY_HEADS, GROUP, HEAD]), ("key_shape", [KEY_HEADS, 1, HEAD]),
                        ("row_shape", [1, QUERY_HEADS * HEAD])]:
        b.constant(name, np.array(value, np.int64))

    b.op("Equal", "is_current", "cache_rows", "position")
    b.op("LessOrEqual", "is_visible", "positions", "position")
    b.op("Gather", "cos", "cos_table", "position", axis=0)
    b.op("Gather", "sin", "sin_table", "position", axis=0)
    x = b.op("Gather", "embedded", "embedding", "token", axis=0)
    for i in range(LAYERS):
        x = mlp(b, i, attention(b, i, x))
    x = rms_norm(b, "norm", x)
    b.op("MatMul", "logits", x, "logits.weight")

    def cache(name):
        return [helper.make_tensor_value_info(f"{name}_{kind}_{i}", TensorProto.FLOAT, CACHE)
                for i in range(LAYERS) for kind in ("key", "value")]

    graph = helper.make_graph(
        b.nodes, "storyteller",
        [helper.make_tensor_value_info(name, TensorProto.INT64, [1]) for name in ("token", "position")] + cache("past"),
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, VOCABULARY])] + cache("present"),
        b.constants)
    model = helper.make_model(graph, producer_name="storyteller-train",
                              opset_imports=[helper.make_opsetid("", 21)])
    model.ir_version = 10
    onnx.checker.check_model(model, full_check=True)
    with open(path, "wb") as f:
        f.write(model.SerializeToString(deterministic=True))
