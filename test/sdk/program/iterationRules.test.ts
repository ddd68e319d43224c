// The rules of form of what goes from pass to pass, of what goes out, and of bools.
import { type Operand, type OpName, type TensorType, tensorType } from "@assay/sdk/program";
import type { ProgramHeader } from "@assay/sdk/protocol";
import { expect } from "chai";
import {
  constant,
  fault,
  input,
  iterated,
  once,
  type Question,
  slot,
  t,
} from "../../helpers/operatorFault.ts";

const rules: Partial<Record<OpName, readonly Question[]>> = {
  Carry: [
    ["a later slot", 0, () => fault("Carry", [input(t("u8", 2)), slot(15, t("u8", 2))], [], t("u8", 2))],
    ["itself", 0, () => fault("Carry", [constant(t("u8", 2)), slot(10, t("u8", 2))], [], t("u8", 2))],
    ["Collect", 15, () => fault("Carry", [input(t("u8", 2)), slot(20, t("u8", 2))], [], t("u8", 2))],
    [
      "a slot to begin with",
      20,
      () => fault("Carry", [slot(0, t("u8", 2)), slot(15, t("u8", 2))], [], t("u8", 2)),
    ],
    [
      "a later slot to begin with",
      15,
      () => fault("Carry", [slot(15, t("u8", 2)), slot(15, t("u8", 2))], [], t("u8", 2)),
    ],
    [
      "a constant to go on with",
      20,
      () => fault("Carry", [input(t("u8", 2)), constant(t("u8", 2))], [], t("u8", 2)),
    ],
    [
      "a bool to go on with",
      21,
      () => fault("Carry", [input(t("u8", 2)), slot(15, t("bool", 2))], [], t("u8", 2)),
    ],
    [
      "another type of output",
      22,
      () => fault("Carry", [input(t("u8", 2)), slot(15, t("u8", 2))], [], t("i8", 2)),
    ],
    ["two shapes", 25, () => fault("Carry", [input(t("u8", 2)), slot(15, t("u8", 3))], [], t("u8", 2))],
    [
      "another output shape",
      26,
      () => fault("Carry", [input(t("u8", 2)), slot(15, t("u8", 2))], [], t("u8", 2, 1)),
    ],
  ],
  Stop: [
    ["a bool", 0, () => stop([t("bool", 1, 1)])],
    ["a byte", 0, () => stop([t("u8")])],
    ["where nothing is repeated", 12, () => stop([t("bool")], t("u8", 1), once)],
    ["in the middle", 12, () => stop([t("bool")], t("u8", 1), iterated, 18)],
    ["a constant", 20, () => stop([constant(t("u8"))])],
    ["an integer", 21, () => stop([t("i32")])],
    ["a bool as the outcome", 22, () => stop([t("u8")], t("bool", 1))],
    ["two elements", 25, () => stop([t("u8", 2)])],
    ["a scalar as the outcome", 26, () => stop([t("u8")], t("u8"))],
  ],
  Collect: [["a bool", 21, () => fault("Collect", [t("bool", 24)], [], t("u8", 24), { index: 20 })]],
};

function stop(
  operands: readonly (TensorType | Operand)[],
  out = t("u8", 1),
  header = iterated,
  index = 19,
): number {
  return fault("Stop", operands, [], out, { header, index });
}

describe("Rules of passes and outputs", () => {
  for (const [op, questions] of Object.entries(rules)) {
    it(`S-04: ${op} is well formed, or has the number of the first rule that it breaks`, () => {
      for (const [what, rule, ask] of questions) expect(ask(), what).to.equal(rule);
    });
  }

  it("S-03: a bool that is no slot has no source", () => {
    const cast = (operand: Operand) => fault("Cast", [operand], [], t("u8", 2));
    expect(cast(slot(0, t("bool", 2)))).to.equal(0);
    expect(cast(input(t("bool", 2)))).to.equal(9);
    expect(cast(constant(t("bool", 2)))).to.equal(9);
    const wide = tensorType("bool", [2 ** 31 - 1, 9]);
    expect(fault("Cast", [input(wide)], [], t("u8", 2)), "its geometry is read first").to.equal(7);
  });

  it("S-04: another operator in the place of Stop breaks rule 12", () => {
    const add = (index: number, header: ProgramHeader) =>
      fault("Add", [t("i32", 4), t("i32", 4)], [], t("i32", 4), { header, index });
    expect([18, 19, 20].map((index) => add(index, iterated))).to.deep.equal([0, 12, 12]);
    expect([18, 19, 20].map((index) => add(index, once))).to.deep.equal([0, 0, 12]);
  });
});
