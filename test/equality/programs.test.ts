// Whole programs give the same bits in the reference executor, on the chain, and in onnxruntime's native and WebAssembly
// builds, in both forms, at every level of optimization: what single steps do not show.
import { stepVerifierAbi as abi } from "@assay/sdk/abi";
import {
  checkProgram,
  commitProgram,
  elementCount,
  emitOnnx,
  executePasses,
  type Program,
  packedOffsets,
  type Ranges,
  readFastForm,
  type Tensor,
  traceExecution,
  unpackInputs,
} from "@assay/sdk/program";
import { enumCode, nodeKinds, sections } from "@assay/sdk/protocol";
import { expect } from "chai";
import * as native from "onnxruntime-node";
import { encodeFunctionData } from "viem";
import { badInputs } from "../helpers/badInputs.ts";
import { fusedPrograms } from "../helpers/fusedPrograms.ts";
import { type Build, passesIn } from "../helpers/programRuns.ts";
import { type JudgedProof, proofOf } from "../helpers/proofs.ts";
import { Random } from "../helpers/random.ts";
import { randomProgram } from "../helpers/randomPrograms.ts";
import { openInWasm, WasmTensor } from "../helpers/webAssembly.ts";
import { type Harness, startHarness } from "./harness.ts";
import type { StepCase } from "./stepCase.ts";

const PROGRAMS = Number(process.env.ASSAY_EQUALITY_PROGRAMS ?? 24);
const SEED = Number(process.env.ASSAY_SEED ?? 1);
const STEPS = 12;
/** On the chain, of one step. */
const MOST_ELEMENTS = 4;
/** Of one program. */
const PROOFS = 4;

type Level = "disabled" | "basic" | "extended" | "all";

const nativeBuild = (level: Level, threads = 1): Build => ({
  name: `native, ${level}, ${threads} threads`,
  Tensor: native.Tensor,
  open: (file) =>
    native.InferenceSession.create(file, {
      executionProviders: ["cpu"],
      graphOptimizationLevel: level,
      intraOpNumThreads: threads,
      logSeverityLevel: 3,
    }),
});

const wasm: Build = { name: "WebAssembly", Tensor: WasmTensor, open: (file) => openInWasm(file, "all") };

const runs = [
  { form: "fast", build: nativeBuild("disabled") },
  { form: "fast", build: nativeBuild("basic", 2) },
  { form: "fast", build: nativeBuild("all") },
  { form: "trace", build: nativeBuild("basic") },
  { form: "fast", build: wasm },
] as const;

const listed = (data: ArrayLike<number | bigint>): string => Array.from(data, String).join();

/** Bytes of the call that proves it. */
function calldataOf({ claim, position, node, proof }: JudgedProof): number {
  const place = { ...position, section: enumCode(sections, position.section) };
  const args = [claim, place, node, enumCode(nodeKinds, "tile"), proof] as const;
  return encodeFunctionData({ abi, functionName: "verify", args }).length / 2 - 1;
}

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
        name: String(slot),
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
}

describe(`Programs (seed ${SEED})`, function () {
  this.timeout(300_000);
  let harness: Harness;

  before(async () => {
    harness = await startHarness();
  });
  after(() => harness.stop());

  for (const [name, make] of Object.entries(fusedPrograms))
    it(`S-06: ${name} comes out the same at every level of optimization`, async () => {
      const program = make();
      await expectSameInOnnxruntime(program, badInputs(program, new Random(SEED)), name);
    });

  /** The judge makes of every step's operands what the reference made of them. */
  async function expectSameOnChain(program: Program, input: Uint8Array, about: string): Promise<void> {
    const passes = [...executePasses(program, input)];
    const cases = passes.flatMap((_, pass) => questions(program, input, passes, pass));
    const onChain = await harness.elements(cases, MOST_ELEMENTS);
    for (const [index, { name, step, pass }] of cases.entries()) {
      const { data } = passes[pass.number]![Number(name)]!;
      for (const [element, value] of onChain[index]!)
        expect(value, `${about}, ${step.op} of slot ${name}, element ${element} on chain`).to.equal(
          BigInt(data[element]!),
        );
    }
  }

  /** The judge finds no fault in honest elements, and their proofs are as small as was said. */
  async function expectProvable(program: Program, input: Uint8Array, random: Random, about: string) {
    const { proofs } = checkProgram(program);
    const committed = commitProgram(program);
    const trace = traceExecution(committed, input);
    for (let round = 0; round < PROOFS; round++) {
      const slot = random.integer(0, program.steps.length - 1);
      const index = random.integer(0, elementCount(program.steps[slot]!.out) - 1);
      const pass = random.integer(0, Number(trace.passes) - 1);
      const proof = proofOf({ program, committed, input, slots: [], trace }, slot, index, pass);
      const where = `${about}, element ${index} of slot ${slot} in pass ${pass}`;
      expect(await harness.verify({ ...proof, name: where, kind: "tile" }), where).to.deep.equal({
        name: "correct",
        args: [],
      });
      expect(calldataOf(proof), where).to.be.at.most(proofs[slot]!.calldata);
    }
  }

  it(`S-03, S-05, S-06, I-31: ${PROGRAMS} random ones are the same everywhere, and stay in their bounds`, async () => {
    for (let number = 0; number < PROGRAMS; number++) {
      const seed = SEED * 1000 + number;
      const about = `program ${seed}`;
      const program = randomProgram(new Random(seed), STEPS);
      const inputs = badInputs(program, new Random(seed));
      await expectSameInOnnxruntime(program, inputs, about);
      await expectSameOnChain(program, inputs.at(-1)!, about);
      await expectProvable(program, inputs.at(-1)!, new Random(seed), about);
    }
  });
});
