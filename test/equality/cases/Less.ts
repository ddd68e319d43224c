// Cases of Less.
import type { StepCase } from "../stepCase.ts";
import { extremes, integers, stretches } from "./pairs.ts";

export const Less: readonly StepCase[] = [
  ...integers.map((dtype) => extremes("Less", dtype, { out: "bool" })),
  ...stretches("Less", "i32", { out: "bool" }),
  ...stretches("Less", "u16", { out: "bool" }),
];
