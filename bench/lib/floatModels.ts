// Float models of a chosen size with random weights, as exporters write them: what a benchmark compiles.
import {
  ATTRIBUTE_TYPE,
  type AttributeProto,
  DATA_TYPE,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
  writeOnnxModel,
} from "@assay/sdk/program";

type Attributes = Readonly<Record<string, number | readonly number[]>>;

const attributeOf = ([name, value]: [string, number | readonly number[]]): AttributeProto =>
  typeof value === "number"
    ? { name, i: BigInt(value), type: ATTRIBUTE_TYPE.INT }
    : { name, ints: value.map(BigInt), type: ATTRIBUTE_TYPE.INTS };

const tensorInfo = (name: string, elemType: number, shape: readonly number[]): ValueInfoProto => ({
  name,
  type: { tensorType: { elemType, shape: { dim: shape.map((size) => ({ dimValue: BigInt(size) })) } } },
});

/** Collects nodes and constants; a node and its output are named alike. */
class Model {
  readonly #nodes: NodeProto[] = [];
  readonly #constants: TensorProto[] = [];
  #state = 1;

  /** Uniform in [0, 1). */
  random(): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return this.#state / 2 ** 32;
  }

  floats(name: string, shape: readonly number[], data: Float32Array): string {
    const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.#constants.push({ name, dims: shape.map(BigInt), dataType: DATA_TYPE.FLOAT, rawData });
    return name;
  }

  integers(name: string, shape: readonly number[], values: readonly number[]): string {
    const data = BigInt64Array.from(values, BigInt);
    const rawData = new Uint8Array(data.buffer);
    this.#constants.push({ name, dims: shape.map(BigInt), dataType: DATA_TYPE.INT64, rawData });
    return name;
  }

  /** Random weights of the given deviation, roughly normal. */
  weights(name: string, shape: readonly number[], deviation: number): string {
    const length = shape.reduce((product, size) => product * size, 1);
    const data = new Float32Array(length);
    for (let index = 0; index < length; index++)
      data[index] = deviation * (this.random() + this.random() + this.random() + this.random() - 2) * 1.73;
    return this.floats(name, shape, data);
  }

  node(opType: string, output: string, input: readonly string[], attributes: Attributes = {}): string {
    const attribute = Object.entries(attributes).map(attributeOf);
    this.#nodes.push({ opType, name: output, input: [...input], output: [output], attribute });
    return output;
  }

  bytes(input: ValueInfoProto[], output: ValueInfoProto[]): Uint8Array {
    return writeOnnxModel({
      irVersion: 10n,
      opsetImport: [{ domain: "", version: 21n }],
      graph: { name: "bench", node: this.#nodes, initializer: this.#constants, input, output },
    });
  }
}

/** Layers of Gemm and Relu at one width. */
export function mlpModel(width: number, layers: number): Uint8Array {
  const model = new Model();
  let x = "x";
  for (let layer = 0; layer < layers; layer++) {
    const weights = model.weights(`w${layer}`, [width, width], Math.sqrt(2 / width));
    const bias = model.weights(`b${layer}`, [width], 0.1);
    x = model.node("Gemm", `h${layer}`, [x, weights, bias]);
    if (layer < layers - 1) x = model.node("Relu", `r${layer}`, [x]);
  }
  return model.bytes(
    [tensorInfo("x", DATA_TYPE.FLOAT, [1, width])],
    [tensorInfo(x, DATA_TYPE.FLOAT, [1, width])],
  );
}

/** 3×3 convolutions with Relu, halved twice by MaxPool, and a classifier of ten. */
export function cnnModel(size: number, channels: number): Uint8Array {
  const model = new Model();
  const conv = (x: string, name: string, from: number, to: number): string => {
    const weights = model.weights(`${name}.weight`, [to, from, 3, 3], Math.sqrt(2 / (9 * from)));
    const bias = model.weights(`${name}.bias`, [to], 0.1);
    const y = model.node("Conv", name, [x, weights, bias], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] });
    return model.node("Relu", `${name}.relu`, [y]);
  };
  const halve = (x: string, name: string): string =>
    model.node("MaxPool", name, [x], { kernel_shape: [2, 2], strides: [2, 2] });
  let x = conv("x", "conv1", 3, channels);
  x = halve(conv(x, "conv2", channels, channels), "pool1");
  x = conv(x, "conv3", channels, 2 * channels);
  x = halve(conv(x, "conv4", 2 * channels, 2 * channels), "pool2");
  const count = (2 * channels * size * size) / 16;
  x = model.node("Reshape", "flat", [x, model.integers("flat.shape", [2], [1, count])]);
  const weights = model.weights("fc.weight", [count, 10], Math.sqrt(1 / count));
  x = model.node("Gemm", "logits", [x, weights, model.weights("fc.bias", [10], 0.1)]);
  return model.bytes(
    [tensorInfo("x", DATA_TYPE.FLOAT, [1, 3, size, size])],
    [tensorInfo(x, DATA_TYPE.FLOAT, [1, 10])],
  );
}

export interface DecoderSizes {
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly keyHeads: number;
  readonly hidden: number;
  readonly context: number;
  readonly vocabulary: number;
}

