// Cases of Clip.
import { type DType, dtypeBounds, tensorType } from "@assay/sdk/program";
import { type StepCase, stepCase, tensorOf } from "../stepCase.ts";
import { clipped, halves } from "./pairs.ts";

function clip(name: string, dtype: DType, attributes: readonly bigint[]) {
  const { min, max } = dtypeBounds(dtype);
  const wanted = [min, min + 1n, -1n, 0n, 1n, 100n, 127n, 254n, 255n, 256n, max - 1n, max];
  const values = wanted.filter((value) => value >= min && value <= max);
  const operand = tensorOf(dtype, [values.length], values);
  return stepCase("Clip", [operand], tensorType(dtype, [values.length]), { name, attributes });
}

/** Between each two of the numbers that are compared. */
function betweenHalves(dtype: DType): StepCase[] {
  const values = halves(dtype);
  const operand = tensorOf(dtype, [values.length], values);
  return values.flatMap((low, index) =>
    values.slice(index, index + 6).map((high) =>
      stepCase("Clip", [operand], operand.type, {
        name: `halves of ${dtype} that are the same`,
        attributes: low < high ? [low, high] : [high, low],
      }),
    ),
  );
}

/** Attributes are signed: an unsigned type of 64 bits is held to at most this. */
const MOST = 2n ** 63n - 1n;

function ends(dtype: DType): StepCase[] {
  const { min, max } = dtypeBounds(dtype);
  const most = max < MOST ? max : MOST;
  return [
    clip(`to everything of ${dtype}`, dtype, [min, most]),
    clip(`to the least of ${dtype}`, dtype, [min, min]),
    clip(`to the greatest of ${dtype}`, dtype, [most, most]),
    clip(`inside ${dtype}`, dtype, [min + 1n, most - 1n]),
  ];
}

export const Clip: readonly StepCase[] = [
  clip("to a byte", "i32", [0n, 255n]),
  clip("to one value", "i32", [-1n, -1n]),
  ...clipped.flatMap(ends),
  ...clipped.flatMap(betweenHalves),
];
