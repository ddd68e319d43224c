import {
  allocate,
  dtypeBounds,
  elementCount,
  isWide,
  ONLY_PASS,
  operators,
  type Step,
  type Tensor,
  tensorType,
  wrap,
} from "@assay/sdk/program";
import { expect } from "chai";
import fc from "fast-check";
import { Random } from "../../helpers/random.ts";
import { type Case, opNames, randomCase } from "../../helpers/steps.ts";

const readOf =
  (tensors: readonly Tensor[]) =>
  (operand: number, index: number): bigint => {
    const { data } = tensors[operand]!;
    if (index < 0 || index >= data.length) throw new Error(`Reads element ${index} of ${data.length}`);
    return BigInt(data[index]!);
  };

/** All elements by the element function, wrapped. */
const elements = ({ step, tensors, pass }: Case): bigint[] =>
  Array.from({ length: elementCount(step.out) }, (_, index) =>
    wrap(operators[step.op].element(readOf(tensors), step, index, pass), step.out.dtype),
  );

const evaluated = ({ step, tensors, pass }: Case): bigint[] =>
  Array.from(operators[step.op].evaluate(step, tensors, pass) as ArrayLike<number | bigint>, BigInt);

const extremes = (tensor: Tensor, pick: "min" | "max"): Tensor => {
  const data = allocate(tensor.type.dtype, tensor.data.length);
  const value = dtypeBounds(tensor.type.dtype)[pick];
  if (isWide(data)) data.fill(value);
  else data.fill(Number(value));
  return { type: tensor.type, data };
};

const seed = fc.integer({ min: 0, max: 2 ** 31 });

describe("Operators", () => {
  for (const op of opNames) {
    describe(op, () => {
      const draw = (value: number): Case => randomCase(op, new Random(value));

      it("makes well-formed random steps", () => {
        fc.assert(
          fc.property(seed, (value) => {
            expect(operators[op].shapeFault(draw(value).step)).to.equal(0);
          }),
        );
      });

      it("evaluates every element as the element function says", () => {
        fc.assert(
          fc.property(seed, (value) => {
            const random = draw(value);
            expect(evaluated(random)).to.deep.equal(elements(random));
          }),
        );
      });

      it("evaluates extreme operands as the element function says", () => {
        fc.assert(
          fc.property(seed, fc.array(fc.constantFrom("min" as const, "max" as const)), (value, picks) => {
            const { tensors, ...random } = draw(value);
            const extreme = {
              ...random,
              tensors: tensors.map((tensor, index) => extremes(tensor, picks[index] ?? "max")),
            };
            expect(evaluated(extreme)).to.deep.equal(elements(extreme));
          }),
          { numRuns: 30 },
        );
      });

      it("reads nothing but what it says it reads", () => {
        fc.assert(
          fc.property(seed, (value) => {
            const { step, tensors, pass } = draw(value);
            const index = new Random(value).integer(0, elementCount(step.out) - 1);
            const runs = operators[op].reads(step, index, readOf(tensors), pass);
            const announced = runs.map(
              (ranges) =>
                new Set(
                  ranges.flatMap(({ start, count, stride }) =>
                    Array.from({ length: count }, (_, i) => start + i * stride),
                  ),
                ),
            );
            const read = readOf(tensors);
            operators[op].element(
              (operand, at) => {
                expect(announced[operand]!.has(at), `operand ${operand} element ${at}`).to.equal(true);
                return read(operand, at);
              },
              step,
              index,
              pass,
            );
          }),
        );
      });
    });
  }

  const one = (op: Case["step"]["op"], tensors: Tensor[], attributes: bigint[], out: Step["out"]): Case => ({
    step: {
      op,
      operands: tensors.map(({ type }, index) => ({ source: { kind: "slot", index }, type })),
      attributes,
      out,
    },
    tensors,
    pass: ONLY_PASS,
  });
  const scalar = (value: number): Tensor => ({ type: tensorType("i32", []), data: Int32Array.of(value) });

  it("S-05: dividing by zero gives zero, and the quotient that does not fit wraps", () => {
    for (const [a, b, quotient] of [
      [7, 0, 0n],
      [0, 0, 0n],
      [-(2 ** 31), -1, -(2n ** 31n)],
      [-7, 2, -3n],
      [7, -2, -3n],
      [-1, 2, 0n],
    ] as const) {
      const division = one("Div", [scalar(a), scalar(b)], [], tensorType("i32", []));
      expect(evaluated(division)).to.deep.equal([quotient]);
      expect(elements(division)).to.deep.equal([quotient]);
    }
  });

  it("S-01: the power-of-two requantization equals its formula, ties and ends included", () => {
    const k = 7n;
    for (const acc of [-64, -65, -63, -1, 0, 63, 64, 65, 191, 192, 32639, 32640, 32703, 32704, 2 ** 30]) {
      const sum = one("Add", [scalar(acc), scalar(1 << 6)], [], tensorType("i32", []));
      const quotient = one(
        "Div",
        [scalar(Number(evaluated(sum)[0])), scalar(1 << 7)],
        [],
        tensorType("i32", []),
      );
      const value = evaluated(quotient)[0]!;
      const clipped = value < 0n ? 0n : value > 255n ? 255n : value;
      const floored = (BigInt(acc) + (1n << (k - 1n))) >> k;
      expect(clipped, `acc ${acc}`).to.equal(floored < 0n ? 0n : floored > 255n ? 255n : floored);
    }
  });

  it("S-06: ArgMax takes the first of equal elements", () => {
    const type = tensorType("u8", [2, 4]);
    const rows = { type, data: Uint8Array.of(5, 9, 9, 1, 7, 7, 7, 7) };
    expect(evaluated(one("ArgMax", [rows], [1n, 0n], tensorType("i64", [2])))).to.deep.equal([1n, 0n]);
  });

  it("padding never wins in MaxPool", () => {
    const image = { type: tensorType("i8", [1, 1, 1, 1]), data: Int8Array.of(-128) };
    const attributes = [2, 2, 1, 1, 1, 1, 1, 1, 1, 1].map(BigInt);
    const pooled = one("MaxPool", [image], attributes, tensorType("i8", [1, 1, 2, 2]));
    expect(evaluated(pooled)).to.deep.equal([-128n, -128n, -128n, -128n]);
  });

  it("adds up the longest products without losing a bit", () => {
    const inner = 32768;
    const a = { type: tensorType("u8", [1, inner]), data: new Uint8Array(inner).fill(255) };
    const b = { type: tensorType("i8", [inner, 1]), data: new Int8Array(inner).fill(-64) };
    const product = one("MatMulInteger", [a, b], [0n, 0n], tensorType("i32", [1, 1]));
    expect(operators.MatMulInteger.shapeFault(product.step)).to.equal(0);
    expect(evaluated(product)).to.deep.equal([BigInt(inner) * 255n * -64n]);
  });
});
