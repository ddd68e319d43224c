// Cases of Collect, which no ONNX runtime knows.
import { DTYPE_CODES } from "../../../sdk/program/dtype.ts";
import { byteLength, tensorType } from "../../../sdk/program/tensor.ts";
import type { DType, Tensor } from "../../../sdk/program/types.ts";
import { type Random, tensorOf } from "../random.ts";
import { type CaseSource, stepCase } from "../stepCase.ts";

const dtypes = Object.keys(DTYPE_CODES) as DType[];

function collect(name: string, operands: readonly Tensor[]) {
  const end = operands.reduce((start, { type }) => Math.ceil(start / 8) * 8 + byteLength(type), 0);
  return stepCase("Collect", operands, tensorType("u8", [end]), { name, onnx: false });
}

export const Collect: CaseSource = {
  worst: [
    collect("zeros between outputs", [
      tensorOf("u8", [3], [255, 254, 253]),
      tensorOf("i64", [], [-(2n ** 63n)]),
      tensorOf("i8", [1], [-1]),
      tensorOf("i32", [2], [-2, 2n ** 31n - 1n]),
    ]),
    collect("one byte", [tensorOf("u8", [], [1])]),
    collect("several tiles", [tensorOf("i32", [300], [-1, 2, -3]), tensorOf("u8", [7], [9])]),
  ],
  random(random: Random) {
    const operands = Array.from({ length: random.int(1, 4) }, () =>
      random.tensor(random.pick(dtypes), random.shape(random.int(0, 3), 3)),
    );
    return collect("random", operands);
  },
};
