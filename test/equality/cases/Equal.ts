// Cases of Equal.
import type { StepCase } from "../stepCase.ts";
import { extremes, integers, sharedHalves, stretches } from "./pairs.ts";

export const Equal: readonly StepCase[] = [
  ...integers.map((dtype) => extremes("Equal", dtype, { out: "bool" })),
  ...integers.map((dtype) => sharedHalves("Equal", dtype, "bool")),
  ...stretches("Equal", "i32", { out: "bool" }),
  ...stretches("Equal", "u16", { out: "bool" }),
];
