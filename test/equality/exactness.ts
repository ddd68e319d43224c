// Where onnxruntime gives what an operator means, whatever processor it runs on: what refuse() keeps programs to.
import { dtypeBounds, type OpName, type Step, type Tensor, WIDTH } from "@assay/sdk/program";

type Rule = (step: Step, operands: readonly bigint[][]) => boolean;

const within = (values: readonly bigint[], min: bigint, max: bigint): boolean =>
  values.every((value) => value >= min && value <= max);

const never: Rule = () => false;

const divisor: Rule = (_, [, b]) => b!.every((value) => value > 0n);

const placesExist: Rule = ({ operands, attributes }, [, indices]) =>
  within(indices!, 0n, BigInt(operands[0]!.type.shape[Number(attributes[0])]! - 1));

/** No place along the axis is named twice. */
const placesDiffer: Rule = ({ operands, attributes }, [, indices]) => {
  const { shape } = operands[1]!.type;
  const axis = Number(attributes[0]);
  const stride = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const lanes = new Map<string, Set<bigint>>();
  for (const [index, place] of indices!.entries()) {
    const lane = `${Math.floor(index / (stride * shape[axis]!))} ${index % stride}`;
    const seen = lanes.get(lane) ?? new Set();
    if (seen.has(place)) return false;
    lanes.set(lane, seen.add(place));
  }
  return true;
};

const rules: Partial<Record<OpName, Rule>> = {
  MatMulInteger: ({ operands }, [, weights]) =>
    operands[1]!.type.dtype === "u8" || within(weights!, -64n, 64n),
  Div: divisor,
  Mod: divisor,
  BitShift: ({ out }, [, b]) => within(b!, 0n, BigInt(8 * WIDTH[out.dtype] - 1)),
  Isqrt: (_, [a]) => within(a!, 0n, 2n ** 52n),
  Gather: placesExist,
  GatherElements: placesExist,
  ScatterElements: (step, operands) => placesExist(step, operands) && placesDiffer(step, operands),
  ReduceSum: ({ out }, [a]) => {
    const total = a!.reduce((sum, value) => sum + (value < 0n ? -value : value), 0n);
    return total < (out.dtype === "i32" ? dtypeBounds("i32").max : 2n ** 53n);
  },
  ReduceMax: ({ out }, [a]) =>
    out.dtype !== "i64" || within(a!, dtypeBounds("i32").min, dtypeBounds("i32").max),
  // No runtime slices or pads scalars, or pads 16-bit integers.
  Slice: ({ out }) => out.shape.length > 0,
  Pad: ({ out }) => out.shape.length > 0 && WIDTH[out.dtype] !== 2,
  Collect: never,
  Carry: never,
  Stop: never,
};

export function isExactInOnnxruntime(step: Step, operands: readonly Tensor[]): boolean {
  const values = operands.map(({ data }) => Array.from<number | bigint, bigint>(data, BigInt));
  return rules[step.op]?.(step, values) ?? true;
}
