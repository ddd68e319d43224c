// Cases of BitwiseAnd.
import type { StepCase } from "../stepCase.ts";
import { extremes, integers, stretches } from "./pairs.ts";

export const BitwiseAnd: readonly StepCase[] = [
  ...integers.map((dtype) => extremes("BitwiseAnd", dtype)),
  ...stretches("BitwiseAnd", "i32"),
  ...stretches("BitwiseAnd", "i64"),
  ...stretches("BitwiseAnd", "u8"),
];
