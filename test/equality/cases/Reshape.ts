// Cases of Reshape.
import { DTYPE_CODES } from "../../../sdk/program/dtype.ts";
import { tensorType } from "../../../sdk/program/tensor.ts";
import type { DType } from "../../../sdk/program/types.ts";
import { filled, type Random } from "../random.ts";
import { type CaseSource, randomLayout, stepCase } from "../stepCase.ts";

const dtypes = Object.keys(DTYPE_CODES) as DType[];
const ramp = (shape: number[], layout: number[]) =>
  filled(tensorType("i32", shape, layout), (index) => BigInt(index * index - 7));

export const Reshape: CaseSource = {
  worst: [
    stepCase("Reshape", [ramp([2, 3, 4], [2, 0, 1])], tensorType("i32", [4, 6], [1, 0]), {
      name: "keeps the row-major order through both layouts",
    }),
    stepCase("Reshape", [ramp([1, 1], [1, 0])], tensorType("i32", []), { name: "to a scalar" }),
    stepCase("Reshape", [ramp([], [])], tensorType("i32", [1, 1, 1]), { name: "from a scalar" }),
    stepCase("Reshape", [ramp([16, 40], [1, 0])], tensorType("i32", [640]), { name: "over several tiles" }),
  ],
  random(random: Random) {
    const factors = Array.from({ length: random.int(0, 5) }, () => random.int(1, 3));
    const split = () => {
      const shape: number[] = [];
      for (const factor of factors) {
        if (shape.length > 0 && random.chance(0.5)) shape.push(shape.pop()! * factor);
        else shape.push(factor);
      }
      return random.chance(0.2) ? [1, ...shape] : shape;
    };
    const operand = random.tensor(random.pick(dtypes), split());
    return stepCase("Reshape", [operand], randomLayout(random, operand.type.dtype, split()));
  },
};
