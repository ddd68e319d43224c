// Cases of Min.
import type { StepCase } from "../stepCase.ts";
import { clipped, extremes, sharedHalves, stretches } from "./pairs.ts";

export const Min: readonly StepCase[] = [
  ...clipped.map((dtype) => extremes("Min", dtype)),
  ...clipped.map((dtype) => sharedHalves("Min", dtype)),
  ...stretches("Min", "i32"),
  ...stretches("Min", "u64"),
];
