// Cases of Sub.
import type { StepCase } from "../stepCase.ts";
import { extremes, integers, stretches } from "./pairs.ts";

export const Sub: readonly StepCase[] = [
  ...integers.map((dtype) => extremes("Sub", dtype)),
  ...stretches("Sub", "i32"),
  ...stretches("Sub", "i64"),
  ...stretches("Sub", "u8"),
];
