import { BaseError } from "@assay/sdk";
import { expect } from "chai";

describe("BaseError", () => {
  it("says what happened, the facts one per line, and the cause", () => {
    const error = new BaseError("The input has the wrong length.", {
      facts: { given: 63, required: 64n, worker: "0xabc", path: [1n, 2] },
      cause: new TypeError("not an array"),
    });
    expect(error.message).to.equal(
      'The input has the wrong length.\n\ngiven: 63\nrequired: 64\nworker: 0xabc\npath: ["1",2]\ncause: TypeError: not an array',
    );
    expect(error.shortMessage).to.equal("The input has the wrong length.");
    expect(error.cause).to.be.instanceOf(TypeError);
  });

  it("is one sentence when there are no facts", () => {
    expect(new BaseError("Nothing to do.").message).to.equal("Nothing to do.");
  });

  it("names a cause of its own kind without repeating its facts", () => {
    const cause = new BaseError("The disk is full.", { facts: { free: 0 } });
    expect(new BaseError("The journal was not written.", { cause }).message).to.equal(
      "The journal was not written.\n\ncause: BaseError: The disk is full.",
    );
  });
});
