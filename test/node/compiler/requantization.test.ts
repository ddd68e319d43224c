// S-01: Add, Div, Clip, Cast compute clamp((acc + bias + (zp << k) + (1 << (k-1))) >> k, 0, 255), in the reference executor
// and in onnxruntime, at every rounding border and at the ends of the proven range.
import { execute, type Program, packInputs, tensorType } from "@assay/sdk/program";
import { expect } from "chai";
import { sumBounds } from "../../../node/compiler/quantization/weights.ts";
import { ProgramSession } from "../../../node/execution/programSession.ts";
import { ProgramBuilder } from "../../helpers/programs.ts";
import { Random } from "../../helpers/random.ts";

const LIMIT = 2n ** 30n;

interface Channel {
  readonly shift: number;
  readonly zeroPoint: number;
  readonly bias: number;
}

/** The meaning, in unbounded integers. */
function meaning(accumulator: bigint, { shift, zeroPoint, bias }: Channel): number {
  const k = BigInt(shift);
  const sum = accumulator + BigInt(bias) + (BigInt(zeroPoint) << k) + (1n << (k - 1n));
  const value = sum >> k;
  return Number(value < 0n ? 0n : value > 255n ? 255n : value);
}

const added = ({ shift, zeroPoint, bias }: Channel): number =>
  bias + zeroPoint * 2 ** shift + 2 ** (shift - 1);

/** The four steps over [rows, channels] accumulators, which stand in the input here. */
function fourSteps(channels: readonly Channel[], rows: number): Program {
  const type = tensorType("i32", [rows, channels.length]);
  const builder = new ProgramBuilder([type]);
  const perChannel = (values: number[]) =>
    builder.constant(tensorType("i32", [values.length]), Int32Array.from(values));
  const sum = builder.step("Add", [builder.input(0), perChannel(channels.map(added))], [], type);
  const quotient = builder.step("Div", [sum, perChannel(channels.map(({ shift }) => 2 ** shift))], [], type);
  const clipped = builder.step("Clip", [quotient], [0, 255], type);
  return builder.build([builder.step("Cast", [clipped], [], { ...type, dtype: "u8" })]);
}

/** Rows of accumulators in range, one per channel. */
async function compare(channels: readonly Channel[], rows: readonly (readonly bigint[])[]): Promise<void> {
  const program = fourSteps(channels, rows.length);
  const accumulators = Int32Array.from(rows.flat(), Number);
  const expected = Uint8Array.from(
    rows.flatMap((row) => row.map((value, c) => meaning(value, channels[c]!))),
  );
  const slots = execute(program, packInputs(program, [accumulators]));
  expect(slots.at(-1)!.data).to.deep.equal(expected);
  const session = await ProgramSession.open(program);
  const [output] = await session.run([{ type: program.inputs[0]!, data: accumulators }]);
  await session.close();
  expect(output!.data).to.deep.equal(expected);
}

const shifts = Array.from({ length: 22 }, (_, index) => index + 1);
const clampToRange = (value: bigint, bias: number): bigint => {
  const [low, high] = [-LIMIT - BigInt(bias), LIMIT - BigInt(bias)];
  const [min, max] = [low < -(2n ** 31n) ? -(2n ** 31n) : low, high > 2n ** 31n - 1n ? 2n ** 31n - 1n : high];
  return value < min ? min : value > max ? max : value;
};

describe("S-01: power-of-two requantization", () => {
  it("equals its meaning for every accumulator that matters, k = 1 to 6", async () => {
    for (const shift of [1, 2, 3, 4, 5, 6]) {
      const channels = [0, 1, 128, 255].map((zeroPoint): Channel => ({ shift, zeroPoint, bias: 0 }));
      const reach = 300 * 2 ** shift;
      const rows = Array.from({ length: 2 * reach + 1 }, (_, index) =>
        channels.map(() => BigInt(index - reach)),
      );
      await compare(channels, rows);
    }
  });

  it("equals its meaning at every rounding border, k = 1 to 22, at all ends of bias and zero point", async () => {
    for (const zeroPoint of [0, 1, 77, 128, 255]) {
      const channels = shifts.flatMap((shift) =>
        [0, 1, -1, 12345, -(2 ** 30), 2 ** 30].map((bias): Channel => ({ shift, zeroPoint, bias })),
      );
      const rows: bigint[][] = [];
      for (let output = -2n; output <= 257n; output++)
        for (const beside of [-1n, 0n, 1n])
          rows.push(
            channels.map(({ shift, bias }) => {
              // the least accumulator that gives `output`, and its neighbours
              const k = BigInt(shift);
              const border = ((output - BigInt(zeroPoint)) << k) - (1n << (k - 1n)) - BigInt(bias);
              return clampToRange(border + beside, bias);
            }),
          );
      for (const end of [-(2n ** 31n), 2n ** 31n - 1n, -LIMIT, LIMIT])
        rows.push(channels.map(({ bias }) => clampToRange(end, bias)));
      await compare(channels, rows);
    }
  });

  it("equals its meaning on random accumulators of the whole range", async () => {
    const random = new Random(1);
    const channels = shifts.map((shift): Channel => {
      return { shift, zeroPoint: random.integer(0, 255), bias: random.integer(-(2 ** 30), 2 ** 30) };
    });
    const rows = Array.from({ length: 2000 }, () =>
      channels.map(({ bias }) => clampToRange(random.bigint(-LIMIT, LIMIT) - BigInt(bias), bias)),
    );
    await compare(channels, rows);
  });

  it("keeps every sum in 32 bits for k up to 22, and would not for 23", () => {
    const worst = (shift: number): number => 2 ** 30 + 255 * 2 ** shift + 2 ** (shift - 1);
    for (const shift of shifts) expect(worst(shift)).to.be.lessThan(2 ** 31);
    expect(worst(23)).to.be.greaterThan(2 ** 31);
  });

  it("needs the clamp at 0: without it truncation and floor differ", () => {
    const sum = -3n;
    expect(sum / 2n).to.equal(-1n);
    expect(sum >> 1n).to.equal(-2n);
  });

  it("bounds sums exactly over all inputs", () => {
    const random = new Random(3);
    for (let count = 0; count < 200; count++) {
      const weights = Int8Array.from({ length: 4 }, () => random.integer(-64, 64));
      const zeroPoint = random.integer(0, 255);
      const bias = random.integer(-1000, 1000);
      const { min, max } = sumBounds(weights, bias, zeroPoint);
      const at = (pick: (weight: number) => number): number =>
        weights.reduce((sum, weight) => sum + weight * (pick(weight) - zeroPoint), bias);
      expect(max).to.equal(at((weight) => (weight > 0 ? 255 : 0)));
      expect(min).to.equal(at((weight) => (weight > 0 ? 0 : 255)));
      expect(at(() => random.integer(0, 255))).to.be.within(min, max);
    }
  });
});
