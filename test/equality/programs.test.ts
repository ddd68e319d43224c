// Whole programs give the same bits in the reference executor, on the chain, and in onnxruntime's native and WebAssembly
// builds, in both forms, at every level of optimization: what single steps do not show.
import {
  checkProgram,
  emitOnnx,
  executePasses,
  type Program,
  packedOffsets,
  type Ranges,
  readFastForm,
  type Tensor,
  unpackInputs,
} from "@assay/sdk/program";
import { expect } from "chai";
import * as native from "onnxruntime-node";
import * as web from "onnxruntime-web";
import { badInputs } from "../helpers/badInputs.ts";
import { fusedPrograms } from "../helpers/fusedPrograms.ts";
import { type Build, passesIn } from "../helpers/programRuns.ts";
import { Random } from "../helpers/random.ts";
import { randomProgram } from "../helpers/randomPrograms.ts";
import { type Harness, startHarness } from "./harness.ts";
import type { StepCase } from "./stepCase.ts";

const PROGRAMS = Number(process.env.ASSAY_EQUALITY_PROGRAMS ?? 24);
const SEED = Number(process.env.ASSAY_SEED ?? 1);
const STEPS = 12;
/** On the chain, of one step. */
const MOST_ELEMENTS = 4;

type Level = "disabled" | "basic" | "extended" | "all";

const nativeBuild = (level: Level, threads = 1): Build => ({
  name: `native, ${level}, ${threads} threads`,
  Tensor: native.Tensor,
  open: (file) =>
    native.InferenceSession.create(file, {
      graphOptimizationLevel: level,
      intraOpNumThreads: threads,
      logSeverityLevel: 3,
    }),
});

const wasm: Build = {
  name: "WebAssembly",
  Tensor: web.Tensor,
  open: (file) =>
    web.InferenceSession.create(file, {
      executionProviders: ["wasm"],
      graphOptimizationLevel: "all",
      logSeverityLevel: 3,
    }),
};

const runs = [
  { form: "fast", build: nativeBuild("disabled") },
  { form: "fast", build: nativeBuild("basic", 2) },
  { form: "fast", build: nativeBuild("all") },
  { form: "trace", build: nativeBuild("basic") },
  { form: "fast", build: wasm },
] as const;

const listed = (data: ArrayLike<number | bigint>): string => Array.from(data, String).join();

/** The first element of a slot that lies outside its proven range. */
function outside({ data, type }: Tensor, { axis, min, max }: Ranges): string | undefined {
  const stride = type.shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  for (let index = 0; index < data.length; index++) {
    const place = axis < 0 ? 0 : Math.floor(index / stride) % type.shape[axis]!;
    const value = BigInt(data[index]!);
    if (value < min[place]! || value > max[place]!) return `${value} at ${index}`;
  }
  return undefined;
}

/** The steps of one pass as the judge is asked about them. */
function questions(
  program: Program,
  input: Uint8Array,
  passes: readonly (readonly Tensor[])[],
  pass: number,
): StepCase[] {
  const given = unpackInputs(program, input);
  const { offsets } = packedOffsets(program.inputs);
  return program.steps.flatMap((step, slot) => {
    const operands = step.operands.map(({ source }, operand) => {
      if (source.kind === "constant") return program.constants[source.index];
      if (source.kind === "input") return given[offsets.findIndex(({ start }) => start === source.offset)];
      const from = step.op === "Carry" && operand === 1 ? pass - 1 : pass;
      return passes[from]?.[source.index];
    });
    if (operands.some((tensor) => tensor === undefined)) return [];
    return [
      {
        name: `slot ${slot}`,
        step,
        operands: operands as Tensor[],
        pass: { number: pass, most: program.maxPasses },
        onnx: true,
      },
    ];
  });
}

async function expectSameInOnnxruntime(program: Program, inputs: readonly Uint8Array[], about: string) {
  const { ranges } = checkProgram(program);
  expect(readFastForm(emitOnnx(program)), about).to.deep.equal(program);
  const expected = inputs.map((input) => [...executePasses(program, input)]);
  for (const slots of expected.flat())
    for (const [slot, tensor] of slots.entries())
      expect(outside(tensor, ranges[slot]!), `${about}, range of slot ${slot}`).to.equal(undefined);
  for (const { form, build } of runs) {
    const given = await passesIn(program, form, inputs, build);
    for (const [input, passes] of given.entries()) {
      const where = `${about}, input ${input}, ${form} form, ${build.name}`;
      for (const [pass, slots] of passes.entries())
        for (const [slot, data] of slots) {
          const wanted = expected[input]![pass]?.[slot]?.data ?? [];
          expect(listed(data), `${where}, pass ${pass}, slot ${slot}`).to.equal(listed(wanted));
        }
      expect(passes.length, `${where}, passes`).to.equal(expected[input]!.length);
    }
  }
  return expected;
}

describe(`Programs (seed ${SEED})`, function () {
  this.timeout(300_000);
  let harness: Harness;

  before(async () => {
    web.env.wasm.numThreads = 1;
    harness = await startHarness();
  });
  after(() => harness.stop());

  for (const [name, make] of Object.entries(fusedPrograms))
    it(`S-06: ${name} comes out the same at every level of optimization`, async () => {
      const program = make();
      await expectSameInOnnxruntime(program, badInputs(program, new Random(SEED)), name);
    });

  it(`S-03, S-06: ${PROGRAMS} random ones are the same everywhere, and stay in their ranges`, async () => {
    for (let number = 0; number < PROGRAMS; number++) {
      const seed = SEED * 1000 + number;
      const program = randomProgram(new Random(seed), STEPS);
      const inputs = badInputs(program, new Random(seed));
      const expected = await expectSameInOnnxruntime(program, inputs, `program ${seed}`);
      const passes = expected.at(-1)!;
      const cases = passes.flatMap((_, pass) => questions(program, inputs.at(-1)!, passes, pass));
      const onChain = await harness.elements(cases, MOST_ELEMENTS);
      for (const [index, { name, step, pass }] of cases.entries()) {
        const slot = Number(name.slice("slot ".length));
        const { data } = passes[pass.number]![slot]!;
        for (const [element, value] of onChain[index]!)
          expect(value, `program ${seed}, ${step.op} of ${name}, element ${element} on chain`).to.equal(
            BigInt(data[element]!),
          );
      }
    }
  });
});
