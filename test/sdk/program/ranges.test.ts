import {
  dtypeBounds,
  elementCount,
  execute,
  hull,
  isWide,
  operators,
  type Program,
  packedOffsets,
  programRanges,
  type Ranges,
  type Tensor,
  tensorType,
} from "@assay/sdk/program";
import { expect } from "chai";
import fc from "fast-check";
import type { OperandRanges } from "../../../sdk/program/ops/definition.ts";
import { greatest, least } from "../../../sdk/program/ranges.ts";
import { network, ProgramBuilder, perceptron, randomInput } from "../../helpers/programs.ts";
import { Random } from "../../helpers/random.ts";
import { opNames, randomCase } from "../../helpers/steps.ts";

const seed = fc.integer({ min: 0, max: 2 ** 31 });

/** The interval that ranges give to one element. */
function intervalOf(ranges: Ranges, shape: readonly number[], index: number) {
  const stride = elementCount({ shape: shape.slice(ranges.axis + 1) });
  const at = ranges.axis < 0 ? 0 : Math.floor(index / stride) % shape[ranges.axis]!;
  return { min: ranges.min[at]!, max: ranges.max[at]! };
}

function expectInside(ranges: Ranges, shape: readonly number[], index: number, value: bigint): void {
  const { min, max } = intervalOf(ranges, shape, index);
  if (value < min || value > max) expect.fail(`Element ${index} is ${value}, outside ${min}..${max}`);
}

/** A constant, or a tensor of which only random intervals along a random axis are known. */
function randomOperand({ type }: Tensor, random: Random): { tensor: Tensor; known: OperandRanges } {
  const { shape, dtype } = type;
  const bounds = dtypeBounds(dtype);
  const axis = random.integer(-1, shape.length - 1);
  const size = axis < 0 ? 1 : shape[axis]!;
  const ends = Array.from({ length: size }, () => {
    const narrow = { min: bounds.min < 0n ? -300n : 0n, max: 300n };
    const within = random.next() < 0.5 && bounds.max > 300n ? narrow : bounds;
    return [random.bigint(within.min, within.max), random.bigint(within.min, within.max)];
  });
  const ranges = { axis, min: ends.map(least), max: ends.map(greatest) };
  const data = random.data(dtype, elementCount(type));
  for (let index = 0; index < data.length; index++) {
    const value = random.data(dtype, 1, intervalOf(ranges, shape, index))[0]!;
    if (isWide(data)) data[index] = BigInt(value);
    else data[index] = Number(value);
  }
  const tensor = { type, data };
  return { tensor, known: { ranges, constant: random.next() < 0.4 ? tensor : undefined, shape } };
}

describe("Ranges", () => {
  for (const op of opNames) {
    it(`S-03: hold every value that ${op} computes`, () => {
      fc.assert(
        fc.property(seed, (value) => {
          const random = new Random(value);
          const { step, tensors, pass } = randomCase(op, random);
          const operands = tensors.map((tensor) => randomOperand(tensor, random));
          const ranges = operators[op].ranges(
            step,
            operands.map(({ known }) => known),
          );
          const read = (operand: number, index: number): bigint =>
            BigInt(operands[operand]!.tensor.data[index]!);
          for (let index = 0; index < elementCount(step.out); index++) {
            const result = operators[op].element(read, step, index, pass);
            if (
              op === "Cast" &&
              operators.Cast.refuse!(
                step,
                operands.map(({ known }) => known),
              )
            )
              return;
            expectInside(ranges, step.out.shape, index, result);
          }
        }),
        { numRuns: 300 },
      );
    });
  }

  const programs: Record<string, (seed: number) => Program> = { perceptron, network };
  for (const [name, make] of Object.entries(programs)) {
    it(`S-03: hold every slot of a ${name}, whatever the input`, () => {
      fc.assert(
        fc.property(seed, fc.constantFrom("random", "least", "greatest"), (value, kind) => {
          const program = make(value);
          const length = packedOffsets(program.inputs).length;
          const input =
            kind === "random"
              ? randomInput(program, new Random(value))
              : new Uint8Array(length).fill(kind === "least" ? 0 : 255);
          const ranges = programRanges(program);
          execute(program, input).forEach(({ type, data }, slot) => {
            data.forEach((element: number | bigint, index: number) => {
              expectInside(ranges[slot]!, type.shape, index, BigInt(element));
            });
          });
        }),
        { numRuns: 10 },
      );
    });
  }

  it("are exact for constant weights, column by column", () => {
    const builder = new ProgramBuilder([tensorType("u8", [1, 2])]);
    const weights = builder.constant(tensorType("i8", [2, 3]), Int8Array.of(1, -2, 0, 3, 4, 0));
    const out = builder.step("MatMulInteger", [builder.input(0), weights], [0, 0], tensorType("i32", [1, 3]));
    expect(programRanges(builder.build([out]))).to.deep.equal([
      { axis: 1, min: [0n, -510n, 0n], max: [1020n, 1020n, 0n] },
    ]);
  });

  it("keep channels apart from a convolution to its Cast", () => {
    const ranges = programRanges(network(1));
    expect(ranges.slice(0, 6).map(({ axis, min }) => [axis, min.length])).to.deep.equal(
      new Array(6).fill([1, 8]),
    );
    const [convolved, biased] = ranges as [Ranges, Ranges];
    const shifts = biased.min.map((min, channel) => min - convolved.min[channel]!);
    expect(shifts).to.deep.equal(biased.max.map((max, channel) => max - convolved.max[channel]!));
    expect(hull(ranges[4]!).max <= 255n).to.equal(true);
  });
});
