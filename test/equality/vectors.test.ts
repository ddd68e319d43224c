// The committed vectors, answered by the contracts and, where ONNX says the same, by onnxruntime.
import { readFileSync } from "node:fs";
import type { Hex, ProgramHeader } from "@assay/sdk/protocol";
import { expect } from "chai";
import { type ProofCase, pattern } from "../helpers/vectors.ts";
import { inOnnxruntime } from "./executions.ts";
import { type Harness, startHarness } from "./harness.ts";
import { opVectors } from "./opVectors.ts";

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../vectors/${name}`, import.meta.url), "utf8"));

interface DescriptorVectors {
  readonly header: ProgramHeader;
  readonly cases: readonly { readonly index: number; readonly descriptor: Hex; readonly fault: number }[];
}

interface MerkleVectors {
  readonly tiles: readonly { readonly length: number; readonly hash: Hex }[];
  readonly roots: readonly { readonly length: number; readonly depth: number; readonly root: Hex }[];
  readonly paths: readonly {
    readonly index: number;
    readonly depth: number;
    readonly leaf: Hex;
    readonly path: readonly Hex[];
    readonly root: Hex;
  }[];
}

describe("Vectors on the chain", () => {
  let harness: Harness;

  before(async () => {
    harness = await startHarness();
  });
  after(() => harness.stop());

  it("merkle.json: tiles, roots and paths", async () => {
    const { tiles, roots, paths } = read("merkle.json") as MerkleVectors;
    for (const { length, hash } of tiles) expect(await harness.tileHash(pattern(length))).to.equal(hash);
    for (const { length, root } of roots) expect(await harness.byteRoot(pattern(length))).to.equal(root);
    for (const { leaf, index, depth, path, root } of paths) {
      expect(await harness.rootFromPath(leaf, index, depth, path)).to.equal(root);
    }
  });

  it("ops.json: every operator, in onnxruntime too", async () => {
    const vectors = opVectors();
    const cases = vectors.map(({ stepCase }) => stepCase);
    const onChain = await harness.elements(cases);
    const inOnnx = (await inOnnxruntime(cases.filter(({ onnx }) => onnx))).values();
    for (const [index, { stepCase, expected }] of vectors.entries()) {
      for (const [element, value] of onChain[index]!) {
        expect(value, `${stepCase.name}, element ${element}`).to.equal(expected[element]);
      }
      if (stepCase.onnx) expect(inOnnx.next().value, stepCase.name).to.deep.equal(expected);
    }
  });

  it("descriptors.json: the first rule that each breaks", async () => {
    for (const { header, cases } of read("descriptors.json") as DescriptorVectors[]) {
      const codes = await harness.faults(
        cases.map(({ index, descriptor }) => ({ header, index, descriptor })),
      );
      expect(codes).to.deep.equal(cases.map(({ fault }) => fault));
    }
  });

  it("proofs.json: a verdict on every operator, right and wrong", async () => {
    const vectors = read("proofs.json") as (ProofCase & { outcome: string })[];
    for (const vector of vectors) {
      const position = { ...vector.position, path: BigInt(vector.position.path) };
      const { name } = await harness.verify({ ...vector, position });
      expect(name, vector.name).to.equal(vector.outcome);
    }
  });
});
