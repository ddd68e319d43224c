// Cases of Max.
import type { StepCase } from "../stepCase.ts";
import { clipped, extremes, stretches } from "./pairs.ts";

export const Max: readonly StepCase[] = [
  ...clipped.map((dtype) => extremes("Max", dtype)),
  ...stretches("Max", "i32"),
  ...stretches("Max", "u64"),
];
