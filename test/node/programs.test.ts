// Programs of strangers: where they are fetched from, how much of them is taken in, and how much is kept.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { emitOnnx, encodeManifest, type Manifest } from "@assay/sdk/program";
import { tokenizerHash } from "@assay/sdk/text";
import { expect } from "chai";
import type { Hex } from "viem";
import { type ProgramFiles, programOf } from "../../node/programFiles.ts";
import { placeOfUri } from "../../node/programPlaces.ts";
import { createPrograms, type ProgramsOptions } from "../../node/programs.ts";
import { createBlobStore } from "../../node/store/blobs.ts";
import { createProgramStore, type ProgramStore } from "../../node/store/programStore.ts";
import { silentLogger } from "../../node/telemetry/logger.ts";
import { errorOf, temporaryFolder } from "../helpers/nodeParts.ts";
import { perceptron } from "../helpers/programs.ts";

const strict = { sources: [], allowsPrivate: false };

const integer = { kind: "integer" } as const;

/** What a manifest says of text; the tensors are only named. */
const textOf = (tokenizerBytes: Uint8Array): Pick<Manifest, "text" | "inputs" | "outputs"> => ({
  inputs: ["prompt", "length"].map((name) => ({ name, dtype: "i32", shape: [1], codec: integer })),
  outputs: ["tokens", "count"].map((name) => ({ name, dtype: "i32", shape: [1], codec: integer })),
  text: {
    tokenizer: { sha256: tokenizerHash(tokenizerBytes) },
    template: { begin: "", system: null, user: "{text}", assistant: null, reply: "" },
    inputs: { prompt: "prompt", length: "length", seed: null, temperature: null },
    outputs: { tokens: "tokens", count: "count" },
    stopToken: null,
  },
});

function filesOf(seed: number, tokenizerBytes?: Uint8Array): ProgramFiles {
  const program = perceptron(seed);
  const describe = ({ dtype, shape }: (typeof program.inputs)[number]) => ({
    name: "x",
    dtype,
    shape: [...shape],
    codec: { kind: "integer" as const },
  });
  const manifest: Manifest = {
    name: `program ${seed}`,
    version: "1",
    licence: "",
    inputs: program.inputs.map(describe),
    outputs: program.outputs.map((slot) => ({ ...describe(program.steps[slot]!.out), name: "y" })),
    labels: [],
    source: { sha256: "0".repeat(64) },
    compiler: { version: "1", options: {} },
    ...(tokenizerBytes && textOf(tokenizerBytes)),
  };
  return programOf(emitOnnx(program), encodeManifest(manifest), { tokenizerBytes });
}

