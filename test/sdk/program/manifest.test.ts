// Manifests: one manifest has one byte string, and only that one is read.
import {
  canonicalJson,
  decodeManifest,
  encodeManifest,
  type Manifest,
  ManifestError,
} from "@assay/sdk/program";
import { expect } from "chai";

const manifest: Manifest = {
  name: "digits",
  version: "1",
  licence: "MIT",
  inputs: [
    { name: "image", dtype: "u8", shape: [1, 8], codec: { kind: "linear", scale: 1 / 240, zeroPoint: 0 } },
  ],
  outputs: [{ name: "label", dtype: "i64", shape: [1], codec: { kind: "integer" } }],
  labels: ["null", 'ein"s', "größe"],
  source: { sha256: "00".repeat(32) },
  compiler: { version: "1", options: { softmax: "refuse" } },
};

const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const bytesOf = (value: string): Uint8Array => new TextEncoder().encode(value);

describe("manifest", () => {
  it("is written with sorted keys and no white space", () => {
    const written = new TextDecoder().decode(encodeManifest(manifest));
    expect(written).to.match(
      /^\{"compiler":\{"options":\{"softmax":"refuse"\},"version":"1"\},"inputs":\[\{"codec":/,
    );
    expect(written).to.not.match(/[\n\t]|: |, /);
    expect(decodeManifest(encodeManifest(manifest))).to.deep.equal(manifest);
  });

  it("follows RFC 8785", () => {
    expect(
      canonicalJson({ é: 1e21, a: [1 / 3, -0, 1e-7, 100], "": { "\n": "\u000f€\u0085" }, B: null }),
    ).to.equal('{"":{"\\n":"\\u000f€\u0085"},"B":null,"a":[0.3333333333333333,0,1e-7,100],"é":1e+21}');
  });

  it("refuses other bytes for the same manifest", () => {
    for (const other of [
      JSON.stringify(manifest),
      `${canonicalJson(manifest as never)} `,
      `\ufeff${canonicalJson(manifest as never)}`,
      canonicalJson(manifest as never).replace('"name":"digits"', '"name":"\\u0064igits"'),
    ])
      expect(() => decodeManifest(bytesOf(other))).to.throw(ManifestError, /canonical|JSON/);
  });

  it("refuses bytes that are no manifest, and says where", () => {
    const changed = (change: object): Uint8Array =>
      bytesOf(canonicalJson({ ...manifest, ...change } as never));
    const input = manifest.inputs[0]!;
    const cases: [Uint8Array, string][] = [
      [changed({ name: 5 }), "$.name"],
      [changed({ extra: 1 }), "$"],
      [changed({ inputs: [{ ...input, dtype: "f32" }] }), "$.inputs[0].dtype"],
      [changed({ inputs: [{ ...input, dtype: "constructor" }] }), "$.inputs[0].dtype"],
      [changed({ inputs: [{ ...input, shape: [0] }] }), "$.inputs[0].shape[0]"],
      [
        changed({ inputs: [{ ...input, codec: { kind: "linear", scale: 0, zeroPoint: 0 } }] }),
        "$.inputs[0].codec.scale",
      ],
      [changed({ inputs: [{ ...input, codec: { kind: "log" } }] }), "$.inputs[0].codec"],
      [changed({ inputs: {} }), "$.inputs"],
      [changed({ labels: [1] }), "$.labels[0]"],
      [changed({ source: { sha256: "zz" } }), "$.source.sha256"],
      [changed({ compiler: { version: "1", options: [] } }), "$.compiler.options"],
      [text([]), "$"],
      [text(null), "$"],
    ];
    for (const [bytes, at] of cases) {
      const refusal = expect(() => decodeManifest(bytes), at).to.throw(ManifestError);
      refusal.with.nested.property("facts.at", at);
    }
  });

  it("refuses what is too large or too deep", () => {
    expect(() => decodeManifest(new Uint8Array(2 ** 20 + 1))).to.throw(ManifestError, "too large");
    const deep = "[".repeat(100_000) + "]".repeat(100_000);
    expect(() => decodeManifest(bytesOf(deep))).to.throw(ManifestError, "nested");
    expect(() => encodeManifest({ ...manifest, name: "\ud800" })).to.throw(ManifestError, "surrogate");
    expect(() => canonicalJson(Number.NaN)).to.throw(ManifestError);
  });
});
