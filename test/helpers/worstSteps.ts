// Programs of one step whose proofs are the largest and dearest, and programs whose proofs are too large.
import { type OpName, type Program, type Step, tensorType } from "@assay/sdk/program";
import { laidOut, programOf } from "./proofs.ts";
import type { Random } from "./random.ts";
import { randomType } from "./steps.ts";

const conv = (
  channels: number,
  size: readonly [number, number],
  kernel: readonly [number, number],
  last = false,
) => {
  const layout = last ? [0, 2, 3, 1] : undefined;
  const filters = 4;
  const out = [1, filters, size[0] - kernel[0] + 1, size[1] - kernel[1] + 1];
  const types = [
    tensorType("u8", [1, channels, ...size]),
    tensorType("u8", [filters, channels, ...kernel], layout),
  ];
  return programOf("ConvInteger", types, tensorType("i32", out), [0, 0, 0, 0, 1, 1, 1, 1, 1, 128, 128], [1]);
};

const product = (dtype: "u8" | "i8", inner: number, columns: number, layout?: number[]): Program =>
  programOf(
    "MatMulInteger",
    [tensorType("u8", [2, inner]), tensorType(dtype, [inner, columns], layout)],
    tensorType("i32", [2, columns]),
    [128, dtype === "u8" ? 128 : 0],
    [1],
  );

const pool = (height: number, width: number): Program =>
  programOf("MaxPool", [tensorType("u8", [1, 2, height, width])], tensorType("u8", [1, 2, 1, 1]), [
    ...[height, width, 0, 0, 0, 0, 1, 1, 1, 1],
  ]);

const largest = (dtype: "u8" | "i64", size: number): Program =>
  programOf("ArgMax", [tensorType(dtype, [2, size])], tensorType("i64", [2]), [1, 0]);

/** Along an axis of numbers between 0 and 255. */
function along(op: "ReduceSum" | "ReduceMax" | "CumSum", dtype: "i32" | "i64", size: number): Program {
  const type = tensorType(dtype, [2, size]);
  const out = op === "CumSum" ? type : tensorType(dtype, [2]);
  return laidOut({
    op,
    operands: [{ source: { kind: "slot", index: 0 }, type }],
    attributes: (op === "CumSum" ? [1, 0, 0] : [1, 0]).map(BigInt),
    out,
  });
}

/** All places but the first one are written. */
function scatter(size: number): Program {
  const places = tensorType("i32", [4, size]);
  const types = [tensorType("u8", [4, size + 1]), places, tensorType("u8", [4, size])];
  const program = programOf("ScatterElements", types, types[0]!, [1], [1]);
  const data = Int32Array.from({ length: 4 * size }, (_, index) => (index % size) + 1);
  return { ...program, constants: [{ type: places, data }] };
}

/** Accepted ones, near the limits where there are any. */
export const worstSteps: Readonly<Record<string, () => Program>> = {
  "MatMulInteger of 8192 in columns": () => product("i8", 8192, 16, [1, 0]),
  "MatMulInteger of 16384 in columns": () => product("i8", 16384, 16, [1, 0]),
  "MatMulInteger of 1024 in 16 rows": () => product("u8", 1024, 16),
  "MatMulInteger of 32 in rows": () => product("u8", 32, 1024),
  "ConvInteger 3x3 of 16 channels": () => conv(16, [16, 16], [3, 3]),
  "ConvInteger 3x3 of 128 channels on 7x7": () => conv(128, [7, 7], [3, 3]),
  "ConvInteger 1x1 of 512 channels on 2x2": () => conv(512, [2, 2], [1, 1]),
  "MaxPool 16x16": () => pool(16, 16),
  "MaxPool 56x56": () => pool(56, 56),
  "ArgMax over 4096 bytes": () => largest("u8", 4096),
  "MaxPool 16x16 in columns": () =>
    laidOut({
      op: "MaxPool",
      operands: [
        {
          source: { kind: "slot", index: 0 },
          type: tensorType("u8", [1, 2, 256, 256], [0, 1, 3, 2]),
        },
      ],
      attributes: [16, 16, 0, 0, 0, 0, 16, 16, 16, 16].map(BigInt),
      out: tensorType("u8", [1, 2, 1, 1]),
    }),
  "ArgMax over an outer axis": () =>
    programOf("ArgMax", [tensorType("u8", [400, 100])], tensorType("i64", [100]), [0, 0]),
  "ArgMax over 1000 numbers of 64 bits": () => largest("i64", 1000),
  "ReduceSum over 2000 numbers of 64 bits": () => along("ReduceSum", "i64", 2000),
  "ReduceSum over 4000 numbers of 32 bits": () => along("ReduceSum", "i32", 4000),
  "ReduceMax over 4000 numbers of 32 bits": () => along("ReduceMax", "i32", 4000),
  "CumSum over 4000 numbers of 32 bits": () => along("CumSum", "i32", 4000),
  "ScatterElements of 1024 places": () => scatter(1024),
};

