// The SDK runs in a browser: bundled, without Node's modules and globals, small, and cut down to what is used.
import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { readTokenizer } from "@assay/sdk/text";
import { expect } from "chai";
import { build } from "esbuild";
import { storytellerTokenizer } from "../../examples/storyteller/storyteller.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Bundles a module for the browser and returns its code and the files in it. */
async function bundle(source: string) {
  const result = await build({
    stdin: { contents: source, resolveDir: root, loader: "ts" },
    bundle: true,
    minify: true,
    platform: "browser",
    format: "iife",
    globalName: "assay",
    target: "es2023",
    conditions: ["assay-source"],
    metafile: true,
    write: false,
    logLevel: "silent",
  });
  const code = result.outputFiles[0]?.text ?? "";
  return {
    code,
    kilobytes: gzipSync(code).length / 1024,
    inputs: Object.keys(result.metafile.inputs),
    result,
  };
}

/** Runs a script with what every browser has and nothing of Node. */
function browser() {
  const given = {
    TextEncoder,
    TextDecoder,
    URL,
    URLSearchParams,
    AbortController,
    AbortSignal,
    setTimeout,
    clearTimeout,
  };
  const context = createContext({ ...given, fetch: undefined });
  return (script: string): unknown => runInContext(script, context);
}

describe("the browser bundle", () => {
  let whole: Awaited<ReturnType<typeof bundle>>;
  before(async () => {
    whole = await bundle(`
      export * from "./sdk/index.ts";
      export * as program from "./sdk/program/index.ts";
      export * as scorer from "./test/helpers/scorer.ts";
      export { custom } from "viem";
    `);
  });

  it("needs no module of Node", () => {
    const imported = whole.inputs.filter((file) => file.startsWith("node:") || file.startsWith("(disabled)"));
    const external = Object.values(whole.result.metafile.inputs).flatMap(({ imports }) =>
      imports.filter((one) => one.external).map(({ path }) => path),
    );
    expect([...imported, ...external]).to.deep.equal([]);
    expect(whole.result.warnings).to.deep.equal([]);
  });

  it("executes and verifies in a context without process and Buffer", () => {
    const run = browser();
    run(whole.code);
    expect(run("typeof process + typeof Buffer + typeof require")).to.equal("undefinedundefinedundefined");
    expect(
      run(`
        const { scorer, verifyResult, encodeInput, decodeOutput } = assay;
        const input = encodeInput(scorer.scorerManifest, { x: scorer.sample.x });
        const { valid } = verifyResult({
          program: scorer.scorer, manifest: scorer.scorerManifest, programId: scorer.scorerId,
          input, output: scorer.sample.output,
        });
        const { scores } = decodeOutput(scorer.scorerManifest, scorer.sample.output);
        JSON.stringify({ valid, scores: [...scores] });
      `),
    ).to.equal('{"valid":true,"scores":[40,95,15]}');
  });

  it("talks to an endpoint from there", async () => {
    const run = browser();
    run(whole.code);
    const address = (digit: string) => `"0x${digit.repeat(40)}"`;
    const answer = await run(`
      const asked = [];
      const request = async ({ method }) => { asked.push(method); return "0x" + "00".repeat(13 * 32); };
      const names = ["token", "inferenceMarket"];
      const deployment = { chainId: 1, startBlock: 0n, ...Object.fromEntries(names.map((name) => [name, ${address("1")}])) };
      const client = assay.createAssayClient({ transport: assay.custom({ request }), deployment });
      client.getRequest({ requestId: "0x" + "ab".repeat(32) }).catch(({ name }) => [name, ...asked].join(" "));
    `);
    expect(answer).to.equal("RequestNotFoundError eth_call");
  });

  it("asks a worker's server, and keeps books in what the page has", async () => {
    const run = browser();
    run(whole.code);
    const offer = {
      worker: `0x${"11".repeat(20)}`,
      sessionKey: undefined,
      programs: [`0x${"22".repeat(32)}`],
      versions: [1],
      price: "5",
    };
    const answered = await run(`
      globalThis.fetch = async (url) => {
        const body = (async function* () { yield new TextEncoder().encode(${JSON.stringify(JSON.stringify(offer))}); })();
        const read = () => body.next();
        return { status: 200, url, body: { getReader: () => ({ read }) } };
      };
      const items = new Map();
      const books = assay.createPaymentBooks({
        read: (key) => items.get(key),
        swap: (key, before, after) => items.get(key) === before && !!items.set(key, after),
      });
      const channelId = "0x" + "ab".repeat(32);
      (async () => {
        const { price, programs } = await assay.getOffer({ url: "https://worker.example/" });
        await books.change(channelId, (book) => ({ ...book, owed: book.owed + price }));
        return [programs.length, (await books.get(channelId)).owed, items.size].join(" ");
      })();
    `);
    expect(answered).to.equal("1 5 1");
  });

  it("reads and writes text there", async () => {
    const file = storytellerTokenizer();
    const { code, kilobytes } = await bundle('export * from "./sdk/text/index.ts"');
    const run = browser();
    run(code);
    const words = "In the beginning — naïve 🙂";
    const there = run(`
      const { tokenizer } = assay.readTokenizer(new TextEncoder().encode(${JSON.stringify(new TextDecoder().decode(file))}));
      const { ids } = tokenizer.encode(${JSON.stringify(words)}, { add_special_tokens: false });
      JSON.stringify({ ids, text: tokenizer.decode(ids) });
    `);
    const { ids } = readTokenizer(file).tokenizer.encode(words, { add_special_tokens: false });
    expect(there).to.equal(JSON.stringify({ ids, text: words }));
    expect(kilobytes).to.be.lessThan(60);
  });

  it("stays small, and smaller for who uses less", async () => {
    const sizes = {
      everything: (await bundle('export * from "./sdk/index.ts"')).kilobytes,
      client: (await bundle('export { createAssayClient } from "./sdk/index.ts"')).kilobytes,
      getRequest: (await bundle('export { getRequest } from "./sdk/index.ts"')).kilobytes,
      verifyResult: (await bundle('export { verifyResult } from "./sdk/index.ts"')).kilobytes,
      stringifyJson: (await bundle('export { stringifyJson } from "./sdk/index.ts"')).kilobytes,
    };
    const lines = Object.entries(sizes).map(([name, size]) => `${name} ${size.toFixed(1)} KiB`);
    console.log(`      minified and gzipped: ${lines.join(", ")}`);
    expect(sizes.everything).to.be.lessThan(150);
    expect(sizes.getRequest).to.be.lessThan(sizes.client);
    expect(sizes.verifyResult).to.be.lessThan(40);
    expect(sizes.stringifyJson).to.be.lessThan(2);
  });
});
