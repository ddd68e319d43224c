// Inputs that are as bad as they can be: the ends of every type, and numbers that are the same in half of their bits.
import {
  type DType,
  dtypeBounds,
  elementCount,
  isWide,
  type Program,
  packInputs,
  type TensorData,
  type TensorType,
  WIDTH,
  wrap,
} from "@assay/sdk/program";
import type { Random } from "./random.ts";

/** Numbers of which many differ in the lower half of their bits only: what is compared in halves is told apart by these. */
function sharedHalves(random: Random, { dtype, shape }: TensorType): TensorData {
  const half = BigInt(4 * WIDTH[dtype]);
  const data = random.data(dtype, elementCount({ shape }));
  const lower = [0n, 1n, 2n ** (half - 1n) - 1n, 2n ** (half - 1n), 2n ** half - 1n];
  for (let index = 0; index < data.length; index++) {
    const value = wrap(random.bigint(-1n, 1n) * 2n ** half + random.pick(lower), dtype);
    if (isWide(data)) data[index] = value;
    else data[index] = Number(value);
  }
  return data;
}

/** What every input is filled with. */
export const badInputs = (program: Program, random: Random): Uint8Array[] => {
  const filled = (value: (dtype: DType) => bigint) =>
    packInputs(
      program,
      program.inputs.map(({ dtype, shape }) => {
        const bound = value(dtype);
        return random.data(dtype, elementCount({ shape }), { min: bound, max: bound });
      }),
    );
  const anything = () =>
    packInputs(
      program,
      program.inputs.map((type) => random.data(type.dtype, elementCount(type))),
    );
  const small = packInputs(
    program,
    program.inputs.map(({ dtype, shape }) =>
      random.data(dtype, elementCount({ shape }), { min: dtypeBounds(dtype).min < 0n ? -3n : 0n, max: 9n }),
    ),
  );
  const halves = () =>
    packInputs(
      program,
      program.inputs.map((type) => sharedHalves(random, type)),
    );
  return [
    halves(),
    halves(),
    filled((dtype) => dtypeBounds(dtype).min),
    filled((dtype) => dtypeBounds(dtype).max),
    filled(() => 0n),
    small,
    anything(),
    anything(),
  ];
};