describe("Programs of strangers", () => {
  const folder = temporaryFolder();
  const asked: string[] = [];
  const offered = new Map<string, Uint8Array>();
  let server: Server;
  let origin: string;
  let store: ProgramStore;
  let round = 0;

  before(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? "");
      const bytes = offered.get(request.url ?? "");
      response.writeHead(bytes ? 200 : 404).end(bytes);
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.close();
    folder.remove();
  });
  beforeEach(() => {
    asked.length = 0;
    offered.clear();
    const path = join(folder.path, String(round++));
    store = createProgramStore(path, createBlobStore(join(path, "blobs")));
  });

  const open = (options: Partial<ProgramsOptions> = {}) =>
    createPrograms({
      store,
      sources: [origin],
      maxBytes: 1_000_000,
      keepBytes: 1_000_000,
      capacity: 1,
      logger: silentLogger,
      ...options,
    });

  function offer(files: ProgramFiles, at = `/programs/${files.programId}`): void {
    offered.set(`${at}/program.onnx`, files.programBytes);
    offered.set(`${at}/manifest.json`, files.manifestBytes);
    if (files.tokenizerBytes) offered.set(`${at}/tokenizer.json`, files.tokenizerBytes);
  }

  it("S-02: a published URI of slashes does not hold up the node", () => {
    const from = performance.now();
    expect(placeOfUri(`https://${"/".repeat(1_000_000)}x`, strict)).to.equal(undefined);
    expect(placeOfUri(`https://a.example/${"/".repeat(400)}`, strict)).to.equal("https://a.example");
    expect(placeOfUri(`https://a.example/${"/".repeat(400)}x`, strict)).to.match(/x$/);
    expect(performance.now() - from).to.be.below(100);
  });

  it("S-02: a published URI does not make the node call what it names beside the program", () => {
    for (const uri of [
      "ftp://a.example",
      "file:///etc/passwd",
      "https://a.example/stop?now=1#",
      "https://a.example/stop?",
      "https://a.example/#",
      "https://user:password@a.example",
      "http://localhost/x",
      "http://LOCALHOST.:80/x",
      "http://x.localhost",
      "http://127.0.0.1",
      "http://2130706433",
      "http://0x7f.1",
      "http://0.0.0.0",
      "http://10.1.2.3",
      "http://172.31.0.1",
      "http://192.168.0.1",
      "http://169.254.169.254/latest",
      "http://100.100.100.200",
      "http://[::1]",
      "http://[::]",
      "http://[::ffff:127.0.0.1]",
      "http://[fd00::1]",
      "http://[fe80::1]",
      "http://[64:ff9b::7f00:1]",
      "",
    ])
      expect(placeOfUri(uri, strict), uri).to.equal(undefined);
    for (const uri of ["https://a.example/p", "http://8.8.8.8:81/p", "https://[2606:4700::1111]/p"])
      expect(placeOfUri(`${uri}/`, strict), uri).to.equal(uri);
    const own = { sources: ["http://10.0.0.5:8480"], allowsPrivate: false };
    expect(placeOfUri("http://10.0.0.5:8480/p", own)).to.equal("http://10.0.0.5:8480/p");
    expect(placeOfUri("http://10.0.0.5:9000/p", own)).to.equal(undefined);
    expect(placeOfUri("http://127.0.0.1/p", { ...strict, allowsPrivate: true })).to.equal(
      "http://127.0.0.1/p",
    );
  });

  it("S-02: a program behind a private URI is found on a local network only", async () => {
    const files = filesOf(1);
    offer(files, "/p");
    const uriOf = () => `${origin}/p`;
    const error = await errorOf(() => open({ sources: [], uriOf }).get(files.programId));
    expect(error.name).to.equal("ProgramUnavailableError");
    expect(asked).to.deep.equal([]);
    await open({ sources: [], uriOf, allowsPrivate: true }).get(files.programId);
    expect(asked).to.deep.equal(["/p/manifest.json", "/p/program.onnx"]);
  });

  it("S-02: a large file is not asked for before its manifest is the chain's, nor taken in beyond the limit", async () => {
    const [files, other] = [filesOf(1), filesOf(2)];
    const { committed, manifestHash } = files;
    const registered = async () => ({ ...committed, manifestHash }) as never;
    offer({ ...other, programId: files.programId });
    await errorOf(() => open({ registered }).get(files.programId));
    expect(asked).to.deep.equal([`/programs/${files.programId}/manifest.json`]);
    offer(files);
    await errorOf(() => open({ registered, maxBytes: files.programBytes.length - 1 }).get(files.programId));
    expect(store.list()).to.deep.equal([]);
    await open({ registered }).get(files.programId);
    expect(store.list()).to.deep.equal([files.programId]);
  });

  it("S-02: fetched programs fill no disk, and served or published ones stay", async () => {
    const all = [1, 2, 3, 4, 5].map((seed) => filesOf(seed));
    const [own, served, ...others] = all as [ProgramFiles, ProgramFiles, ...ProgramFiles[]];
    for (const files of all) offer(files);
    const keepBytes = 2.5 * (own.programBytes.length + own.manifestBytes.length);
    const programs = open({ keepBytes, isServed: (programId: Hex) => programId === served.programId });
    await programs.put(own.programBytes, own.manifestBytes);
    for (const { programId } of [served, ...others]) {
      await programs.get(programId);
      await new Promise((done) => setTimeout(done, 5));
    }
    const last = others.at(-1)!;
    expect(store.list()).to.have.members([own.programId, served.programId, last.programId]);
    expect(store.read(own.programId)?.programBytes).to.deep.equal(own.programBytes);
    expect(store.read(last.programId)?.programBytes).to.deep.equal(last.programBytes);
  });

  it("S-02: a tokenizer comes with its program, and only the one that the manifest names", async () => {
    const tokenizer = new TextEncoder().encode('{"model":{}}');
    const files = filesOf(40, tokenizer);
    offer(files);
    const place = `/programs/${files.programId}`;
    offered.set(`${place}/tokenizer.json`, tokenizer.subarray(1));
    const other = await errorOf(() => open().files(files.programId));
    expect(other.message).to.include("tokenizer is another one");
    expect(asked).to.not.include(`${place}/program.onnx`);
    offered.delete(`${place}/tokenizer.json`);
    expect((await errorOf(() => open().files(files.programId))).name).to.equal("ProgramUnavailableError");
    offered.set(`${place}/tokenizer.json`, tokenizer);
    expect((await open().files(files.programId)).tokenizerBytes).to.deep.equal(tokenizer);
    offered.clear();
    expect((await open().files(files.programId)).tokenizerBytes).to.deep.equal(tokenizer);
    expect(store.hashesOf(files.programId)).to.have.keys("program", "manifest", "tokenizer");
    expect(() => programOf(files.programBytes, files.manifestBytes)).to.throw("missing");
    const missing = await errorOf(() => open().put(files.programBytes, files.manifestBytes));
    expect(missing.message).to.include("missing");
  });

  it("S-02: whoever executes and judges needs no tokenizer, and waits for none", async () => {
    const tokenizer = new TextEncoder().encode('{"model":{}}');
    const files = filesOf(41, tokenizer);
    offer(files);
    const place = `/programs/${files.programId}`;
    offered.delete(`${place}/tokenizer.json`);
    const { programRoot } = await open().get(files.programId);
    expect(programRoot).to.equal(files.committed.programRoot);
    expect(asked).to.not.include(`${place}/tokenizer.json`);
    expect(store.hashesOf(files.programId)).to.have.keys("program", "manifest");
    // From disk too, and still not enough for those who read text.
    expect((await open({ sources: [] }).get(files.programId)).programRoot).to.equal(programRoot);
    expect((await errorOf(() => open().files(files.programId))).name).to.equal("ProgramUnavailableError");
    offered.set(`${place}/tokenizer.json`, tokenizer);
    expect((await open().files(files.programId)).tokenizerBytes).to.deep.equal(tokenizer);
    expect(store.hashesOf(files.programId)).to.have.keys("program", "manifest", "tokenizer");
  });

  it("S-02: a node that offers a program takes its tokenizer along where there is one", async () => {
    const tokenizer = new TextEncoder().encode('{"model":{}}');
    const [with_, without] = [filesOf(42, tokenizer), filesOf(43, tokenizer)];
    for (const files of [with_, without]) offer(files);
    offered.delete(`/programs/${without.programId}/tokenizer.json`);
    const programs = open({ isServed: () => true });
    for (const { programId } of [with_, without]) await programs.get(programId);
    expect(store.hashesOf(with_.programId)).to.have.keys("program", "manifest", "tokenizer");
    expect(store.hashesOf(without.programId)).to.have.keys("program", "manifest");
  });
});
