// The tree over a batch's commitments: every place in it can be shown, and nothing else.
import { BATCH_SIZE, BatchError, BatchTree, batchRootOf, type Hex } from "@assay/sdk/protocol";
import { expect } from "chai";
import { concat, keccak256, numberToHex } from "viem";

const leafOf = (index: number): Hex => keccak256(numberToHex(index, { size: 32 }));
const leavesOf = (size: number): Hex[] => Array.from({ length: size }, (_, index) => leafOf(index));
const pair = (one: Hex, other: Hex): Hex =>
  keccak256(one.toLowerCase() < other.toLowerCase() ? concat([one, other]) : concat([other, one]));

describe("BatchTree", () => {
  it("is its one commitment, without a proof", () => {
    const tree = new BatchTree([leafOf(7)]);
    expect(tree.root).to.equal(leafOf(7));
    expect(tree.proof(0)).to.deep.equal([]);
  });

  it("sorts pairs, and carries a node without a neighbour up unchanged", () => {
    const [a, b, c, d, e] = leavesOf(5) as [Hex, Hex, Hex, Hex, Hex];
    expect(new BatchTree([a, b]).root).to.equal(new BatchTree([b, a]).root);
    expect(new BatchTree([a, b, c]).root).to.equal(pair(pair(a, b), c));
    expect(new BatchTree([a, b, c]).proof(2)).to.deep.equal([pair(a, b)]);
    expect(new BatchTree([a, b, c, d, e]).root).to.equal(pair(pair(pair(a, b), pair(c, d)), e));
  });

  it("leads from every leaf of every size to the root, and from no other hash", () => {
    for (let size = 1; size <= BATCH_SIZE; size++) {
      const leaves = leavesOf(size);
      const tree = new BatchTree(leaves);
      for (const [index, leaf] of leaves.entries()) {
        expect(batchRootOf(leaf, tree.proof(index)), `${index} of ${size}`).to.equal(tree.root);
      }
      expect(batchRootOf(leafOf(size), tree.proof(0))).to.not.equal(tree.root);
    }
  });

  it("refuses an empty batch and a leaf that it has not", () => {
    expect(() => new BatchTree([])).to.throw(BatchError);
    for (const index of [-1, 3, 0.5])
      expect(() => new BatchTree(leavesOf(3)).proof(index)).to.throw(BatchError);
  });
});
