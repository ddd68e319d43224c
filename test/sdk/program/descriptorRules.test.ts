import {
  descriptorFault,
  descriptorRules,
  encodeDescriptor,
  operandFault,
  type Step,
  type TensorType,
  tensorType,
} from "@assay/sdk/program";
import type { ProgramHeader } from "@assay/sdk/protocol";
import { expect } from "chai";

const header: ProgramHeader = {
  operatorSet: 1,
  slots: 20,
  constants: 3,
  maxPasses: 1,
  inputBytes: 100,
  outputBytes: 24,
  tensorDepth: 2,
};

const slot = (index: number, type: TensorType): Step["operands"][number] => ({
  source: { kind: "slot", index },
  type,
});
const row = tensorType("i32", [4]);
const add: Step = { op: "Add", operands: [slot(0, row), slot(1, row)], attributes: [], out: row };
const faultOf = (step: Step, index = 10): number => descriptorFault(header, index, encodeDescriptor(step));
describe("Descriptor rules", () => {
  const bytes = encodeDescriptor(add);
  const edited = (at: number, value: number): number => descriptorFault(header, 10, bytes.with(at, value));
  const out = (step: Step, type: TensorType): Step => ({ ...step, out: type });
  const tensor = (dtype: TensorType["dtype"], ...shape: number[]) => tensorType(dtype, shape);
  const image = tensor("u8", 1, 2, 4, 4);
  const convolution = (
    attributes: number[],
    x = image,
    w = tensor("u8", 2, 2, 3, 3),
    y = tensor("i32", 1, 2, 4, 4),
  ) =>
    faultOf({
      op: "ConvInteger",
      operands: [slot(0, x), slot(1, w)],
      attributes: attributes.map(BigInt),
      out: y,
    });
  const pads = [1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0];
  const pool = (attributes: number[], y = tensor("u8", 1, 2, 2, 2), x = image) =>
    faultOf({ op: "MaxPool", operands: [slot(0, x)], attributes: attributes.map(BigInt), out: y });
  const product = (a: TensorType, b: TensorType, y: TensorType, zeros = [0n, 0n]) =>
    faultOf({ op: "MatMulInteger", operands: [slot(0, a), slot(1, b)], attributes: zeros, out: y });
  const collect = (operands: Step["operands"], length: number, own = header) =>
    descriptorFault(
      own,
      own.slots,
      encodeDescriptor({ op: "Collect", operands, attributes: [], out: tensor("u8", length) }),
    );

  const cases: Record<number, (readonly [string, () => number])[]> = {
    0: [
      ["addition", () => faultOf(add)],
      ["convolution", () => convolution(pads)],
      ["pooling", () => pool([2, 2, 0, 0, 0, 0, 2, 2, 1, 1])],
      ["i8 product", () => product(tensor("u8", 1, 32768), tensor("i8", 32768, 2), tensor("i32", 1, 2))],
      [
        "u8 product",
        () => product(tensor("u8", 3, 1, 8192), tensor("u8", 8192, 2), tensor("i32", 3, 1, 2), [255n, 255n]),
      ],
      ["collect", () => collect([slot(0, row), slot(1, tensor("i32", 2))], 24)],
    ],
    1: [
      ["no byte", () => descriptorFault(header, 10, new Uint8Array())],
      ...[...bytes.keys()]
        .slice(1)
        .map(
          (length) =>
            [`${length} bytes`, () => descriptorFault(header, 10, bytes.subarray(0, length))] as const,
        ),
    ],
    2: [
      ["opcode 0", () => edited(0, 0)],
      ["opcode 34", () => edited(0, 34)],
      ["opcode 252", () => edited(0, 252)],
    ],
    3: [
      ["dtype 0", () => edited(1, 0)],
      ["dtype 10", () => edited(1, 10)],
    ],
    4: [
      ["rank 9", () => edited(2, 9)],
      ["rank 255", () => edited(2, 255)],
    ],
    5: [
      ["dimension 0", () => edited(6, 0)],
      ["dimension 2^31", () => edited(3, 128)],
    ],
    6: [
      ["axis 1 of 1", () => edited(7, 1)],
      ["an axis twice", () => faultOf(out(add, tensorType("i32", [2, 2], [1, 1])))],
    ],
    7: [
      ["2^33 + 4 elements", () => faultOf(out(add, tensor("i32", 2 ** 30 + 1, 4)))],
      ["8 × (2^31 - 1)", () => faultOf(out(add, tensor("u8", ...new Array(8).fill(2 ** 31 - 1))))],
    ],
    8: [
      ["9 operands", () => faultOf({ ...add, operands: new Array(9).fill(slot(0, row)) })],
      ["17 outputs", () => collect(new Array(17).fill(slot(0, row)), 24)],
    ],
    9: [["source 3", () => edited(9, 3)]],
    10: [["17 attributes", () => faultOf({ ...add, attributes: new Array(17).fill(0n) })]],
    11: [["one byte more", () => descriptorFault(header, 10, Uint8Array.of(...bytes, 0))]],
    12: [
      [
        "Collect in the middle",
        () => faultOf({ op: "Collect", operands: [slot(0, row)], attributes: [], out: tensor("u8", 16) }),
      ],
      ["Add at the end", () => faultOf(add, 20)],
    ],
    13: [
      ["one operand", () => faultOf({ ...add, operands: [slot(0, row)] })],
      ["no output", () => collect([], 24)],
    ],
    14: [["an attribute", () => faultOf({ ...add, attributes: [0n] })]],
    15: [["itself", () => faultOf({ ...add, operands: [slot(0, row), slot(10, row)] })]],
    16: [
      [
        "constant 3 of 3",
        () =>
          faultOf({
            ...add,
            operands: [slot(0, row), { source: { kind: "constant", index: 3 }, type: row }],
          }),
      ],
    ],
    17: [
      [
        "offset 4",
        () =>
          faultOf({
            ...add,
            operands: [slot(0, row), { source: { kind: "input", offset: 4 }, type: row }],
          }),
      ],
    ],
    18: [
      [
        "column-major",
        () =>
          faultOf({
            ...add,
            operands: [
              { source: { kind: "input", offset: 0 }, type: tensorType("i32", [2, 2], [1, 0]) },
              slot(1, row),
            ],
          }),
      ],
    ],
    19: [
      [
        "16 bytes at 88 of 100",
        () =>
          faultOf({
            ...add,
            operands: [slot(0, row), { source: { kind: "input", offset: 88 }, type: row }],
          }),
      ],
    ],
    20: [
      ["a constant", () => collect([{ source: { kind: "constant", index: 0 }, type: tensor("u8", 24) }], 24)],
    ],
    21: [
      ["i32 + i64", () => faultOf({ ...add, operands: [slot(0, row), slot(1, tensor("i64", 4))] })],
      ["i8 × i8", () => product(tensor("i8", 2, 2), tensor("i8", 2, 2), tensor("i32", 2, 2))],
      ["i8 kernels", () => convolution(pads, image, tensor("i8", 2, 2, 3, 3))],
      [
        "pooling of i32",
        () => pool([2, 2, 0, 0, 0, 0, 2, 2, 1, 1], tensor("i32", 1, 2, 2, 2), tensor("i32", 1, 2, 4, 4)),
      ],
    ],
    22: [
      ["i64 sum of i32", () => faultOf(out(add, tensor("i64", 4)))],
      ["i64 product", () => product(tensor("u8", 2, 2), tensor("i8", 2, 2), tensor("i64", 2, 2))],
      [
        "i32 ArgMax",
        () => faultOf({ op: "ArgMax", operands: [slot(0, row)], attributes: [0n, 0n], out: tensor("i32") }),
      ],
      [
        "i32 reshaped to u8",
        () => faultOf({ op: "Reshape", operands: [slot(0, row)], attributes: [], out: tensor("u8", 4) }),
      ],
    ],
    23: [
      ["row × matrix", () => product(tensor("u8", 2), tensor("i8", 2, 2), tensor("i32", 2))],
      ["sum of higher rank", () => faultOf(out(add, tensor("i32", 1, 4)))],
      [
        "ArgMax of a scalar",
        () =>
          faultOf({
            op: "ArgMax",
            operands: [slot(0, tensor("i32"))],
            attributes: [0n, 0n],
            out: tensor("i64"),
          }),
      ],
      [
        "pooling of rank 3",
        () => pool([2, 2, 0, 0, 0, 0, 2, 2, 1, 1], tensor("u8", 2, 2, 2), tensor("u8", 2, 4, 4)),
      ],
    ],
    24: [
      [
        "zero point 256",
        () => product(tensor("u8", 2, 2), tensor("i8", 2, 2), tensor("i32", 2, 2), [256n, 0n]),
      ],
      [
        "zero point of i8",
        () => product(tensor("u8", 2, 2), tensor("i8", 2, 2), tensor("i32", 2, 2), [0n, 1n]),
      ],
      ["stride 0", () => convolution(pads.with(4, 0))],
      ["negative pad", () => convolution(pads.with(0, -1))],
      ["group 0", () => convolution(pads.with(8, 0))],
      ["pad as wide as the kernel", () => pool([2, 2, 2, 0, 0, 0, 2, 2, 1, 1])],
      ["a window sparser than the image", () => pool([1, 2, 0, 0, 0, 0, 2, 2, 1, 5])],
      [
        "min above max",
        () => faultOf({ op: "Clip", operands: [slot(0, row)], attributes: [1n, 0n], out: row }),
      ],
      [
        "bound beyond i32",
        () => faultOf({ op: "Clip", operands: [slot(0, row)], attributes: [0n, 2n ** 31n], out: row }),
      ],
      [
        "axis 1 of 1",
        () => faultOf({ op: "ArgMax", operands: [slot(0, row)], attributes: [1n, 0n], out: tensor("i64") }),
      ],
    ],
    25: [
      ["4 + 3", () => faultOf({ ...add, operands: [slot(0, row), slot(1, tensor("i32", 3))] })],
      ["inner 2 × 3", () => product(tensor("u8", 2, 2), tensor("i8", 3, 2), tensor("i32", 2, 2))],
      ["batch 2 × 3", () => product(tensor("u8", 2, 2, 2), tensor("i8", 3, 2, 2), tensor("i32", 3, 2, 2))],
      ["group of other channels", () => convolution(pads.with(8, 2))],
      ["kernel wider than the image", () => convolution(pads.with(6, 5).with(7, 5))],
      ["a dilation near 2^31", () => convolution(pads.with(6, 2 ** 31 - 1))],
    ],
    26: [
      ["sum of another shape", () => faultOf(out(add, tensor("i32", 5)))],
      [
        "product of another shape",
        () => product(tensor("u8", 2, 2), tensor("i8", 2, 2), tensor("i32", 2, 3)),
      ],
      ["a window too few", () => pool([2, 2, 0, 0, 0, 0, 2, 2, 1, 1], tensor("u8", 1, 2, 2, 1))],
      [
        "another count",
        () => faultOf({ op: "Reshape", operands: [slot(0, row)], attributes: [], out: tensor("i32", 5) }),
      ],
      [
        "cast to another shape",
        () => faultOf({ op: "Cast", operands: [slot(0, row)], attributes: [], out: tensor("u8", 2, 2) }),
      ],
      ["an output not filled", () => collect([slot(0, row)], 24)],
      [
        "outputs without their gap",
        () => collect([slot(0, tensor("u8", 1)), slot(1, row)], 17, { ...header, outputBytes: 17 }),
      ],
      ["another length than the header's", () => collect([slot(0, row)], 16)],
    ],
    27: [
      ["8193 u8 products", () => product(tensor("u8", 1, 8193), tensor("u8", 8193, 1), tensor("i32", 1, 1))],
      [
        "32769 i8 products",
        () => product(tensor("u8", 1, 32769), tensor("i8", 32769, 1), tensor("i32", 1, 1)),
      ],
      [
        "ArgMax over 32769",
        () =>
          faultOf({
            op: "ArgMax",
            operands: [slot(0, tensor("u8", 32769))],
            attributes: [0n, 0n],
            out: tensor("i64"),
          }),
      ],
      [
        "kernels of 9000",
        () =>
          convolution(
            [0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0],
            tensor("u8", 1, 9000, 1, 1),
            tensor("u8", 1, 9000, 1, 1),
            tensor("i32", 1, 1, 1, 1),
          ),
      ],
    ],
    28: [
      [
        "257 tiles in depth 2",
        () =>
          faultOf({
            op: "Cast",
            operands: [slot(0, tensor("u8", 262145))],
            attributes: [],
            out: tensor("u8", 262145),
          }),
      ],
    ],
  };

  for (const [rule, breakers] of Object.entries(cases)) {
    it(`${rule}: ${descriptorRules[Number(rule)] ?? "well formed"}`, () => {
      for (const [name, fault] of breakers) expect(fault(), name).to.equal(Number(rule));
    });
  }

  it(`29: ${descriptorRules[29]}`, () => {
    const producer = (type: TensorType): Uint8Array =>
      encodeDescriptor({ op: "Cast", operands: [slot(0, type)], attributes: [], out: type });
    const consumer: Step = {
      op: "Cast",
      operands: [slot(5, tensorType("i32", [2, 2], [1, 0]))],
      attributes: [],
      out: tensor("u8", 2, 2),
    };
    const fault = (made: Uint8Array, read = encodeDescriptor(consumer), operand = 0): number =>
      operandFault(header, 10, read, operand, made);
    expect(fault(producer(tensorType("i32", [2, 2], [1, 0])))).to.equal(0);
    expect(fault(producer(tensor("i32", 2, 2)))).to.equal(29);
    expect(fault(producer(tensorType("u8", [2, 2], [1, 0])))).to.equal(29);
    expect(fault(producer(tensor("i32", 4)))).to.equal(29);
    expect(fault(producer(tensor("i32", 4)), undefined, 1), "no such operand").to.equal(0);
    expect(fault(new Uint8Array()), "unreadable producer").to.equal(1);
    expect(fault(producer(row), Uint8Array.of(9)), "unreadable consumer").to.equal(1);
  });
});
