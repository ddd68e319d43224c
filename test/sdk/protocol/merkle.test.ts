import {
  ARITY,
  byteRoot,
  bytesToHex,
  byteTree,
  EMPTY,
  type Hex,
  hexToBytes,
  MerkleTree,
  nodeHash,
  rootFromPath,
  sha256,
  TILE_BYTES,
  TreeError,
  tileCount,
  tileHash,
  tileLength,
  treeDepth,
} from "@assay/sdk/protocol";
import { expect } from "chai";
import fc from "fast-check";
import { sha256 as portable } from "viem/utils";
import { pattern } from "../../helpers/vectors.ts";

const length = fc.oneof(
  fc.integer({ min: 0, max: 3000 }),
  fc.constantFrom(1023, 1024, 1025, 16384, 16385, 20000),
);
const tileOf = (bytes: Uint8Array, index: number): Uint8Array =>
  bytes.subarray(index * TILE_BYTES, (index + 1) * TILE_BYTES);

/** The root as the rules say it, hash by hash. */
function plainRoot(leaves: readonly Hex[], depth: number): Hex {
  if (leaves.length === 0) return EMPTY;
  if (depth === 0) return leaves[0]!;
  const share = ARITY ** (depth - 1);
  const children = Array.from({ length: ARITY }, (_, index) =>
    plainRoot(leaves.slice(index * share, (index + 1) * share), depth - 1),
  );
  const bytes = hexToBytes(`0x01${children.map((child) => child.slice(2)).join("")}`);
  return bytesToHex(sha256(bytes));
}

describe("Merkle trees", () => {
  it("hash with the platform's SHA-256 as with a portable one", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(bytesToHex(sha256(bytes))).to.equal(portable(bytes));
      }),
    );
  });

  it("separate tiles, nodes and descriptors by their first byte", () => {
    const bytes = pattern(512);
    expect(tileHash(bytes)).to.equal(portable(Uint8Array.of(0, ...bytes)));
    const children = Array.from({ length: ARITY }, (_, index) => tileHash(pattern(index + 1)));
    const joined = children.map((child) => child.slice(2)).join("");
    expect(nodeHash(children)).to.equal(portable(hexToBytes(`0x01${joined}`)));
    expect(nodeHash(children)).to.not.equal(tileHash(hexToBytes(`0x${joined}`)));
  });

  it("have the least depth that holds their leaves", () => {
    const depths = [0, 1, 2, 16, 17, 256, 257, 4096, 4097].map(treeDepth);
    expect(depths).to.deep.equal([0, 0, 1, 1, 2, 2, 3, 3, 4]);
  });

  it("cut bytes into tiles of their exact length", () => {
    expect([0, 1, 1024, 1025].map(tileCount)).to.deep.equal([0, 1, 1, 2]);
    expect([0, 1, 2].map((index) => tileLength(1030, index))).to.deep.equal([1024, 6, 0]);
  });

  it("give the root that the rules say", () => {
    fc.assert(
      fc.property(length, (size) => {
        const bytes = pattern(size);
        const leaves = Array.from({ length: tileCount(size) }, (_, index) => tileHash(tileOf(bytes, index)));
        expect(byteRoot(bytes)).to.equal(plainRoot(leaves, treeDepth(leaves.length)));
        expect(MerkleTree.fromHashes(leaves, 3).root).to.equal(plainRoot(leaves, 3));
      }),
      { numRuns: 30 },
    );
  });

  it("take leaves that are EMPTY for absent ones", () => {
    const leaf = tileHash(pattern(1));
    const padded = [leaf, ...new Array<Hex>(40).fill(EMPTY)];
    expect(MerkleTree.fromHashes(padded, 2).root).to.equal(MerkleTree.fromHashes([leaf], 2).root);
    expect(MerkleTree.fromHashes([], 4).root).to.equal(EMPTY);
  });

  it("lead from every tile to the root", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300_000 }), fc.nat(), (size, choice) => {
        const bytes = pattern(size);
        const tree = byteTree(bytes);
        const index = choice % tree.leafCount;
        const path = tree.path(index);
        expect(path).to.have.length(15 * tree.depth);
        expect(rootFromPath(tileHash(tileOf(bytes, index)), index, path)).to.equal(tree.root);
      }),
      { numRuns: 40 },
    );
  });

  it("show nodes that are the hashes of their children", () => {
    const tree = byteTree(pattern(40_000));
    for (let depth = 0; depth < tree.depth; depth++) {
      for (let node = 0; node < ARITY ** depth; node++) {
        const children = tree.children(depth, node);
        const isAbsent = children.every((child) => child === EMPTY);
        expect(tree.node(depth, node)).to.equal(isAbsent ? EMPTY : nodeHash(children));
      }
    }
  });

  it("change their root with every bit, length and order", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 5000 }), fc.nat(), fc.nat(7), (size, choice, bit) => {
        const bytes = pattern(size);
        const root = byteRoot(bytes);
        const flipped = bytes.slice();
        flipped[choice % size]! ^= 1 << bit;
        expect(byteRoot(flipped)).to.not.equal(root);
        expect(byteRoot(bytes.subarray(0, size - 1))).to.not.equal(root);
        expect(byteRoot(Uint8Array.of(...bytes, 0))).to.not.equal(root);
      }),
    );
  });

  it("do not open with a damaged path, leaf or number", () => {
    const bytes = pattern(40_000);
    const tree = byteTree(bytes);
    fc.assert(
      fc.property(fc.nat(39), fc.nat(29), fc.nat(31), fc.nat(38), (index, place, byte, other) => {
        const leaf = tileHash(tileOf(bytes, index));
        const path = tree.path(index);
        const sibling = hexToBytes(path[place]!);
        sibling[byte]! ^= 1;
        expect(rootFromPath(leaf, index, path.with(place, bytesToHex(sibling)))).to.not.equal(tree.root);
        expect(rootFromPath(tileHash(pattern(7)), index, path)).to.not.equal(tree.root);
        const wrongIndex = other < index ? other : other + 1;
        const wrong = rootFromPath(leaf, wrongIndex, path);
        // Neighbours may be told apart only by what stands between them: absent leaves are all alike.
        if (wrong === tree.root) expect(leaf).to.equal(tileHash(tileOf(bytes, wrongIndex)));
      }),
    );
  });

  it("refuse nodes, leaves and paths that they do not have", () => {
    const tree = byteTree(pattern(3000));
    expect(() => tree.node(2, 0)).to.throw(TreeError);
    expect(() => tree.node(1, 16)).to.throw(TreeError);
    expect(() => tree.children(1, 0)).to.throw(TreeError);
    expect(() => tree.path(16)).to.throw(TreeError);
    expect(() => rootFromPath(EMPTY, 0, [EMPTY])).to.throw(TreeError);
    expect(() => rootFromPath(EMPTY, 16, tree.path(0))).to.throw(TreeError);
    expect(() => nodeHash([EMPTY])).to.throw(TreeError);
    expect(() => new MerkleTree(new Uint8Array(64), 0)).to.throw(TreeError);
    expect(() => new MerkleTree(new Uint8Array(33), 1)).to.throw(TreeError);
  });
});
