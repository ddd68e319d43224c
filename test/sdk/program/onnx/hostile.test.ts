// Damaged files, program files and models from elsewhere: each is refused with a typed error, or is a program that is the
// same in every execution. Never a crash, a hang or a full memory.
import { expect } from "chai";
import type { HostileKind } from "../../../helpers/hostileMain.ts";
import { readHostile } from "../../../helpers/hostileProcess.ts";

const FILES = 150;
const MAX_MEGABYTES = 1024;
const kinds: readonly HostileKind[] = ["program", "model", "float", "quantized"];

describe("hostile ONNX files", function () {
  this.timeout(120_000);

  for (const kind of kinds)
    it(`S-02 ${FILES} of kind ${kind}: refused by type, or equal everywhere`, async () => {
      const { outcomes, failures } = await readHostile(kind, 1, FILES);
      expect(failures).to.deep.equal([]);
      expect(outcomes).to.have.length(FILES);
      const accepted = outcomes.filter((outcome) => outcome.accepted !== undefined);
      // some changes only touch weights and make another good program: the test must not refuse everything
      expect(accepted.length)
        .to.be.greaterThan(0)
        .and.lessThan(FILES / 2);
      expect(Math.max(...outcomes.map(({ megabytes }) => megabytes))).to.be.lessThan(MAX_MEGABYTES);
    });
});
