// Cases of ArgMax.
import { DTYPE_CODES, dtypeBounds } from "../../../sdk/program/dtype.ts";
import { tensorType } from "../../../sdk/program/tensor.ts";
import type { DType } from "../../../sdk/program/types.ts";
import { type Random, tensorOf } from "../random.ts";
import { type CaseSource, randomLayout, stepCase } from "../stepCase.ts";

const dtypes = Object.keys(DTYPE_CODES) as DType[];

const extremes = (dtype: DType) => {
  const { min, max } = dtypeBounds(dtype);
  return stepCase(
    "ArgMax",
    [tensorOf(dtype, [3, 3], [min, min, min, 0, max, max, min, max, 0])],
    tensorType("i64", [3]),
    {
      name: `ends and ties of ${dtype}`,
      attributes: [1, 0],
    },
  );
};

export const ArgMax: CaseSource = {
  worst: [
    ...dtypes.map(extremes),
    stepCase("ArgMax", [tensorOf("i32", [1], [-5])], tensorType("i64", []), {
      name: "one element",
      attributes: [0, 0],
    }),
    stepCase("ArgMax", [tensorOf("i32", [2, 300], [1, 2, 3, 3, 2])], tensorType("i64", [2, 1]), {
      name: "ties over several tiles",
      attributes: [1, 1],
    }),
  ],
  random(random: Random) {
    const shape = random.shape(random.int(1, 4), 5);
    const axis = random.int(0, shape.length - 1);
    const keepdims = random.int(0, 1);
    const dtype = random.pick(dtypes);
    const operand = random.tensor(dtype, shape, random.chance(0.5) ? { min: 0n, max: 3n } : undefined);
    const out = shape.toSpliced(axis, 1, ...(keepdims === 1 ? [1] : []));
    return stepCase("ArgMax", [operand], randomLayout(random, "i64", out), { attributes: [axis, keepdims] });
  },
};
