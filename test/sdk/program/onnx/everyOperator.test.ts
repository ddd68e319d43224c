// The fast form of programs of every operator: written, read back and run by onnxruntime as the reference runs them.
import {
  checkProgram,
  emitOnnx,
  execute,
  graphOutputs,
  type Operand,
  type OpName,
  type Program,
  ProgramError,
  parseOnnx,
  readFastForm,
  readOnnxModel,
  type Step,
  slotName,
  type Tensor,
  type TensorType,
  tensorType,
  writeOnnxModel,
} from "@assay/sdk/program";
import { expect } from "chai";
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { NotFastFormError } from "../../../../sdk/program/onnx/errors.ts";
import { ProgramBuilder } from "../../../helpers/programs.ts";
import { Random } from "../../../helpers/random.ts";
import { type Case, opNames, randomCase } from "../../../helpers/steps.ts";

const notAlone: readonly OpName[] = ["Carry", "Stop", "Collect"];

/** A tensor as an operand: a bool is the outcome of a comparison, anything else a constant. */
function constant(builder: ProgramBuilder, { type, data }: Tensor): Operand {
  if (type.dtype !== "bool") return builder.constant(type, data);
  const bytes: TensorType = { ...type, dtype: "u8" };
  const ones = builder.constant(tensorType("u8", []), Uint8Array.of(1));
  return builder.step("Equal", [builder.constant(bytes, data), ones], [], type);
}

/** The step on constants; a bool goes out as a byte. */
function programOf({ step, tensors }: Case): Program {
  const builder = new ProgramBuilder([tensorType("u8", [1])]);
  const operands = tensors.map((tensor) => constant(builder, tensor));
  const out = builder.step(step.op, operands, step.attributes, step.out);
  const shown =
    step.out.dtype === "bool" ? builder.step("Cast", [out], [], { ...step.out, dtype: "u8" }) : out;
  return builder.build([shown]);
}

function isAccepted(program: Program): boolean {
  try {
    checkProgram(program);
    return true;
  } catch (error) {
    if (error instanceof ProgramError) return false;
    throw error;
  }
}

function accepted(op: OpName, count: number): Program[] {
  const random = new Random(3);
  const programs: Program[] = [];
  for (let round = 0; programs.length < count; round++) {
    if (round > 100 * count) throw new Error(`Hardly any random program of ${op} is accepted`);
    const program = programOf(randomCase(op, random));
    if (isAccepted(program)) programs.push(program);
  }
  return programs;
}

/** All slots of the one pass, in onnxruntime. */
async function slotsInOnnxruntime(program: Program): Promise<bigint[][]> {
  const session = await InferenceSession.create(emitOnnx(program, { form: "trace" }), {
    graphOptimizationLevel: "basic",
    logSeverityLevel: 3,
  });
  const results = await session.run({ x0: new OrtTensor("uint8", Uint8Array.of(0), [1]) });
  await session.release();
  return program.steps.map((_, slot) =>
    Array.from(results[slotName(slot)]!.data as ArrayLike<bigint | number>, BigInt),
  );
}

/** Counts from 3 up to 7; carries also what two passes before were, and a constant start. */
function counter(): Program {
  const builder = new ProgramBuilder([tensorType("i32", [2, 3]), tensorType("u8", [2])]);
  const count = builder.carry(builder.constant(tensorType("i32", [1]), Int32Array.of(3)));
  const sums = builder.carry(builder.input(0), tensorType("i32", [2, 3], [1, 0]));
  const before = builder.carry(builder.constant(tensorType("i32", [1]), Int32Array.of(-1)));
  const one = builder.constant(tensorType("i32", [1]), Int32Array.of(1));
  const held = builder.step("Clip", [count], [0, 100], count.type);
  const next = builder.step("Add", [held, one], [], held.type);
  const small = builder.step("Clip", [sums], [-1000, 1000], sums.type);
  const grown = builder.step("Add", [small, held], [], sums.type);
  const root = builder.step("Cast", [held], [], tensorType("i64", [1]));
  const isqrt = builder.step("Isqrt", [root], [], root.type);
  const limit = builder.constant(tensorType("i32", [1]), Int32Array.of(7));
  const stop = builder.step("Less", [limit, next], [], tensorType("bool", [1]));
  builder.setNext(count, next);
  builder.setNext(sums, grown);
  builder.setNext(before, count);
  builder.stop(stop);
  return builder.build([isqrt, grown], 9);
}

