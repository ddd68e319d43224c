// Cases of Cast.
import { type DType, dtypeBounds, tensorType } from "@assay/sdk/program";
import { type StepCase, stepCase, tensorOf } from "../stepCase.ts";
import { integers } from "./pairs.ts";

const powers = [7n, 8n, 15n, 16n, 31n, 32n, 52n, 53n, 63n];

function cast(from: DType, to: DType) {
  const { min, max } = dtypeBounds(from);
  const beside = powers.map((power) => 2n ** power).flatMap((power) => [power - 1n, power, power + 1n]);
  const wanted = [min, min + 1n, ...beside.map((value) => -value), -1n, 0n, 1n, ...beside, max - 1n, max];
  const values = wanted.filter((value) => value >= min && value <= max);
  const operand = tensorOf(from, [values.length], values);
  return stepCase("Cast", [operand], tensorType(to, [values.length]), { name: `${from} to ${to}` });
}

const sources: readonly DType[] = [...integers, "bool"];

export const Cast: readonly StepCase[] = sources.flatMap((from) => integers.map((to) => cast(from, to)));
