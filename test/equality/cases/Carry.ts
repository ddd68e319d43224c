// Cases of Carry, which no ONNX runtime knows.
import { type DType, dtypeBounds, type Pass, tensorType } from "@assay/sdk/program";
import { type StepCase, stepCase, tensorOf } from "../stepCase.ts";
import { integers } from "./pairs.ts";

function carry(dtype: DType, pass: Pass): StepCase {
  const { min, max } = dtypeBounds(dtype);
  const initial = tensorOf(dtype, [2, 3], [min, max, 1, 2, 3, 4]);
  const next = {
    ...tensorOf(dtype, [2, 3], [max, min, 5, 6, 7, 8]),
    type: tensorType(dtype, [2, 3], [1, 0]),
  };
  const { step, ...rest } = stepCase("Carry", [initial, next], tensorType(dtype, [2, 3], [1, 0]), {
    name: `${dtype} in pass ${pass.number} of ${pass.most}`,
    pass,
    onnx: false,
  });
  const [first, second] = step.operands;
  const operands = [{ ...first!, source: { kind: "input" as const, offset: 0 } }, second!];
  return { ...rest, step: { ...step, operands } };
}

const passes: readonly Pass[] = [
  { number: 0, most: 1 },
  { number: 0, most: 65536 },
  { number: 1, most: 2 },
  { number: 65535, most: 65536 },
];

export const Carry: readonly StepCase[] = integers.flatMap((dtype) =>
  passes.map((pass) => carry(dtype, pass)),
);
