// Cases of BitwiseXor.
import type { StepCase } from "../stepCase.ts";
import { extremes, integers, stretches } from "./pairs.ts";

export const BitwiseXor: readonly StepCase[] = [
  ...integers.map((dtype) => extremes("BitwiseXor", dtype)),
  ...stretches("BitwiseXor", "i32"),
  ...stretches("BitwiseXor", "i64"),
  ...stretches("BitwiseXor", "u8"),
];
