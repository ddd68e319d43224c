// Numbers become input bytes, and output bytes become numbers, by the manifest.
import { decodeOutput, encodeInput, TensorValuesError } from "@assay/sdk";
import type { Manifest } from "@assay/sdk/program";
import { expect } from "chai";
import { sample, scorerManifest } from "../helpers/scorer.ts";

describe("encodeInput", () => {
  it("quantizes each input by its codec", () => {
    expect(encodeInput(scorerManifest, { x: sample.x })).to.deep.equal(sample.input);
  });

  it("starts each input at a multiple of 8, in the manifest's order", () => {
    const manifest: Manifest = {
      ...scorerManifest,
      inputs: [
        { name: "a", dtype: "u8", shape: [3], codec: { kind: "integer" } },
        { name: "b", dtype: "i64", shape: [1], codec: { kind: "integer" } },
      ],
    };
    const bytes = encodeInput(manifest, { b: [-2], a: [1, 2, 3] });
    expect([...bytes]).to.deep.equal([1, 2, 3, 0, 0, 0, 0, 0, 254, 255, 255, 255, 255, 255, 255, 255]);
  });

  it("names what is missing, unknown or of the wrong length", () => {
    const faults = [
      [{}, "input: x\ngiven: 0\nrequired: 4"],
      [{ x: [1] }, "input: x\ngiven: 1\nrequired: 4"],
      [{ x: sample.x, y: [1] }, "given: y\ninputs: x"],
    ] as const;
    for (const [values, facts] of faults) {
      expect(() => encodeInput(scorerManifest, values)).to.throw(TensorValuesError, facts);
    }
  });
});

describe("decodeOutput", () => {
  it("gives the numbers of each output by name", () => {
    const { scores } = decodeOutput(scorerManifest, sample.output);
    expect([...(scores ?? [])]).to.deep.equal(sample.scores);
  });

  it("reads outputs that lie anywhere in a larger buffer", () => {
    const padded = Uint8Array.of(9, ...sample.output).subarray(1);
    expect([...(decodeOutput(scorerManifest, padded).scores ?? [])]).to.deep.equal(sample.scores);
  });

  it("refuses bytes of another length", () => {
    expect(() => decodeOutput(scorerManifest, new Uint8Array(11))).to.throw(
      TensorValuesError,
      "required: 12",
    );
  });
});
