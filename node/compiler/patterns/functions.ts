// The functions of real numbers that tables are made from, in binary64.
import type { Attributes } from "../graph/GraphNode.ts";

type Apply = (value: number) => number;
type Build = (operands: readonly (Apply | undefined)[], attributes: Attributes) => Apply;

/** erf by its series where |x| is small and by a continued fraction elsewhere; 15 digits. */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (size > 6) return Math.sign(x);
  if (size < 2.5) {
    let term = size;
    let sum = size;
    for (let n = 1; Math.abs(term) > 1e-17 * sum && n < 100; n++) {
      term *= -(size * size) / n;
      sum += term / (2 * n + 1);
    }
    return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
  }
  let fraction = 0;
  for (let k = 60; k > 0; k--) fraction = k / 2 / (size + fraction);
  const rest = Math.exp(-size * size) / ((size + fraction) * Math.sqrt(Math.PI));
  return Math.sign(x) * (1 - rest);
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const softplus = (x: number): number => (x > 30 ? x : Math.log1p(Math.exp(x)));

const one =
  (apply: Apply): Build =>
  ([x]) =>
  (value) =>
    apply(x!(value));

const two =
  (apply: (a: number, b: number) => number): Build =>
  ([a, b]) =>
  (value) =>
    apply(a!(value), b!(value));

const many =
  (apply: (...values: number[]) => number): Build =>
  (operands) =>
  (value) =>
    apply(...operands.map((operand) => operand!(value)));

/** Half to even, as ONNX rounds. */
function round(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

export const functions: Readonly<Record<string, Build>> = {
  Add: two((a, b) => a + b),
  Sub: two((a, b) => a - b),
  Mul: two((a, b) => a * b),
  Div: two((a, b) => a / b),
  Pow: two((a, b) => a ** b),
  Sum: many((...values) => values.reduce((sum, value) => sum + value, 0)),
  Min: many(Math.min),
  Max: many(Math.max),
  Neg: one((x) => -x),
  Abs: one(Math.abs),
  Sign: one(Math.sign),
  Sqrt: one(Math.sqrt),
  Reciprocal: one((x) => 1 / x),
  Exp: one(Math.exp),
  Log: one(Math.log),
  Erf: one(erf),
  Tanh: one(Math.tanh),
  Sigmoid: one(sigmoid),
  Softplus: one(softplus),
  Softsign: one((x) => x / (1 + Math.abs(x))),
  Sin: one(Math.sin),
  Cos: one(Math.cos),
  Tan: one(Math.tan),
  Asin: one(Math.asin),
  Acos: one(Math.acos),
  Atan: one(Math.atan),
  Sinh: one(Math.sinh),
  Cosh: one(Math.cosh),
  Floor: one(Math.floor),
  Ceil: one(Math.ceil),
  Round: one(round),
  Relu: one((x) => Math.max(0, x)),
  Mish: one((x) => x * Math.tanh(softplus(x))),
  Cast: one((x) => x),
  Clip:
    ([x, low, high]) =>
    (value) =>
      Math.min(high?.(value) ?? Infinity, Math.max(low?.(value) ?? -Infinity, x!(value))),
  LeakyRelu: ([x], attributes) => {
    const alpha = attributes.float("alpha", 0.01);
    return (value) => {
      const real = x!(value);
      return real < 0 ? alpha * real : real;
    };
  },
  PRelu: two((x, slope) => (x < 0 ? slope * x : x)),
  Elu: ([x], attributes) => {
    const alpha = attributes.float("alpha", 1);
    return (value) => {
      const real = x!(value);
      return real < 0 ? alpha * Math.expm1(real) : real;
    };
  },
  Celu: ([x], attributes) => {
    const alpha = attributes.float("alpha", 1);
    return (value) => {
      const real = x!(value);
      return Math.max(0, real) + Math.min(0, alpha * Math.expm1(real / alpha));
    };
  },
  Selu: ([x], attributes) => {
    const alpha = attributes.float("alpha", 1.6732632423543772);
    const gamma = attributes.float("gamma", 1.0507009873554805);
    return (value) => {
      const real = x!(value);
      return gamma * (real < 0 ? alpha * Math.expm1(real) : real);
    };
  },
  HardSigmoid: ([x], attributes) => {
    const alpha = attributes.float("alpha", 0.2);
    const beta = attributes.float("beta", 0.5);
    return (value) => Math.max(0, Math.min(1, alpha * x!(value) + beta));
  },
  HardSwish: one((x) => x * Math.max(0, Math.min(1, x / 6 + 0.5))),
  ThresholdedRelu: ([x], attributes) => {
    const alpha = attributes.float("alpha", 1);
    return (value) => {
      const real = x!(value);
      return real > alpha ? real : 0;
    };
  },
  Gelu: ([x], attributes) => {
    const isTanh = attributes.string("approximate", "none") === "tanh";
    const half = (real: number): number =>
      isTanh ? Math.tanh(Math.sqrt(2 / Math.PI) * (real + 0.044715 * real ** 3)) : erf(real / Math.SQRT2);
    return (value) => {
      const real = x!(value);
      return 0.5 * real * (1 + half(real));
    };
  },
};