describe("fast form of every operator", () => {
  for (const op of opNames.filter((name) => !notAlone.includes(name)))
    it(`${op}: parse is the inverse of emit, and onnxruntime gives the reference's slots`, async () => {
      for (const program of accepted(op, 12)) {
        const file = emitOnnx(program);
        expect(parseOnnx(file)).to.deep.equal(program);
        expect(readFastForm(file)).to.deep.equal(program);
        const slots = execute(program, Uint8Array.of(0)).map(({ data }) =>
          Array.from<number | bigint, bigint>(data, BigInt),
        );
        expect(await slotsInOnnxruntime(program)).to.deep.equal(slots);
      }
    });

  it("S-02: refuses a Clip of 64-bit integers that is not the file's function", () => {
    const builder = new ProgramBuilder([tensorType("i64", [3])]);
    const program = builder.build([
      builder.step("Clip", [builder.input(0)], [0, 2 ** 32 - 1], tensorType("i64", [3])),
    ]);
    const model = readOnnxModel(emitOnnx(program));
    const node = model.graph!.node!.map(({ domain, ...rest }) => rest);
    const edited = writeOnnxModel({ ...model, graph: { ...model.graph, node } });
    expect(() => readFastForm(edited)).to.throw(NotFastFormError, "not what its program emits");
  });

  it("refuses to write a direction that ONNX does not have", () => {
    const program = programOf(randomCase("BitShift", new Random(1)));
    const steps = program.steps.map(
      (step): Step => (step.op === "BitShift" ? { ...step, attributes: [2n] } : step),
    );
    expect(() => emitOnnx({ ...program, steps })).to.throw(NotFastFormError, "no name");
  });
});

describe("fast form of an iterated program", () => {
  const program = counter();
  const file = emitOnnx(program);

  it("S-04: parse is the inverse of emit", () => {
    expect(parseOnnx(file)).to.deep.equal(program);
    expect(readFastForm(file)).to.deep.equal(program);
  });

  it("S-04: takes what is carried as inputs, and gives what the next pass and Stop read as further outputs", () => {
    const { graph, metadataProps, functions } = readOnnxModel(file);
    expect(graph?.input?.map(({ name }) => name)).to.deep.equal(["x0", "x1", "t0", "t1", "t2"]);
    expect(graph?.output?.map(({ name }) => name)).to.deep.equal(["t8", "t6", "t4", "t9"]);
    expect(graphOutputs(program, "fast")).to.deep.equal([8, 6, 4, 9]);
    expect(graphOutputs(program, "trace")).to.deep.equal([3, 4, 5, 6, 7, 8, 9]);
    expect(functions?.map(({ name, domain }) => `${domain}.${name}`)).to.deep.equal(["assay.Isqrt"]);
    expect(Object.fromEntries(metadataProps!.map(({ key, value }) => [key, value]))).to.include({
      "assay.carries": "t0:c0,t4 t1:x0,t6 t2:c1,t0",
      "assay.max_passes": "9",
      "assay.outputs": "2",
      "assay.stop": "t9",
    });
  });

  it("S-02: refuses other words about the passes", () => {
    const model = readOnnxModel(file);
    const edits: [key: string, value: string][] = [
      ["assay.carries", "t0:c0,t4 t1:x0,t6 t2:c1,t4"],
      ["assay.carries", "t0:c0,t4 t1:x0,t6"],
      ["assay.carries", "t0:c0,t4  t1:x0,t6 t2:c1,t0"],
      ["assay.carries", "t0:c9,t4 t1:x0,t6 t2:c1,t0"],
      ["assay.max_passes", "09"],
      ["assay.max_passes", "1"],
      ["assay.max_passes", "65537"],
      ["assay.outputs", "5"],
      ["assay.outputs", "0"],
      ["assay.stop", "t4"],
      ["assay.stop", "t99"],
      ["assay.stop", "x0"],
    ];
    for (const [key, value] of edits) {
      const metadataProps = model.metadataProps!.map((entry) => (entry.key === key ? { key, value } : entry));
      const edited = writeOnnxModel({ ...model, metadataProps });
      let read: Program | undefined;
      try {
        read = readFastForm(edited);
      } catch {
        continue;
      }
      expect(emitOnnx(read), `${key} ${value}`).to.deep.equal(edited);
      expect(read, `${key} ${value}`).to.not.deep.equal(program);
    }
  });

  it("S-02: refuses another body of Isqrt", () => {
    const model = readOnnxModel(file);
    const [isqrt] = model.functions!;
    const node = isqrt!.node!.map((one) => (one.opType === "Floor" ? { ...one, opType: "Ceil" } : one));
    const edited = writeOnnxModel({ ...model, functions: [{ ...isqrt, node }] });
    expect(() => readFastForm(edited)).to.throw(NotFastFormError, "not what its program emits");
  });

  it("S-04: refuses an output that Carry or Stop holds", () => {
    for (const slot of [0, 10])
      expect(() => emitOnnx({ ...program, outputs: [slot] })).to.throw(NotFastFormError, "not computed");
  });
});
