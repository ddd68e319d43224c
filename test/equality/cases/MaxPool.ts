// Cases of MaxPool.
import { tensorType } from "@assay/sdk/program";
import { filled, type StepCase, stepCase, tensorOf } from "../stepCase.ts";

export const MaxPool: readonly StepCase[] = [
  stepCase("MaxPool", [filled(tensorType("i8", [1, 1, 3, 3]), () => -128n)], tensorType("i8", [1, 1, 4, 4]), {
    name: "padding never wins against the least value",
    attributes: [2, 2, 1, 1, 1, 1, 1, 1, 1, 1],
  }),
  stepCase("MaxPool", [tensorOf("i8", [1, 1, 2, 2], [-5, -7, -9, -6])], tensorType("i8", [1, 1, 3, 3]), {
    name: "negative values beside padding",
    attributes: [3, 3, 2, 2, 1, 1, 1, 1, 1, 1],
  }),
  stepCase("MaxPool", [tensorOf("u8", [1, 2, 2, 2], [0, 255, 128, 127])], tensorType("u8", [1, 2, 1, 1]), {
    name: "unsigned values around the sign bit",
    attributes: [2, 2, 0, 0, 0, 0, 2, 2, 1, 1],
  }),
  stepCase("MaxPool", [tensorOf("u8", [1, 1, 5, 5], [9, 1, 8, 2, 7, 3, 6])], tensorType("u8", [1, 1, 3, 3]), {
    name: "dilated over padding",
    attributes: [2, 2, 1, 1, 1, 1, 2, 2, 2, 2],
  }),
];
