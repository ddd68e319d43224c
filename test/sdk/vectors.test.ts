// Holds test/vectors against what the SDK computes. `UPDATE=1 npm test -- test/sdk/vectors.test.ts` writes them anew.
import { readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { vectors } from "../helpers/vectors.ts";

describe("Vectors", () => {
  for (const [name, make] of Object.entries(vectors)) {
    it(`${name} is what the SDK computes`, () => {
      const file = new URL(`../vectors/${name}`, import.meta.url);
      const text = `${JSON.stringify(make(), null, 1)}\n`;
      if (process.env.UPDATE === "1") writeFileSync(file, text);
      expect(readFileSync(file, "utf8")).to.equal(text);
    });
  }
});
