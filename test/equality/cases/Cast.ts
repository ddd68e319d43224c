// Cases of Cast.
import { type DType, dtypeBounds, tensorType, WIDTH } from "@assay/sdk/program";
import { type StepCase, stepCase, tensorOf } from "../stepCase.ts";

const dtypes = Object.keys(WIDTH) as DType[];

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

export const Cast: readonly StepCase[] = dtypes.flatMap((from) => dtypes.map((to) => cast(from, to)));
