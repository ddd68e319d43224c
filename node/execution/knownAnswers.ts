// Small programs with answers that were computed once and for all: they catch a machine, or a build, that is wrong
// in both executors alike.
import { commitProgram, type Program, type TensorType, tensorType } from "@assay/sdk/program";
import { byteRoot, type Hex } from "@assay/sdk/protocol";
import { SelfTestError } from "../errors.ts";
import type { Executor } from "./executor.ts";
import { generationCase } from "./knownGeneration.ts";
import { extremes, fill, randomData } from "./testData.ts";
import { chain, fromConstant, fromInput, fromSlot } from "./testPrograms.ts";

export type KnownAnswer = {
  name: string;
  program: Program;
  input: Uint8Array;
  outputRoot: Hex;
  passes?: number;
};

/** Runs every case; throws SelfTestError at the first wrong one. */
export async function checkKnownAnswers(executor: Executor): Promise<void> {
  for (const { name, program, input, outputRoot, passes = 1 } of knownAnswers()) {
    const execution = await executor.run(commitProgram(program), input);
    const computed = byteRoot(execution.output);
    if (computed !== outputRoot || execution.passes !== passes)
      throw new SelfTestError("A known answer came out differently.", {
        facts: {
          ...{ case: name, executor: executor.name, computed, expected: outputRoot },
          ...{ passes: execution.passes, expectedPasses: passes },
        },
        hint: "Serve nothing from this machine: reinstall with the pinned versions, or use another processor",
      });
  }
}

export function knownAnswers(): KnownAnswer[] {
  return [
    {
      // Full-range u8 against the largest weights: pairs of products overflow 16 bits where weights are larger.
      name: "matrix product, saturation, odd tail",
      ...matrixCase({ inner: 259, weight: tensorType("i8", [259, 5]), wide: false }),
      outputRoot: "0xdf675377a4338aced35002d1450ece81e4a144852208051421f4ffab585b305b",
    },
    {
      name: "matrix product of unsigned weights with zero points",
      ...matrixCase({ inner: 67, weight: tensorType("u8", [67, 3]), wide: true }),
      outputRoot: "0xb0a2430309f90dfbb499e1df962f9649588731298d183db2236099757bb4c6ab",
    },
    {
      name: "depthwise convolution, pooling, classes",
      ...convolutionCase(),
      outputRoot: "0x3a94e44ff6362b5d6fc6bb42904800df71e494b63a3d757207fc71ead182b2d5",
    },
    {
      // Of two that have the same upper half, some kernels compare the lower halves as if they had a sign.
      name: "comparisons of 64-bit integers, halves that are the same",
      ...comparisonCase(),
      outputRoot: "0xb523f25151840491920b61bc4f91fcc51168221a45a9fce67225f3f413a2a70b",
    },
    {
      name: "short generation with a cache",
      ...generationCase(),
      outputRoot: "0xc637c8860933e81a20265ba4ede73fc1949669e63b5035d52b084bcefcd9e499",
      passes: 7,
    },
  ];
}

function comparisonCase(): Pick<KnownAnswer, "program" | "input"> {
  const row = tensorType("i64", [25]);
  const lower = [0n, 5n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n];
  const upper = [-(2n ** 20n), -1n, 0n, 1n, 2n ** 20n].map((value) => value * 2n ** 32n);
  const data = BigInt64Array.from(upper.flatMap((high) => lower.map((low) => high + low)));
  const turned = {
    type: row,
    data: BigInt64Array.from(upper.flatMap((high) => lower.map((low) => high - low))),
  };
  const [x, other] = [fromInput(0, [row]), fromConstant(0, row)];
  const grid = tensorType("i64", [5, 5]);
  const program = chain(
    [row],
    [turned],
    [
      ["Clip", [x], [5, 2 ** 32 - 1], row],
      ["Min", [x, other], [], row],
      ["Max", [x, other], [], row],
      ["Less", [x, other], [], tensorType("bool", [25])],
      ["Cast", [fromSlot(3, tensorType("bool", [25]))], [], tensorType("u8", [25])],
      ["Reshape", [x], [], grid],
      ["ArgMax", [fromSlot(5, grid)], [1, 0], tensorType("i64", [5])],
    ],
  );
  return {
    program: { ...program, outputs: [0, 1, 2, 4, 6] },
    input: new Uint8Array(data.buffer),
  };
}

type Case = { inner: number; weight: TensorType; wide: boolean };

function matrixCase({ inner, weight, wide }: Case): Pick<KnownAnswer, "program" | "input"> {
  const columns = weight.shape[1]!;
  const input = tensorType("u8", [1, inner]);
  const sums = tensorType("i32", [1, columns]);
  const { least, greatest } = extremes(weight.dtype, "weights");
  const weights = fill(weight, greatest);
  for (let index = 0; index < weights.length; index += 3) weights[index] = Number(least);
  const divisor = tensorType("i32", [columns]);
  const program = chain(
    [input],
    [
      { type: weight, data: weights },
      { type: divisor, data: fill(divisor, 512n) },
    ],
    [
      ["MatMulInteger", [fromInput(0, [input]), fromConstant(0, weight)], wide ? [7, 131] : [0, 0], sums],
      ["Div", [fromSlot(0, sums), fromConstant(1, divisor)], [], sums],
      ["Clip", [fromSlot(1, sums)], [-128, 127], sums],
      ["Cast", [fromSlot(2, sums)], [], tensorType("i8", [1, columns])],
    ],
  );
  return { program: { ...program, outputs: [0, 3] }, input: new Uint8Array(inner).fill(255, 0, inner - 1) };
}

function convolutionCase(): Pick<KnownAnswer, "program" | "input"> {
  const image = tensorType("u8", [1, 4, 9, 9]);
  const kernel = tensorType("u8", [4, 1, 3, 3]);
  const sums = tensorType("i32", [1, 4, 5, 5]);
  const bias = tensorType("i32", [1, 4, 1, 1]);
  const bytes = tensorType("u8", [1, 4, 5, 5]);
  const pooled = tensorType("u8", [1, 4, 3, 3]);
  const flat = tensorType("u8", [1, 36]);
  const constants = [
    { type: kernel, data: randomData(kernel, 11) },
    { type: bias, data: Int32Array.of(-9_000, 0, 9_000, 100_000) },
    { type: bias, data: fill(bias, 1_024n) },
  ];
  const program = chain([image], constants, [
    [
      "ConvInteger",
      [fromInput(0, [image]), fromConstant(0, kernel)],
      [1, 1, 1, 1, 2, 2, 1, 1, 4, 128, 120],
      sums,
    ],
    ["Add", [fromSlot(0, sums), fromConstant(1, bias)], [], sums],
    ["Div", [fromSlot(1, sums), fromConstant(2, bias)], [], sums],
    ["Clip", [fromSlot(2, sums)], [0, 255], sums],
    ["Cast", [fromSlot(3, sums)], [], bytes],
    ["MaxPool", [fromSlot(4, bytes)], [3, 3, 1, 1, 1, 1, 2, 2, 1, 1], pooled],
    ["Reshape", [fromSlot(5, pooled)], [], flat],
    ["ArgMax", [fromSlot(6, flat)], [1, 1], tensorType("i64", [1, 1])],
  ]);
  const data = randomData(image, 12);
  return {
    program: { ...program, outputs: [6, 7] },
    input: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  };
}
