// Cases of Cast.
import { DTYPE_CODES, dtypeBounds } from "../../../sdk/program/dtype.ts";
import { tensorType } from "../../../sdk/program/tensor.ts";
import type { DType } from "../../../sdk/program/types.ts";
import { type Random, tensorOf } from "../random.ts";
import { type CaseSource, randomLayout, stepCase } from "../stepCase.ts";

const dtypes = Object.keys(DTYPE_CODES) as DType[];

function cast(from: DType, to: DType) {
  const { min, max } = dtypeBounds(from);
  const wanted = [
    min,
    -(2n ** 31n),
    -(2n ** 31n) - 1n,
    -129n,
    -128n,
    -1n,
    0n,
    127n,
    128n,
    255n,
    256n,
    2n ** 31n,
    max,
  ];
  const values = wanted.filter((value) => value >= min && value <= max);
  const operand = tensorOf(from, [values.length], values);
  return stepCase("Cast", [operand], tensorType(to, [values.length]), { name: `${from} to ${to}` });
}

export const Cast: CaseSource = {
  worst: dtypes.flatMap((from) => dtypes.map((to) => cast(from, to))),
  random(random: Random) {
    const operand = random.tensor(random.pick(dtypes), random.shape(random.int(0, 4), 3));
    return stepCase("Cast", [operand], randomLayout(random, random.pick(dtypes), operand.type.shape));
  },
};
