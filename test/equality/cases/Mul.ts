// Cases of Mul.
import type { StepCase } from "../stepCase.ts";
import { extremes, integers, stretches } from "./pairs.ts";

export const Mul: readonly StepCase[] = [
  ...integers.map((dtype) => extremes("Mul", dtype)),
  ...stretches("Mul", "i32"),
  ...stretches("Mul", "i64"),
  ...stretches("Mul", "u8"),
];
