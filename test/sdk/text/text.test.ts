// Text: prompts become input bytes, output bytes become text, and both are checked against what a person saw.
import { encodeInput } from "@assay/sdk";
import { bytesOf, decodeManifest, encodeManifest, type Manifest, ManifestError } from "@assay/sdk/program";
import {
  decodePrompt,
  decodeTokens,
  encodePrompt,
  openText,
  promptText,
  promptTokens,
  readTokenizer,
  TextError,
  tokenizerHash,
  verifyText,
} from "@assay/sdk/text";
import { expect } from "chai";
import { storytellerTokenizer } from "../../../examples/storyteller/storyteller.ts";

const tokenizer = storytellerTokenizer();
const ROOM = 24;
const integer = { kind: "integer" } as const;
const manifest: Manifest = {
  name: "teller",
  version: "1",
  licence: "",
  inputs: [
    { name: "prompt", dtype: "i32", shape: [ROOM], codec: integer },
    { name: "length", dtype: "i32", shape: [1], codec: integer },
    { name: "seed", dtype: "u64", shape: [1], codec: integer },
    { name: "temperature", dtype: "i32", shape: [1], codec: integer },
  ],
  outputs: [
    { name: "tokens", dtype: "i32", shape: [8], codec: integer },
    { name: "count", dtype: "i32", shape: [1], codec: integer },
  ],
  labels: [],
  source: { sha256: "00".repeat(32) },
  compiler: { version: "1", options: {} },
  text: {
    tokenizer: { sha256: tokenizerHash(tokenizer) },
    template: { begin: "<|end|>", system: null, user: "{text}", assistant: null, reply: "" },
    inputs: { prompt: "prompt", length: "length", seed: "seed", temperature: "temperature" },
    outputs: { tokens: "tokens", count: "count" },
    stopToken: 0,
  },
};
const opened = openText(manifest, tokenizer);

function outputOf(tokens: readonly number[], count = tokens.length): Uint8Array {
  const padded = Int32Array.from({ length: 8 }, (_, index) => tokens[index] ?? 1);
  return new Uint8Array([...bytesOf(padded), ...bytesOf(Int32Array.of(count))]);
}

const chat = {
  ...opened,
  about: {
    ...opened.about,
    template: {
      begin: "",
      system: "[s]{text}\n",
      user: "[u]{text}\n",
      assistant: "[a]{text}<|end|>\n",
      reply: "[a]",
    },
  },
};

const added = { special: true, single_word: false, lstrip: false, rstrip: false, normalized: false };
/** Knows eight pieces, and folds wide letters into narrow ones. */
const unigram = new TextEncoder().encode(
  JSON.stringify({
    added_tokens: [
      { ...added, id: 0, content: "<unk>" },
      { ...added, id: 1, content: "</s>" },
    ],
    normalizer: { type: "NFKC" },
    pre_tokenizer: null,
    post_processor: null,
    decoder: null,
    model: {
      type: "Unigram",
      unk_id: 0,
      vocab: ["<unk>", "</s>", "a", "b", "<", "/", "s", ">"].map((piece, id) => [piece, id < 2 ? 0 : -1]),
    },
  }),
);

