// Damaged program files: each is refused with a typed error, or is exactly what its program emits. Never a crash.
import { BaseError } from "@assay/sdk";
import { emitOnnx, readFastForm } from "@assay/sdk/program";
import { expect } from "chai";
import { changeBytes, changeModel } from "../../../helpers/hostileOnnx.ts";
import { network, perceptron } from "../../../helpers/programs.ts";
import { Random } from "../../../helpers/random.ts";

const FILES = 400;

describe("hostile program files", function () {
  this.timeout(60_000);
  const originals = [
    perceptron(1, { rows: 2, inner: 6, columns: 3 }),
    network(2, { channels: 1, size: 4, filters: 2, classes: 3 }),
  ].map((program) => emitOnnx(program));

  for (const [name, damage] of Object.entries({
    "changed protobuf": changeModel,
    "changed bytes": changeBytes,
  }))
    it(`refuses or equals: ${FILES} files of ${name}`, () => {
      let accepted = 0;
      for (let seed = 0; seed < FILES; seed++) {
        const random = new Random(seed);
        const file = damage(originals[seed % originals.length]!, random);
        const started = performance.now();
        try {
          const program = readFastForm(file);
          expect(emitOnnx(program), `seed ${seed}`).to.deep.equal(file);
          accepted++;
        } catch (error) {
          expect(error, `seed ${seed}: ${(error as Error).stack}`).to.be.instanceOf(BaseError);
        }
        expect(performance.now() - started, `milliseconds of seed ${seed}`).to.be.lessThan(5000);
      }
      // some changes only touch weights and make another good program: the test must not refuse everything
      expect(accepted)
        .to.be.greaterThan(0)
        .and.lessThan(FILES / 2);
    });
});
