// The content-addressed folder: whole files or none, checked when read, no way out of the folder.
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { Hex } from "viem";
import { blobHash, createBlobStore } from "../../../node/store/blobs.ts";
import { temporaryFolder } from "../../helpers/nodeParts.ts";

describe("createBlobStore", () => {
  const { path, remove } = temporaryFolder();
  after(remove);
  const blobs = createBlobStore(path);
  const bytes = new TextEncoder().encode("weights");

  it("returns what was stored under its hash, once", () => {
    const hash = blobs.put(bytes);
    expect(hash).to.equal(blobHash(bytes));
    expect(blobs.put(bytes)).to.equal(hash);
    expect(blobs.get(hash)).to.deep.equal(bytes);
    expect(blobs.has(hash)).to.equal(true);
    expect(readdirSync(path).filter((name) => name.startsWith("draft"))).to.deep.equal([]);
    expect(blobs.get(blobHash(new Uint8Array([1])))).to.equal(undefined);
    blobs.remove(hash);
    expect(blobs.has(hash)).to.equal(false);
  });

  it("sets a damaged file aside instead of returning it", () => {
    const hash = blobs.put(bytes);
    writeFileSync(join(path, hash.slice(2, 4), hash.slice(4)), "wieghts");
    expect(() => blobs.get(hash)).to.throw(/does not hash to its name/);
    expect(blobs.get(hash)).to.equal(undefined);
    expect(blobs.put(bytes)).to.equal(hash);
    expect(blobs.get(hash)).to.deep.equal(bytes);
  });

  it("takes nothing but hashes for names", () => {
    for (const name of ["0x../../../../etc/passwd", "", "0x12", `0x${"A".repeat(64)}`, `${"a".repeat(64)}/x`])
      expect(() => blobs.get(name as Hex), name).to.throw(/not the name of a blob/);
  });
});
