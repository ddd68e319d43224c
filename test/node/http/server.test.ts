// The HTTP server: what it serves, and that no bytes from outside end the process.
import { connect } from "node:net";
import { expect } from "chai";
import { fetchBytes } from "../../../node/http/fetchBytes.ts";
import { createHttpServer, type Health, type HttpServer } from "../../../node/http/server.ts";
import { blobHash, createBlobStore } from "../../../node/store/blobs.ts";
import { createProgramStore } from "../../../node/store/programStore.ts";
import { createMetrics } from "../../../node/telemetry/metrics.ts";
import { errorOf, quiet, temporaryFolder } from "../../helpers/nodeParts.ts";

describe("createHttpServer", () => {
  const folder = temporaryFolder();
  const blobs = createBlobStore(folder.path);
  const store = createProgramStore(folder.path, blobs);
  const programBytes = new Uint8Array([1, 2, 3]);
  const manifestBytes = new TextEncoder().encode("{}");
  const tokenizerBytes = new TextEncoder().encode('{"model":{}}');
  const programId = `0x${"ab".repeat(32)}` as const;
  const inputBytes = new Uint8Array([7, 8, 9]);
  const inputRoot = `0x${"cd".repeat(32)}` as const;
  const metrics = createMetrics({ version: "1.2.3" });
  let health: Health = { ready: true, reasons: [] };
  let failures = 0;
  let server: HttpServer;

  before(async () => {
    store.put(programId, { programBytes, manifestBytes, tokenizerBytes });
    server = createHttpServer({
      ...quiet(),
      metrics,
      host: "127.0.0.1",
      port: 0,
      bodyBytes: 1_000,
      metricsHost: "127.0.0.1",
      metricsPort: 0,
      health: () => health,
      blobs,
      programs: store,
      inputs: { inputOfRoot: (root) => (root === inputRoot ? inputBytes : undefined) },
      logger: { ...quiet().logger, error: () => void failures++ },
      routes: (app) => {
        app.get("/throws", () => {
          throw new Error("secret detail");
        });
        app.post("/echo", (request, response) => void response.json(request.body));
      },
    });
    await server.start?.(new AbortController().signal);
  });
  after(async () => {
    await server.stop?.();
    folder.remove();
  });
  const get = (path: string) => fetch(server.url() + path);

  it("tells whether it lives and whether it is ready, with reasons", async () => {
    expect(await (await get("/healthz")).json()).to.deep.equal({ status: "alive" });
    expect((await get("/readyz")).status).to.equal(200);
    health = { ready: false, reasons: ["No RPC endpoint answers."] };
    const response = await get("/readyz");
    expect(response.status).to.equal(503);
    expect(await response.json()).to.deep.equal({
      status: "not ready",
      reasons: ["No RPC endpoint answers."],
    });
    expect(response.headers.get("x-content-type-options")).to.equal("nosniff");
    expect(response.headers.get("x-powered-by")).to.equal(null);
  });

  it("offers inputs by their root, and nothing for other words", async () => {
    const found = await get(`/inputs/${inputRoot}`);
    expect(found.status).to.equal(200);
    expect(found.headers.get("content-type")).to.equal("application/octet-stream");
    expect(new Uint8Array(await found.arrayBuffer())).to.deep.equal(inputBytes);
    for (const path of [`/inputs/0x${"ef".repeat(32)}`, "/inputs/..%2fpassword", "/inputs/"])
      expect((await get(path)).status).to.equal(404);
  });

  it("serves metrics on a port of their own, named by role, noun and unit", async () => {
    const text = await (await fetch(`${server.metricsUrl()}/metrics`)).text();
    expect(text)
      .to.include('assay_node_build_info{version="1.2.3"')
      .and.include("assay_node_http_requests_total");
    const names = text.match(/^# TYPE (\S+)/gm)?.map((line) => line.slice("# TYPE ".length)) ?? [];
    expect(names.length).to.be.greaterThan(30);
    for (const name of names)
      expect(name).to.match(
        /^assay_[a-z]+(_[a-z]+)+_(total|seconds|blocks|tokens|gwei|info|state|bytes|commitments|disputes|transactions|programs|ratio|forecasts|inputs|slashes|findings|epochs|receipts)$/,
      );
    expect((await get("/metrics")).status).to.equal(404);
  });

  it("serves blobs by hash and programs by id, and nothing else of the disk", async () => {
    const bytes = async (path: string) => new Uint8Array(await (await get(path)).arrayBuffer());
    expect(await bytes(`/blobs/${blobHash(programBytes)}`)).to.deep.equal(programBytes);
    expect(await bytes(`/programs/${programId}/program.onnx`)).to.deep.equal(programBytes);
    expect(await bytes(`/programs/${programId}/manifest.json`)).to.deep.equal(manifestBytes);
    expect(await bytes(`/programs/${programId}/tokenizer.json`)).to.deep.equal(tokenizerBytes);
    for (const path of [
      "/blobs/..%2f..%2fetc%2fpasswd",
      "/blobs/0x12",
      `/blobs/0x${"0".repeat(64)}`,
      "/programs/..%2f..%2fx/program.onnx",
      `/programs/0x${"1".repeat(64)}/program.onnx`,
      "/",
    ])
      expect((await get(path)).status, path).to.equal(404);
  });

  it("answers malformed and oversized requests, and hides why a route failed", async () => {
    const post = (body: string, type = "application/json") =>
      fetch(`${server.url()}/echo`, { method: "POST", body, headers: { "content-type": type } });
    expect((await post("{")).status).to.equal(400);
    expect((await post(JSON.stringify("x".repeat(2_000)))).status).to.equal(413);
    expect((await get("/blobs/%E0%A4%A")).status).to.equal(400);
    const response = await get("/throws");
    expect(response.status).to.equal(500);
    expect(await response.text()).not.to.include("secret");
    expect(failures).to.equal(1);
  });

  it("survives garbage on the wire", async () => {
    const { port } = new URL(server.url());
    const shapes = [
      () => crypto.getRandomValues(new Uint8Array(2_000)),
      () => `GET / HTTP/1.1\r\n${"a: b\r\n".repeat(5_000)}\r\n`,
      () => `GET /${"x".repeat(100_000)} HTTP/1.1\r\n\r\n`,
      () => "POST /echo HTTP/1.1\r\ncontent-length: 999999999\r\ncontent-type: application/json\r\n\r\n{",
      () => "POST /echo HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
      () => "\u0000\u0001\r\n\r\n",
    ];
    await Promise.all(
      Array.from(
        { length: 60 },
        (_, index) =>
          new Promise<void>((resolve) => {
            const socket = connect(Number(port), "127.0.0.1", () => {
              socket.write(shapes[index % shapes.length]!());
              setTimeout(() => socket.destroy(), 50);
            });
            socket.on("error", () => {});
            socket.on("close", () => resolve());
            socket.resume();
          }),
      ),
    );
    expect((await get("/healthz")).status).to.equal(200);
  });

  it("refuses to start on a port that is taken", async () => {
    const { port } = new URL(server.url());
    const twin = createHttpServer({
      ...quiet(),
      host: "127.0.0.1",
      port: Number(port),
      bodyBytes: 1,
      metricsHost: "127.0.0.1",
      health: () => health,
    });
    expect((await errorOf(() => twin.start?.(new AbortController().signal))).message).to.match(
      /cannot listen/,
    );
  });

  it("[fetchBytes] takes files within bounds, and no detours", async () => {
    const url = `${server.url()}/blobs/${blobHash(programBytes)}`;
    expect(await fetchBytes(url, { maxBytes: 3, timeoutSeconds: 5 })).to.deep.equal(programBytes);
    expect((await errorOf(() => fetchBytes(url, { maxBytes: 2, timeoutSeconds: 5 }))).name).to.equal(
      "IntegrityError",
    );
    for (const bad of [`${server.url()}/nothing`, "http://127.0.0.1:1/", "file:///etc/passwd"])
      expect((await errorOf(() => fetchBytes(bad, { maxBytes: 9, timeoutSeconds: 5 }))).name).to.equal(
        "RetryableError",
      );
  });
});
