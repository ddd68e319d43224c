// Several samples at once: the bits of each are what they are alone, or the program is refused.
import {
  batchProgram,
  checkProgram,
  execute,
  joinInputs,
  NotBatchableError,
  type OpName,
  type Program,
  packedOffsets,
  sampleOf,
  type Tensor,
  type TensorType,
  tensorType,
} from "@assay/sdk/program";
import { expect } from "chai";
import { counter } from "../../helpers/iterated.ts";
import { network, ProgramBuilder, perceptron } from "../../helpers/programs.ts";
import { programOf } from "../../helpers/proofs.ts";
import { Random } from "../../helpers/random.ts";

/** Packs tensors as `packInputs` does. */
function packed(program: Program, tensors: readonly Tensor[]): Uint8Array {
  const { offsets, length } = packedOffsets(program.inputs);
  const bytes = new Uint8Array(length);
  tensors.forEach(({ data }, index) => {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offsets[index]!.start);
  });
  return bytes;
}

/** Asserts that every tensor of every sample is the same in a batch as alone. */
function expectApart(program: Program, sizes: readonly number[], seed: number): void {
  const random = new Random(seed);
  for (const size of sizes) {
    const batched = batchProgram(program, size);
    const samples = Array.from({ length: size }, () => random.bytes(packedOffsets(program.inputs).length));
    const together = execute(batched, packed(batched, joinInputs(program, samples)));
    samples.forEach((input, sample) => {
      execute(program, input).forEach((tensor, slot) => {
        const type = batched.steps[slot]!.out;
        const isCounted = type.shape[0] !== tensor.type.shape[0] || size === 1;
        const own = isCounted ? sampleOf(together[slot]!, tensor.type, sample) : together[slot]!;
        expect(own.data, `${size} samples, sample ${sample}, slot ${slot}`).to.deep.equal(tensor.data);
      });
    });
  }
}

/** Attention over one sample, with what transformers do besides: tables, reductions, transposes, masks. */
function attention(): Program {
  const random = new Random(9);
  const [tokens, width] = [6, 8];
  const builder = new ProgramBuilder([tensorType("u8", [1, tokens, width]), tensorType("i32", [1, tokens])]);
  const of = (
    op: OpName,
    operands: Parameters<typeof builder.step>[1],
    attributes: number[],
    out: TensorType,
  ) => builder.step(op, operands, attributes, out);
  const i32 = (...shape: number[]) => tensorType("i32", shape);
  const padded = (values: number[], rest = values.length) => [
    ...values,
    ...Array.from({ length: 8 - values.length }, (_, index) => (rest < 0 ? index + values.length : 0)),
  ];
  const weights = tensorType("i8", [width, width], [1, 0]);
  const data = random.data("i8", width * width, { min: -64n, max: 64n });
  const queries = of(
    "MatMulInteger",
    [builder.input(0), builder.constant(weights, data)],
    [7, 0],
    i32(1, tokens, width),
  );
  const bytes = of(
    "Cast",
    [of("Clip", [queries], [0, 255], queries.type)],
    [],
    tensorType("u8", [1, tokens, width]),
  );
  const keys = of(
    "Transpose",
    [bytes],
    padded([0, 2, 1], -1),
    tensorType("u8", [1, width, tokens], [0, 2, 1]),
  );
  const scores = of("MatMulInteger", [bytes, keys], [3, 5], i32(1, tokens, tokens));
  const most = of("ReduceMax", [scores], [2, 1], i32(1, tokens, 1));
  const less = of("Sub", [scores, most], [], scores.type);
  const clipped = of(
    "Clip",
    [of("Div", [less, builder.constant(i32(1), Int32Array.of(9))], [], less.type)],
    [-63, 0],
    less.type,
  );
  const index = of("Add", [clipped, builder.constant(i32(1), Int32Array.of(63))], [], clipped.type);
  const table = builder.constant(i32(64), random.data("i32", 64, { min: 0n, max: 999n }));
  const weighted = of("Gather", [table, index], [0], i32(1, tokens, tokens));
  const mask = of("Clip", [builder.input(1)], [0, tokens - 1], i32(1, tokens));
  const places = of("Expand", [of("Reshape", [mask], [], i32(1, tokens, 1))], [], i32(1, tokens, tokens));
  const picked = of("GatherElements", [weighted, places], [2], weighted.type);
  const joined = of("Concat", [picked, weighted], [2], i32(1, tokens, 2 * tokens));
  const steps = [...padded([0, 1, 2]), ...padded([1, 2, 3]).map((step) => step || 1)];
  const sliced = of("Slice", [joined], steps, i32(1, 3, 3));
  const wider = of("Pad", [sliced], [...padded([0, 1, 0]), -4], i32(1, 5, 4));
  const sums = of("CumSum", [wider], [1, 0, 1], wider.type);
  const total = of("ReduceSum", [sums], [2, 0], i32(1, 5));
  const even = of(
    "Equal",
    [total, of("ReduceMax", [sums], [2, 0], i32(1, 5))],
    [],
    tensorType("bool", [1, 5]),
  );
  const chosen = of(
    "Where",
    [even, total, builder.constant(i32(1, 5), new Int32Array(5).fill(-1))],
    [],
    total.type,
  );
  return builder.build([chosen, of("ArgMax", [chosen], [1, 1], tensorType("i64", [1, 1]))]);
}

describe("batchProgram", () => {
  const single = perceptron(3, { rows: 1, inner: 67, columns: 9 });

  it("computes for every sample what it computes alone", () => {
    checkProgram(attention());
    expectApart(single, [1, 2, 5, 16], 1);
    expectApart(network(3), [1, 3], 2);
    expectApart(attention(), [1, 2, 7], 3);
  });

  it("refuses what would mix samples, by step and operator", () => {
    const row = (dtype: "u8" | "i32", ...shape: number[]) => tensorType(dtype, shape);
    const i32 = (...shape: number[]) => row("i32", ...shape);
    const refused: [string, Program][] = [
      ["another first axis", perceptron(3)],
      ["no axis at all", programOf("Cast", [i32()], tensorType("i64", []))],
      ["passes of its own", counter()],
      ["a sum over the first axis", programOf("ReduceSum", [i32(1, 4)], i32(1, 4), [0, 1])],
      ["a product along the first axis", programOf("CumSum", [i32(1, 4)], i32(1, 4), [0, 0, 0])],
      ["a concatenation along the first axis", programOf("Concat", [i32(1, 4), i32(1, 4)], i32(2, 4), [0])],
      ["an operand of lower rank", programOf("Add", [i32(1), i32(1, 1)], i32(1, 1))],
      [
        "two matrices of one sample",
        programOf("MatMulInteger", [row("u8", 1, 1), row("u8", 1, 4)], i32(1, 4), [0, 0]),
      ],
      [
        "an index into another axis of a constant",
        programOf("Gather", [i32(1, 9), i32(1)], i32(1, 1), [1], [0]),
      ],
      ["elements of a constant", programOf("GatherElements", [i32(1, 9), i32(1, 2)], i32(1, 2), [1], [0])],
    ];
    for (const [name, program] of refused) {
      expect(() => batchProgram(program, 4), name).to.throw(NotBatchableError, "takes no batches");
    }
  });
});
