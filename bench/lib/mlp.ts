// Perceptrons of any width with random weights: programs whose running time can be chosen.
import {
  type Operand,
  type OpName,
  type Program,
  type Step,
  type Tensor,
  type TensorType,
  tensorType,
} from "@assay/sdk/program";

/** `layers` times MatMulInteger, Add, Div, Clip, Cast at one width; u8 in, u8 out. Weights follow from the sizes alone. */
export function mlp(width: number, layers: number): Program {
  const steps: Step[] = [];
  const constants: Tensor[] = [];
  const activations = tensorType("u8", [1, width]);
  const sums = tensorType("i32", [1, width]);
  let state = width * 31 + layers;
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % below;
  };
  const constant = (tensor: Tensor): Operand => {
    constants.push(tensor);
    return { source: { kind: "constant", index: constants.length - 1 }, type: tensor.type };
  };
  const step = (
    op: OpName,
    operands: Operand[],
    out: TensorType,
    attributes: readonly bigint[] = [],
  ): Operand => {
    steps.push({ op, operands, attributes, out });
    return { source: { kind: "slot", index: steps.length - 1 }, type: out };
  };
  let x: Operand = { source: { kind: "input", offset: 0 }, type: activations };
  for (let layer = 0; layer < layers; layer++) {
    const weights = Int8Array.from({ length: width * width }, () => random(129) - 64);
    const product = step(
      "MatMulInteger",
      [x, constant({ type: tensorType("i8", [width, width], [1, 0]), data: weights })],
      sums,
      [0n, 0n],
    );
    const bias = Int32Array.from({ length: width }, () => random(1 << 16));
    const biased = step("Add", [product, constant({ type: tensorType("i32", [width]), data: bias })], sums);
    const scale = new Int32Array(width).fill(1 << 10);
    const scaled = step("Div", [biased, constant({ type: tensorType("i32", [width]), data: scale })], sums);
    x = step("Cast", [step("Clip", [scaled], sums, [0n, 255n])], activations);
  }
  return {
    operatorSet: 1,
    maxPasses: 1,
    inputs: [activations],
    steps,
    outputs: [steps.length - 1],
    constants,
  };
}