describe("text", () => {
  it("encodes a prompt and finds it again in the input bytes", () => {
    const prompt = "In the beginning God created the heaven — naïve 🙂";
    const input = encodePrompt(opened, {
      prompt: prompt.slice(0, 32),
      seed: 2n ** 64n - 1n,
      temperature: 0.7,
    });
    const tokens = promptTokens(opened, prompt.slice(0, 32));
    expect(tokens[0]).to.equal(0);
    expect(decodePrompt(opened, input)).to.deep.equal({ text: `<|end|>${prompt.slice(0, 32)}`, tokens });
    const padded = [...tokens, ...new Array<number>(ROOM - tokens.length).fill(0)];
    expect(input).to.deep.equal(
      encodeInput(manifest, {
        prompt: padded,
        length: [tokens.length],
        seed: [2n ** 64n - 1n],
        temperature: [700],
      }),
    );
  });

  it("gives back any text byte by byte", () => {
    for (const text of ["naïve — 🙂\u0000\n\n  x ", " a .  b 's", "\u00a0日本語"]) {
      const ids = opened.tokenizer.encode(text, { add_special_tokens: false }).ids;
      expect(opened.tokenizer.decode(ids)).to.equal(text);
    }
  });

  it("reads answers: up to the stop token, or as far as there is room", () => {
    const tokens = opened.tokenizer.encode(" and the earth", { add_special_tokens: false }).ids;
    expect(decodeTokens(opened, outputOf([...tokens, 0]))).to.deep.equal({
      ...{ text: " and the earth", tokens, ended: "stop" },
    });
    expect(decodeTokens(opened, outputOf(tokens)).ended).to.equal("length");
    expect(decodeTokens(opened, outputOf([0]))).to.deep.equal({ text: "", tokens: [], ended: "stop" });
    expect(decodeTokens(opened, outputOf([2 ** 30])).text).to.equal("");
    for (const count of [-1, 9]) expect(() => decodeTokens(opened, outputOf([], count))).to.throw(TextError);
  });

  it("puts messages into the template, and no special token out of one", () => {
    const messages = [
      { role: "system", content: "be kind" },
      { role: "user", content: "who {text} $& is?" },
      { role: "assistant", content: "I am" },
      { role: "user", content: "so" },
    ] as const;
    expect(promptText(chat, messages)).to.equal(
      "[s]be kind\n[u]who {text} $& is?\n[a]I am<|end|>\n[u]so\n[a]",
    );
    expect(promptText(chat, "so")).to.equal("[u]so\n[a]");
    expect(() => promptText(chat, "so<|end|>")).to.throw(TextError, "special");
    expect(() => promptText(opened, messages)).to.throw(TextError, "role");
  });

  it("lets no message end a turn, not in pieces and not by another spelling", () => {
    const pieces = ["a<|en", "d|>b"].map((content) => ({ role: "user", content }) as const);
    expect(() => encodePrompt(opened, { prompt: pieces })).to.throw(TextError, "becomes a special token");
    const about = { ...opened.about, template: { ...opened.about.template, begin: "" } };
    const wide = { ...opened, ...readTokenizer(unigram), about };
    expect(promptTokens(wide, "a<s>bz")).to.deep.equal([2, 4, 6, 7, 3, 0]);
    expect(() => promptTokens(wide, "a</s>b")).to.throw(TextError, "contains a special token");
    expect(() => promptTokens(wide, "a＜/s＞b")).to.throw(TextError, "becomes a special token");
    const { checks } = verifyText({
      ...{ manifest, tokenizer, prompt: pieces, text: "" },
      ...{
        input: encodeInput(manifest, {
          prompt: Array(ROOM).fill(0),
          length: [1],
          seed: [0],
          temperature: [0],
        }),
      },
      output: outputOf([0]),
    });
    expect(checks.map(({ passed }) => passed)).to.deep.equal([true, false, true]);
    expect(
      promptTokens(chat, [{ role: "assistant", content: "I am" }]).filter((token) => token === 0),
    ).to.have.length(1);
  });

  it("refuses what the program cannot take", () => {
    const encode = (parameters: object) => () => encodePrompt(opened, { prompt: "a", ...parameters });
    expect(encode({ prompt: "so it goes ".repeat(20) })).to.throw(TextError, "long");
    for (const seed of [-1, 1.5, 2n ** 64n, Number.NaN])
      expect(encode({ seed }), `${seed}`).to.throw(TextError);
    for (const temperature of [-0.1, 2.1, Number.NaN])
      expect(encode({ temperature }), `${temperature}`).to.throw(TextError, "temperature");
    const { seed: _, temperature: __, ...inputs } = opened.about.inputs;
    const greedy = {
      ...opened,
      about: { ...opened.about, inputs: { ...inputs, seed: null, temperature: null } },
    };
    expect(() => encodePrompt(greedy, { prompt: "a", seed: 1 })).to.throw(TextError, "draws nothing");
    expect(() => openText(manifest, tokenizer.subarray(1))).to.throw(TextError, "another one");
    const junk = new TextEncoder().encode("{}");
    const named = { ...manifest.text!, tokenizer: { sha256: tokenizerHash(junk) } };
    expect(() => openText({ ...manifest, text: named }, junk)).to.throw(TextError, "not a tokenizer");
    const { text: ___, ...silent } = manifest;
    expect(() => openText(silent, tokenizer)).to.throw(TextError, "no text");
  });

  it("verifies what a person wrote and read, and notices every change", () => {
    const asked = { prompt: "God is", seed: 3, temperature: 1 };
    const seen = { ...asked, manifest, tokenizer, text: " good" };
    const bytes = {
      input: encodePrompt(opened, asked),
      output: outputOf([...opened.tokenizer.encode(" good", { add_special_tokens: false }).ids, 0]),
    };
    const failed = (change: object) =>
      verifyText({ ...seen, ...bytes, ...change })
        .checks.filter(({ passed }) => !passed)
        .map(({ name }) => name);
    expect(failed({})).to.deep.equal([]);
    expect(verifyText({ ...seen, ...bytes }).valid).to.equal(true);
    expect(failed({ prompt: "God was" })).to.deep.equal(["prompt"]);
    expect(failed({ seed: 4 })).to.deep.equal(["prompt"]);
    expect(failed({ temperature: 0.9 })).to.deep.equal(["prompt"]);
    expect(failed({ text: " good." })).to.deep.equal(["text"]);
    expect(failed({ output: outputOf([5, 0]) })).to.deep.equal(["text"]);
    expect(failed({ tokenizer: tokenizer.subarray(1) })).to.deep.equal(["tokenizer", "prompt", "text"]);
  });

  it("is part of the manifest, and looked at", () => {
    expect(decodeManifest(encodeManifest(manifest))).to.deep.equal(manifest);
    const text = manifest.text!;
    const { template, inputs, outputs } = text;
    const cases: [object, string][] = [
      [{ ...text, more: 1 }, "$.text"],
      [{ ...text, tokenizer: { sha256: "" } }, "$.text.tokenizer.sha256"],
      [{ ...text, template: { ...template, user: "no mark" } }, "$.text.template.user"],
      [{ ...text, template: { ...template, system: "{text}{text}" } }, "$.text.template.system"],
      [{ ...text, inputs: { ...inputs, prompt: "seed" } }, "$.text.inputs.prompt"],
      [{ ...text, inputs: { ...inputs, length: "prompt" } }, "$.text.inputs.length"],
      [{ ...text, outputs: { ...outputs, count: "none" } }, "$.text.outputs.count"],
      [{ ...text, stopToken: -1 }, "$.text.stopToken"],
    ];
    for (const [changed, at] of cases) {
      const bytes = encodeManifest({ ...manifest, text: changed as never });
      const refusal = expect(() => decodeManifest(bytes), at).to.throw(ManifestError);
      refusal.with.nested.property("facts.at", at);
    }
  });
});
