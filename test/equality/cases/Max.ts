// Cases of Max.
import type { StepCase } from "../stepCase.ts";
import { clipped, extremes, sharedHalves, stretches } from "./pairs.ts";

export const Max: readonly StepCase[] = [
  ...clipped.map((dtype) => extremes("Max", dtype)),
  ...clipped.map((dtype) => sharedHalves("Max", dtype)),
  ...stretches("Max", "i32"),
  ...stretches("Max", "u64"),
];
