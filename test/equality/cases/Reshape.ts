// Cases of Reshape.
import { tensorType } from "@assay/sdk/program";
import { filled, type StepCase, stepCase } from "../stepCase.ts";

const ramp = (shape: number[], layout: number[]) =>
  filled(tensorType("i32", shape, layout), (index) => BigInt(index * index - 7));

export const Reshape: readonly StepCase[] = [
  stepCase("Reshape", [ramp([2, 3, 4], [2, 0, 1])], tensorType("i32", [4, 6], [1, 0]), {
    name: "keeps the row-major order through both layouts",
  }),
  stepCase("Reshape", [ramp([1, 1], [1, 0])], tensorType("i32", []), { name: "to a scalar" }),
  stepCase("Reshape", [ramp([], [])], tensorType("i32", [1, 1, 1]), { name: "from a scalar" }),
  stepCase("Reshape", [ramp([16, 40], [1, 0])], tensorType("i32", [640]), { name: "over several tiles" }),
];
