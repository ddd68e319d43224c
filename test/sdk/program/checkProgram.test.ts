import {
  checkProgram,
  hull,
  type Operand,
  type Program,
  ProgramError,
  type Step,
  tensorType,
} from "@assay/sdk/program";
import { expect } from "chai";
import fc from "fast-check";
import { mutateStep } from "../../helpers/mutations.ts";
import { network, ProgramBuilder, perceptron } from "../../helpers/programs.ts";
import { Random } from "../../helpers/random.ts";

const row = (dtype: "u8" | "i8" | "i32" | "i64", ...shape: number[]) => tensorType(dtype, shape);

/** A program of one step on one or two inputs and perhaps a constant. */
function single(
  inputs: Parameters<typeof row>[],
  make: (builder: ProgramBuilder) => {
    op: Step["op"];
    operands: Operand[];
    attributes?: number[];
    out: Step["out"];
  },
): Program {
  const builder = new ProgramBuilder(inputs.map((input) => row(...input)));
  const { op, operands, attributes = [], out } = make(builder);
  return builder.build([builder.step(op, operands, attributes, out)]);
}

function refusalOf(program: Program): ProgramError {
  try {
    checkProgram(program);
  } catch (error) {
    if (error instanceof ProgramError) return error;
    throw error;
  }
  throw new Error("The program was accepted");
}

