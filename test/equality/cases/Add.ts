// Cases of Add.
import type { StepCase } from "../stepCase.ts";
import { extremes, integers, stretches } from "./pairs.ts";

export const Add: readonly StepCase[] = [
  ...integers.map((dtype) => extremes("Add", dtype)),
  ...stretches("Add", "i32"),
  ...stretches("Add", "i64"),
  ...stretches("Add", "u8"),
];
