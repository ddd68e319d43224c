import {
  collectOutput,
  commitProgram,
  encodeDescriptor,
  encodeDescriptors,
  execute,
  executeFrom,
  type Program,
  packInputs,
  programHeader,
  tensorType,
  unpackOutputs,
} from "@assay/sdk/program";
import { byteRoot, descriptorHash, MerkleTree } from "@assay/sdk/protocol";
import { expect } from "chai";
import fc from "fast-check";
import { mutateStep } from "../../helpers/mutations.ts";
import { network, ProgramBuilder, perceptron, randomInput } from "../../helpers/programs.ts";
import { Random } from "../../helpers/random.ts";

describe("Committed program", () => {
  it("has one descriptor for each slot and the collect last", () => {
    const { header, descriptors, descriptorTree, constantTree, tensorTrees } = commitProgram(network(1));
    expect(descriptors).to.have.length(header.slots + 1);
    expect(descriptorTree.leafCount).to.equal(header.slots + 1);
    expect(descriptorTree.root).to.equal(MerkleTree.fromHashes(descriptors.map(descriptorHash)).root);
    expect(constantTree.root).to.equal(MerkleTree.fromHashes(tensorTrees.map(({ root }) => root)).root);
  });

  it("S-02: has another root as soon as any step says something else", () => {
    const program = network(1);
    const { programRoot } = commitProgram(program);
    const isDistinct = (value: number, index: number): void => {
      const step = program.steps[index]!;
      const altered = mutateStep(step, new Random(value));
      const same = Buffer.compare(encodeDescriptor(step), encodeDescriptor(altered)) === 0;
      const steps = program.steps.with(index, altered);
      const roots = MerkleTree.fromHashes(encodeDescriptors({ ...program, steps }).map(descriptorHash)).root;
      expect(roots === commitProgram(program).descriptorsRoot).to.equal(same);
    };
    fc.assert(fc.property(fc.nat(), fc.nat(program.steps.length - 2), isDistinct), { numRuns: 50 });
    expect(commitProgram(network(1)).programRoot).to.equal(programRoot);
  });

  it("S-02: has another root when a constant, its layout, the inputs or the outputs change", () => {
    const program = perceptron(1);
    const [weights, ...others] = program.constants;
    const data = weights!.data.slice() as Int8Array;
    data[5]! ^= 1;
    const variants: Program[] = [
      program,
      { ...program, constants: [{ ...weights!, data }, ...others] },
      { ...program, constants: [{ data: weights!.data, type: tensorType("i8", [64, 10]) }, ...others] },
      { ...program, constants: [...program.constants, others[0]!] },
      { ...program, inputs: [...program.inputs, tensorType("u8", [1])] },
      { ...program, outputs: [2] },
      { ...program, outputs: [3, 2] },
    ];
    const roots = new Set(variants.map((variant) => commitProgram(variant).programRoot));
    expect(roots.size).to.equal(variants.length);
  });

  it("says in its header how deep the deepest tensor is", () => {
    expect(programHeader(perceptron(1)).tensorDepth).to.equal(0);
    expect(programHeader(perceptron(1, { rows: 20, inner: 64, columns: 30 })).tensorDepth).to.equal(1);
  });
});

describe("Reference executor", () => {
  const program = network(5);
  const input = randomInput(program, new Random(6));
  const slots = execute(program, input);

  it("gives the same slots from wherever it continues", () => {
    for (let first = 0; first <= slots.length; first++) {
      expect(executeFrom(program, input, slots, first)).to.deep.equal(slots);
    }
  });

  it("collects the outputs with zero bytes between", () => {
    const output = collectOutput(program, slots);
    expect(output).to.have.length(56);
    expect([...output.subarray(44, 48)]).to.deep.equal([0, 0, 0, 0]);
    expect(unpackOutputs(program, output).map(({ data }) => data)).to.deep.equal([
      slots[8]!.data,
      slots[9]!.data,
    ]);
    expect(byteRoot(output)).to.not.equal(byteRoot(output.subarray(0, 48)));
  });

  it("ignores the bytes between inputs", () => {
    const builder = new ProgramBuilder([tensorType("u8", [3]), tensorType("u8", [3])]);
    const out = builder.step("Reshape", [builder.input(1)], [], tensorType("u8", [3, 1]));
    const two = builder.build([out]);
    const bytes = packInputs(two, [Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5, 6)]);
    const dirty = bytes.with(5, 9);
    expect(execute(two, dirty)).to.deep.equal(execute(two, bytes));
    expect(collectOutput(two, execute(two, bytes))).to.deep.equal(Uint8Array.of(4, 5, 6));
  });

  it("refuses an input of the wrong length and an operand that is not there", () => {
    expect(() => execute(program, input.subarray(1))).to.throw("wrong length");
    const step = program.steps[1]!;
    const later = { ...step.operands[0]!, source: { kind: "slot", index: 5 } as const };
    const broken = {
      ...program,
      steps: program.steps.with(1, { ...step, operands: [later, step.operands[1]!] }),
    };
    expect(() => execute(broken, input)).to.throw("not there");
  });
});