describe("checkProgram", () => {
  it("accepts the small programs and says how much a proof opens", () => {
    for (let seed = 0; seed < 5; seed++) {
      expect(checkProgram(perceptron(seed)).proofs.map(({ tiles }) => tiles)).to.deep.equal([2, 2, 2, 1, 1]);
      const { ranges, header } = checkProgram(network(seed));
      expect(header).to.deep.include({
        slots: 10,
        constants: 5,
        inputBytes: 768,
        outputBytes: 56,
        tensorDepth: 1,
      });
      expect(hull(ranges[9]!)).to.deep.equal({ min: 0n, max: 10n });
    }
  });

  it("says what is refused, why and what to do", () => {
    const program = single(
      [
        ["u8", 4],
        ["i32", 4],
      ],
      (builder) => ({
        op: "Div",
        operands: [builder.input(1), builder.input(1)],
        out: row("i32", 4),
      }),
    );
    const error = refusalOf(program);
    expect(error.step).to.equal(0);
    expect(error.message).to.equal(
      [
        "Step 0 (Div) is refused: a divisor may be -2147483648; only divisors above zero are the same on every processor.",
        "",
        "step: 0",
        "op: Div",
        "remedy: Insert Clip with a lower bound of 1 before the divisor.",
      ].join("\n"),
    );
  });

  const refusals: Record<string, readonly [reason: string, make: () => Program]> = {
    "S-01: a sum that leaves 32 bits": [
      "do not fit i32",
      () =>
        single([["i32", 4]], (builder) => ({
          op: "Add",
          operands: [builder.input(0), builder.input(0)],
          out: row("i32", 4),
        })),
    ],
    "S-01: signed weights beyond ±64": [
      "reach from -65 to 64",
      () =>
        single([["u8", 1, 2]], (builder) => ({
          op: "MatMulInteger",
          operands: [builder.input(0), builder.constant(row("i8", 2, 1), Int8Array.of(64, -65))],
          attributes: [0, 0],
          out: row("i32", 1, 1),
        })),
    ],
    "S-03: signed weights that an input may set": [
      "reach from -128 to 127",
      () =>
        single(
          [
            ["u8", 1, 2],
            ["i8", 2, 1],
          ],
          (builder) => ({
            op: "MatMulInteger",
            operands: [builder.input(0), builder.input(1)],
            attributes: [0, 0],
            out: row("i32", 1, 1),
          }),
        ),
    ],
    "S-03: a divisor that an input may make zero": [
      "may be -2147483648",
      () =>
        single([["i32", 4]], (builder) => ({
          op: "Div",
          operands: [builder.input(0), builder.input(0)],
          out: row("i32", 4),
        })),
    ],
    "a constant divisor of zero": [
      "may be 0",
      () =>
        single([["i32", 2]], (builder) => ({
          op: "Div",
          operands: [builder.input(0), builder.constant(row("i32", 2), Int32Array.of(1, 0))],
          out: row("i32", 2),
        })),
    ],
    "S-03: a Cast that would wrap": [
      "do not fit u8",
      () =>
        single([["i32", 4]], (builder) => ({ op: "Cast", operands: [builder.input(0)], out: row("u8", 4) })),
    ],
    "an operand that is not of its producer's layout": [
      "operand 0 is declared with another",
      () => {
        const program = network(1);
        const step = program.steps[1]!;
        const plain = { ...step.operands[0]!, type: row("i32", 1, 8, 16, 16) };
        return {
          ...program,
          steps: program.steps.with(1, { ...step, operands: [plain, step.operands[1]!] }),
        };
      },
    ],
    "an operand that is part of an input": [
      "operand 0 is declared with another",
      () =>
        single([["u8", 16]], () => ({
          op: "Reshape",
          operands: [{ source: { kind: "input", offset: 8 }, type: row("u8", 8) }],
          out: row("u8", 8),
        })),
    ],
    "a constant read under another shape": [
      "operand 1 is declared with another",
      () =>
        single([["i32", 4]], (builder) => {
          const constant = builder.constant(row("i32", 4), new Int32Array(4));
          return {
            op: "Add",
            operands: [builder.input(0), { ...constant, type: row("i32", 1, 4) }],
            out: row("i32", 1, 4),
          };
        }),
    ],
    "a constant that is not what its type says": [
      "constant 1 is not what its type says",
      () => ({
        ...perceptron(1),
        constants: perceptron(1).constants.with(1, { type: row("i32", 10), data: new Int32Array(9) }),
      }),
    ],
    "a constant in an array of another type": [
      "constant 1 is not what its type says",
      () => ({
        ...perceptron(1),
        constants: perceptron(1).constants.with(1, { type: row("i32", 10), data: new Uint8Array(10) }),
      }),
    ],
    "an input that is not row-major": [
      "input 0 has no valid row-major type",
      () => ({
        ...perceptron(1),
        inputs: [tensorType("u8", [2, 64], [1, 0])],
      }),
    ],
    "S-04: an output that is an input": [
      "not computed by a step",
      () => ({ ...perceptron(1), outputs: [-1] }),
    ],
    "an output that no step computes": ["not computed by a step", () => ({ ...perceptron(1), outputs: [4] })],
    "an output given twice": ["given twice", () => ({ ...perceptron(1), outputs: [3, 3] })],
    "no output": ["not 1 to 16 outputs", () => ({ ...perceptron(1), outputs: [] })],
    "no step": ["no step", () => ({ ...perceptron(1), steps: [], outputs: [0] })],
    "more than 16 outputs": [
      "not 1 to 16 outputs",
      () => ({ ...perceptron(1), outputs: Array.from({ length: 17 }, (_, i) => i) }),
    ],
    "an attribute that fits no descriptor": [
      "does not fit its descriptor",
      () => {
        const program = perceptron(1);
        const clip = program.steps[3]!;
        return { ...program, steps: program.steps.with(3, { ...clip, attributes: [0n, 2n ** 64n + 5n] }) };
      },
    ],
    "a dimension that fits no descriptor": [
      "does not fit its descriptor",
      () => {
        const program = perceptron(1);
        const clip = program.steps[3]!;
        return { ...program, steps: program.steps.with(3, { ...clip, out: row("i32", 2, 10.5) }) };
      },
    ],
    "S-05: a layout in which one element reads too many tiles": [
      "bytes, more than 98304",
      () => {
        const builder = new ProgramBuilder([row("u8", 1, 2000)]);
        const weights = builder.constant(row("i8", 2000, 1024), new Int8Array(2000 * 1024));
        return builder.build([
          builder.step("MatMulInteger", [builder.input(0), weights], [0, 0], row("i32", 1, 1024)),
        ]);
      },
    ],
  };
  for (const [name, [reason, make]] of Object.entries(refusals)) {
    it(`refuses ${name}`, () => {
      const error = refusalOf(make());
      expect(error.shortMessage).to.include(reason);
      expect(error.facts).to.have.property("remedy");
    });
  }

  it("accepts the same program with weights in columns, where few tiles are read", () => {
    const builder = new ProgramBuilder([row("u8", 1, 2000)]);
    const weights = builder.constant(tensorType("i8", [2000, 1024], [1, 0]), new Int8Array(2000 * 1024));
    const out = builder.step("MatMulInteger", [builder.input(0), weights], [0, 0], row("i32", 1, 1024));
    expect(checkProgram(builder.build([out])).proofs[0]!.tiles).to.be.at.most(5);
  });

  it("S-02: accepts or refuses every altered program, and never fails otherwise", () => {
    const program = network(1);
    const isChecked = (value: number, index: number): void => {
      const step = mutateStep(program.steps[index]!, new Random(value));
      try {
        checkProgram({ ...program, steps: program.steps.with(index, step) });
      } catch (error) {
        if (!(error instanceof ProgramError)) throw error;
      }
    };
    fc.assert(fc.property(fc.nat(), fc.nat(program.steps.length - 1), isChecked), { numRuns: 300 });
  });
});
