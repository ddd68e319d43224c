// Cases of Clip.
import { dtypeBounds, tensorType } from "@assay/sdk/program";
import { type StepCase, stepCase, tensorOf } from "../stepCase.ts";

function clip(name: string, dtype: "i32" | "i64", attributes: [bigint, bigint]) {
  const { min, max } = dtypeBounds(dtype);
  const operand = tensorOf(dtype, [9], [min, min + 1n, -1n, 0n, 1n, 254n, 255n, 256n, max]);
  return stepCase("Clip", [operand], tensorType(dtype, [9]), { name, attributes });
}

export const Clip: readonly StepCase[] = [
  clip("to a byte", "i32", [0n, 255n]),
  clip("to one value", "i32", [-1n, -1n]),
  clip("to everything", "i32", [-(2n ** 31n), 2n ** 31n - 1n]),
  clip("to everything of 64 bits", "i64", [-(2n ** 63n), 2n ** 63n - 1n]),
  clip("to the last value of 64 bits", "i64", [2n ** 63n - 1n, 2n ** 63n - 1n]),
];
