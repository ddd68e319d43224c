import {
  commitProgram,
  DescriptorError,
  decodeDescriptor,
  descriptorFault,
  descriptorRules,
  encodeDescriptor,
  type Step,
  tensorType,
} from "@assay/sdk/program";
import { hexToBytes } from "@assay/sdk/protocol";
import { expect } from "chai";
import fc from "fast-check";
import { mutateBytes, mutateStep } from "../../helpers/mutations.ts";
import { network, perceptron } from "../../helpers/programs.ts";
import { Random } from "../../helpers/random.ts";
import { opNames, randomCase } from "../../helpers/steps.ts";

const seed = fc.integer({ min: 0, max: 2 ** 31 });

describe("Descriptor", () => {
  it("encodes a step byte by byte", () => {
    const step: Step = {
      op: "Clip",
      operands: [{ source: { kind: "input", offset: 8 }, type: tensorType("i32", [2, 3], [1, 0]) }],
      attributes: [-1n, 255n],
      out: tensorType("i32", []),
    };
    expect(encodeDescriptor(step)).to.deep.equal(
      hexToBytes(
        `0x05${"0300"}01${"01"}${"00000008"}${"0302"}${"00000002"}${"00000003"}${"0100"}02${"ff".repeat(8)}${"00000000000000ff"}`,
      ),
    );
  });

  it("reads back what it writes", () => {
    fc.assert(
      fc.property(seed, fc.constantFrom(...opNames), (value, op) => {
        const { step } = randomCase(op, new Random(value));
        expect(decodeDescriptor(encodeDescriptor(step))).to.deep.equal(step);
      }),
    );
  });

  it("S-02: has one byte string for one meaning: whatever can be read is written back the same", () => {
    fc.assert(
      fc.property(seed, fc.constantFrom(...opNames), (value, op) => {
        const random = new Random(value);
        const bytes = mutateBytes(encodeDescriptor(randomCase(op, random).step), random);
        try {
          expect(encodeDescriptor(decodeDescriptor(bytes))).to.deep.equal(bytes);
        } catch (error) {
          expect(error).to.be.instanceOf(DescriptorError);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("S-05: has a number for every damaged descriptor and accepts it only if its step is well formed", () => {
    const { header: own, descriptors } = commitProgram(network(1));
    fc.assert(
      fc.property(seed, fc.nat(descriptors.length - 1), fc.boolean(), (value, index, structural) => {
        const random = new Random(value);
        const bytes = descriptors[index]!;
        const mutant = structural
          ? encodeDescriptor(mutateStep(decodeDescriptor(bytes), random))
          : mutateBytes(bytes, random);
        const fault = descriptorFault(own, index, mutant);
        expect(fault === 0 || fault in descriptorRules).to.equal(true);
        if (fault === 0) expect(encodeDescriptor(decodeDescriptor(mutant))).to.deep.equal(mutant);
      }),
      { numRuns: 3000 },
    );
  });

  it("accepts all descriptors of the small programs", () => {
    for (const program of [perceptron(1), network(2)]) {
      const { header: own, descriptors } = commitProgram(program);
      expect(descriptors.map((bytes, index) => descriptorFault(own, index, bytes))).to.deep.equal(
        descriptors.map(() => 0),
      );
    }
  });
});
