// Cases of Clip.
import { dtypeBounds } from "../../../sdk/program/dtype.ts";
import { tensorType } from "../../../sdk/program/tensor.ts";
import { type Random, tensorOf } from "../random.ts";
import { type CaseSource, randomLayout, stepCase } from "../stepCase.ts";

function clip(name: string, dtype: "i32" | "i64", attributes: [bigint, bigint]) {
  const { min, max } = dtypeBounds(dtype);
  const operand = tensorOf(dtype, [9], [min, min + 1n, -1n, 0n, 1n, 254n, 255n, 256n, max]);
  return stepCase("Clip", [operand], tensorType(dtype, [9]), { name, attributes });
}

export const Clip: CaseSource = {
  worst: [
    clip("to a byte", "i32", [0n, 255n]),
    clip("to one value", "i32", [-1n, -1n]),
    clip("to everything", "i32", [-(2n ** 31n), 2n ** 31n - 1n]),
    clip("to everything of 64 bits", "i64", [-(2n ** 63n), 2n ** 63n - 1n]),
    clip("to the last value of 64 bits", "i64", [2n ** 63n - 1n, 2n ** 63n - 1n]),
  ],
  random(random: Random) {
    const dtype = random.pick(["i32", "i64"] as const);
    const bounds = dtypeBounds(dtype);
    const ends = [random.bigint(bounds), random.bigint(bounds)].sort((x, y) => (x < y ? -1 : 1));
    const operand = random.tensor(dtype, random.shape(random.int(0, 4), 3));
    return stepCase("Clip", [operand], randomLayout(random, dtype, operand.type.shape), { attributes: ends });
  },
};
