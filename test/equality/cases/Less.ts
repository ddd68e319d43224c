// Cases of Less.
import type { StepCase } from "../stepCase.ts";
import { extremes, integers, sharedHalves, stretches } from "./pairs.ts";

export const Less: readonly StepCase[] = [
  ...integers.map((dtype) => extremes("Less", dtype, { out: "bool" })),
  ...integers.map((dtype) => sharedHalves("Less", dtype, "bool")),
  ...stretches("Less", "i32", { out: "bool" }),
  ...stretches("Less", "u16", { out: "bool" }),
];
