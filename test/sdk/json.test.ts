// JSON of what the SDK returns.
import { BaseError, stringifyJson } from "@assay/sdk";
import { expect } from "chai";

describe("stringifyJson", () => {
  it("writes bigints as decimal strings and bytes as hex", () => {
    const value = { fee: 10n ** 18n, output: Uint8Array.of(0, 7), nested: [{ at: 1n }], plain: "x" };
    expect(stringifyJson(value)).to.equal(
      '{"fee":"1000000000000000000","output":"0x0007","nested":[{"at":"1"}],"plain":"x"}',
    );
  });

  it("writes errors with name, message and facts", () => {
    const error = new BaseError("It failed.", { facts: { fee: 2n } });
    const facts = { name: "BaseError", message: "It failed.\n\nfee: 2", facts: { fee: "2" } };
    expect(JSON.parse(stringifyJson({ error }))).to.deep.equal({ error: facts });
  });

  it("indents", () => {
    expect(stringifyJson({ a: 1n }, 2)).to.equal('{\n  "a": "1"\n}');
  });
});
