// Cases of BitwiseOr.
import type { StepCase } from "../stepCase.ts";
import { extremes, integers, stretches } from "./pairs.ts";

export const BitwiseOr: readonly StepCase[] = [
  ...integers.map((dtype) => extremes("BitwiseOr", dtype)),
  ...stretches("BitwiseOr", "i32"),
  ...stretches("BitwiseOr", "i64"),
  ...stretches("BitwiseOr", "u8"),
];