/** One decode step of a Llama-like network with static key-value caches: RMSNorm, rotary positions, SwiGLU. */
export function decoderModel(sizes: DecoderSizes): Uint8Array {
  const { width, layers, heads, keyHeads, hidden, context, vocabulary } = sizes;
  const head = width / heads;
  const model = new Model();
  const n = model.node.bind(model);
  const matrix = (name: string, rows: number, columns: number): string =>
    model.weights(name, [rows, columns], Math.sqrt(1 / rows));
  const positions = Array.from({ length: context }, (_, index) => index);
  model.integers("rows", [context, 1], positions);
  model.integers("positions", [context], positions);
  model.integers("last", [1], [-1]);
  model.integers("zero", [1], [0]);
  model.integers("half", [1], [head / 2]);
  model.integers("whole", [1], [head]);
  model.integers("query_shape", [3], [keyHeads, heads / keyHeads, head]);
  model.integers("key_shape", [3], [keyHeads, 1, head]);
  model.integers("row_shape", [2], [1, width]);
  model.floats("epsilon", [], Float32Array.of(1e-5));
  model.floats("scale", [], Float32Array.of(1 / Math.sqrt(head)));
  model.floats("masked", [], Float32Array.of(-1e9));
  const rates = Array.from({ length: head }, (_, index) => 10000 ** ((-2 * (index % (head / 2))) / head));
  const angles = positions.flatMap((position) => rates.map((rate) => position * rate));
  model.floats("cosines", [context, head], Float32Array.from(angles, Math.cos));
  model.floats("sines", [context, head], Float32Array.from(angles, Math.sin));
  model.weights("embedding", [vocabulary, width], 1);

  const norm = (name: string, x: string): string => {
    const square = n("Mul", `${name}.square`, [x, x]);
    const mean = n("ReduceMean", `${name}.mean`, [square, "last"], { keepdims: 1 });
    const root = n("Sqrt", `${name}.root`, [n("Add", `${name}.shifted`, [mean, "epsilon"])]);
    const gain = model.floats(
      `${name}.gain`,
      [width],
      Float32Array.from({ length: width }, () => 0.5 + model.random()),
    );
    return n("Mul", `${name}.out`, [n("Div", `${name}.scaled`, [x, root]), gain]);
  };
  const rotary = (name: string, x: string): string => {
    const first = n("Slice", `${name}.first`, [x, "zero", "half", "last"]);
    const second = n("Slice", `${name}.second`, [x, "half", "whole", "last"]);
    const turned = n("Concat", `${name}.turned`, [n("Neg", `${name}.negative`, [second]), first], {
      axis: -1,
    });
    const straight = n("Mul", `${name}.straight`, [x, "cos"]);
    return n("Add", `${name}.out`, [straight, n("Mul", `${name}.crossed`, [turned, "sin"])]);
  };
  n("Equal", "current", ["rows", "position"]);
  n("LessOrEqual", "visible", ["positions", "position"]);
  n("Gather", "cos", ["cosines", "position"], { axis: 0 });
  n("Gather", "sin", ["sines", "position"], { axis: 0 });
  let x = n("Gather", "embedded", ["embedding", "token"], { axis: 0 });
  for (let layer = 0; layer < layers; layer++) {
    const at = `layer${layer}`;
    let y = norm(`${at}.norm1`, x);
    const project = (name: string, columns: number, shape: string): string => {
      const product = n("MatMul", `${at}.${name}`, [y, matrix(`${at}.${name}.weight`, width, columns)]);
      return n("Reshape", `${at}.${name}.heads`, [product, shape]);
    };
    const query = rotary(`${at}.query.rotary`, project("query", width, "query_shape"));
    const newKey = rotary(`${at}.key.rotary`, project("key", keyHeads * head, "key_shape"));
    const newValue = project("value", keyHeads * head, "key_shape");
    const key = n("Where", `present_key_${layer}`, ["current", newKey, `past_key_${layer}`]);
    const value = n("Where", `present_value_${layer}`, ["current", newValue, `past_value_${layer}`]);
    const turned = n("Transpose", `${at}.key.turned`, [key], { perm: [0, 2, 1] });
    const scores = n("Mul", `${at}.scaled`, [n("MatMul", `${at}.scores`, [query, turned]), "scale"]);
    const shares = n("Softmax", `${at}.shares`, [n("Where", `${at}.masked`, ["visible", scores, "masked"])], {
      axis: -1,
    });
    const mixed = n("Reshape", `${at}.mixed.row`, [n("MatMul", `${at}.mixed`, [shares, value]), "row_shape"]);
    const out = n("MatMul", `${at}.out`, [mixed, matrix(`${at}.out.weight`, width, width)]);
    x = n("Add", `${at}.residual1`, [x, out]);
    y = norm(`${at}.norm2`, x);
    const gate = n("MatMul", `${at}.gate`, [y, matrix(`${at}.gate.weight`, width, hidden)]);
    const silu = n("Mul", `${at}.silu`, [gate, n("Sigmoid", `${at}.sigmoid`, [gate])]);
    const up = n("MatMul", `${at}.up`, [y, matrix(`${at}.up.weight`, width, hidden)]);
    const product = n("Mul", `${at}.product`, [silu, up]);
    x = n("Add", `${at}.residual2`, [
      x,
      n("MatMul", `${at}.down`, [product, matrix(`${at}.down.weight`, hidden, width)]),
    ]);
  }
  n("MatMul", "logits", [norm("norm", x), matrix("logits.weight", width, vocabulary)]);
  const caches = (when: string): ValueInfoProto[] =>
    Array.from({ length: layers }, (_, layer) =>
      ["key", "value"].map((kind) =>
        tensorInfo(`${when}_${kind}_${layer}`, DATA_TYPE.FLOAT, [keyHeads, context, head]),
      ),
    ).flat();
  return model.bytes(
    [
      tensorInfo("token", DATA_TYPE.INT64, [1]),
      tensorInfo("position", DATA_TYPE.INT64, [1]),
      ...caches("past"),
    ],
    [tensorInfo("logits", DATA_TYPE.FLOAT, [1, vocabulary]), ...caches("present")],
  );
}
