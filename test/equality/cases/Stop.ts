// Cases of Stop, which no ONNX runtime knows.
import { type DType, type Pass, tensorType } from "@assay/sdk/program";
import { type StepCase, stepCase, tensorOf } from "../stepCase.ts";

const passes: readonly Pass[] = [
  { number: 0, most: 1 },
  { number: 0, most: 2 },
  { number: 1, most: 2 },
  { number: 65534, most: 65536 },
  { number: 65535, most: 65536 },
];

const stop = (dtype: DType, value: number, shape: number[], pass: Pass) =>
  stepCase("Stop", [tensorOf(dtype, shape, [value])], tensorType("u8", [1]), {
    name: `${dtype} ${value} in pass ${pass.number} of ${pass.most}`,
    pass,
    onnx: false,
  });

export const Stop: readonly StepCase[] = passes.flatMap((pass) => [
  stop("bool", 0, [], pass),
  stop("bool", 1, [1], pass),
  stop("u8", 0, [1, 1], pass),
  stop("u8", 1, [], pass),
  stop("u8", 255, [1], pass),
]);
