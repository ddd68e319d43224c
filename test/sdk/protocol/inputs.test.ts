// Inputs in chunks: together they are the input, and each leads to its root.
import { byteRoot, CHUNK_BYTES, chunkCount, type Hex, inputChunks, nodeHash } from "@assay/sdk/protocol";
import { expect } from "chai";
import { concatBytes } from "viem/utils";
import { pattern } from "../../helpers/vectors.ts";

/** What 15 siblings a level lead to, from a node that stands at `index` of the lowest of those levels. */
function rootOf(node: Hex, index: number, path: readonly Hex[]): Hex {
  let hash = node;
  for (let level = 0, own = index; level < path.length / 15; level++, own = Math.floor(own / 16)) {
    hash = nodeHash(path.slice(15 * level, 15 * (level + 1)).toSpliced(own % 16, 0, hash));
  }
  return hash;
}

describe("inputChunks", () => {
  const lengths = [1, 1024, 1025, 16_384, 16_385, 17_408, 17_409, 40_000, 262_144, 262_145, 300_000];

  it("S-09: is the whole input, in order", () => {
    for (const length of lengths) {
      const input = pattern(length);
      const count = chunkCount(length);
      const chunks = Array.from({ length: count }, (_, chunk) => inputChunks(input, chunk, 1).data);
      expect(concatBytes(chunks)).to.deep.equal(input);
      expect(inputChunks(input, 0, count + 5).data).to.deep.equal(input);
      expect(chunks.slice(0, -1).every((chunk) => chunk.length === CHUNK_BYTES)).to.equal(true);
    }
  });

  it("S-09: proves every chunk by the siblings above it", () => {
    for (const length of lengths) {
      const input = pattern(length);
      for (let chunk = 0; chunk < chunkCount(length); chunk++) {
        const { data, path } = inputChunks(input, chunk, 1);
        const index = data.length > 1024 ? chunk : 16 * chunk; // a single tile stands one level lower
        expect(rootOf(byteRoot(data), index, path), `chunk ${chunk} of ${length}`).to.equal(byteRoot(input));
      }
    }
  });

  it("S-09: puts the paths of several chunks side by side", () => {
    const input = pattern(40_000);
    const alone = [1, 2].flatMap((chunk) => inputChunks(input, chunk, 1).path);
    expect(inputChunks(input, 1, 2)).to.deep.include({ firstChunk: 1, path: alone });
  });
});