/** The operators of which one element may read many. */
export const sweeping: readonly OpName[] = [
  "MatMulInteger",
  "ConvInteger",
  "MaxPool",
  "ArgMax",
  "ReduceSum",
  "ReduceMax",
  "CumSum",
  "ScatterElements",
];

/** A step of some size in random layouts, whose elements read many tiles. */
export function largeStep(op: OpName, random: Random): Step {
  const size = (most: number) => random.integer(1, most);
  const attributes = (values: readonly number[]) => values.map(BigInt);
  const slots = (types: readonly Step["out"][]) =>
    types.map((type, index) => ({ source: { kind: "slot", index } as const, type }));
  if (op === "MatMulInteger") {
    const [batch, rows, inner, columns] = [size(2), size(4), size(600), size(40)];
    const types = [
      randomType(random, "u8", [batch, rows, inner]),
      randomType(random, "i8", [inner, columns]),
    ];
    const out = randomType(random, "i32", [batch, rows, columns]);
    return { op, operands: slots(types), attributes: [0n, 0n], out };
  }
  if (op === "ConvInteger" || op === "MaxPool") {
    const [channels, height, width] = [size(24), 6 + size(20), 6 + size(20)];
    const [kernelY, kernelX, dilation] = [size(3), size(3), size(2)];
    const [padY, padX, stride] = [random.integer(0, kernelY - 1), random.integer(0, kernelX - 1), size(2)];
    const places = (length: number, kernel: number, pad: number) =>
      Math.floor((length + 2 * pad - (kernel - 1) * dilation - 1) / stride) + 1;
    const x = randomType(random, "u8", [1, channels, height, width]);
    const moves = [padY, padX, padY, padX, stride, stride, dilation, dilation];
    const image = [places(height, kernelY, padY), places(width, kernelX, padX)];
    if (op === "MaxPool") {
      const out = randomType(random, "u8", [1, channels, ...image]);
      return { op, operands: slots([x]), attributes: attributes([kernelY, kernelX, ...moves]), out };
    }
    const w = randomType(random, "u8", [size(4), channels, kernelY, kernelX]);
    const out = randomType(random, "i32", [1, w.shape[0]!, ...image]);
    return { op, operands: slots([x, w]), attributes: attributes([...moves, 1, 3, 5]), out };
  }
  const shape = [size(30), size(30), size(12)];
  const axis = random.integer(0, 2);
  if (op === "ScatterElements") {
    const places = shape.with(axis, size(40));
    const types = [shape, places, places].map((own, operand) =>
      randomType(random, operand === 1 ? "i64" : "i16", own),
    );
    return { op, operands: slots(types), attributes: [BigInt(axis)], out: randomType(random, "i16", shape) };
  }
  if (op !== "ArgMax") {
    const x = randomType(random, random.pick(["i32", "i64"] as const), shape);
    const isSum = op === "CumSum";
    const out = randomType(random, x.dtype, isSum ? shape : shape.toSpliced(axis, 1));
    return { op, operands: slots([x]), attributes: attributes(isSum ? [axis, 0, 1] : [axis, 0]), out };
  }
  const x = randomType(random, random.pick(["u8", "i32", "i64"] as const), shape);
  const out = randomType(random, "i64", shape.toSpliced(axis, 1));
  return { op: "ArgMax", operands: slots([x]), attributes: attributes([axis, 0]), out };
}

/** Accepted once; the first ones by samples of elements, although others read thousands of tiles. */
export const unprovable: Readonly<Record<string, () => Program>> = {
  "a tall kernel whose worst window is not sampled": () =>
    programOf(
      "ConvInteger",
      [tensorType("u8", [1, 1, 4096, 1024]), tensorType("u8", [1, 1, 4096, 1])],
      tensorType("i32", [1, 1, 64_096, 1024]),
      [4095, 0, 60_000, 0, 1, 1, 1, 1, 1, 0, 0],
      [1],
    ),
  "MatMulInteger of 32768 in 2 rows": () => product("i8", 32_768, 2),
  "MatMulInteger of 32768 in columns": () => product("i8", 32_768, 2, [1, 0]),
  "MatMulInteger of 8192 in 10 rows": () => product("u8", 8192, 10),
  "ConvInteger 1x1 of 8192 channels on 1x8": () => conv(8192, [1, 8], [1, 1]),
  "ArgMax over 32768 bytes": () => largest("u8", 32_768),
};
