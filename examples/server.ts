// An HTTP server that sells a model: it buys inferences for its visitors and tells them how sure each answer is.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  type AssayClient,
  BaseError,
  createAssayClient,
  decodeOutput,
  encodeInput,
  parseDeployment,
  RequestNotFoundError,
  stringifyJson,
  TensorValuesError,
  WaitTimeoutError,
} from "@assay/sdk";
import { decodeManifest, type Manifest } from "@assay/sdk/program";
import express, { type ErrorRequestHandler, type Express } from "express";
import { type Hex, http, isHex, parseEther } from "viem";
import { privateKeyToAccount } from "viem/accounts";

/** The server pays: limit who may ask before you put it on the internet. */
export function createServer(client: AssayClient, programId: Hex, manifest: Manifest): Express {
  const app = express();
  app.use(express.json({ limit: "1mb" }));

  app.post("/inferences", async ({ body }, response) => {
    const gone = new AbortController();
    response.on("close", () => gone.abort());
    const input = encodeInput(manifest, (body as { inputs: Record<string, number[]> }).inputs ?? {});
    const { requestId } = await client.requestInference({ programId, input, maxFee: parseEther("1") });
    const wait = { requestId, level: "provisional", timeout: 60_000, signal: gone.signal } as const;
    const { level, output, commitId, worker } = await client.waitForResult(wait);
    response
      .type("json")
      .send(stringifyJson({ requestId, level, outputs: numbersOf(output), commitId, worker }));
  });

  app.get("/inferences/:requestId", async ({ params }, response) => {
    const requestId = params.requestId;
    if (!isHex(requestId) || requestId.length !== 66)
      throw new TensorValuesError("A request id has 32 bytes.");
    const { level, output, status } = await client.getResult({ requestId });
    response.type("json").send(stringifyJson({ requestId, status, level, outputs: numbersOf(output) }));
  });

  const numbersOf = (output: Uint8Array) =>
    Object.fromEntries(
      Object.entries(decodeOutput(manifest, output)).map(([name, data]) => [name, [...data]]),
    );

  const statusOf = (error: unknown): number => {
    if (error instanceof TensorValuesError) return 400;
    if (error instanceof RequestNotFoundError) return 404;
    if (error instanceof WaitTimeoutError) return 504;
    return 502;
  };
  const onError: ErrorRequestHandler = (error, _request, response, next) => {
    if (response.headersSent || !(error instanceof BaseError)) return next(error);
    const { name, shortMessage: message, facts } = error;
    response
      .status(statusOf(error))
      .type("json")
      .send(stringifyJson({ error: { name, message, facts } }));
  };
  app.use(onError);
  return app;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { RPC_URL, DEPLOYMENT, PRIVATE_KEY, PROGRAM_ID, MANIFEST, PORT } = process.env as Record<
    string,
    string
  >;
  const client = createAssayClient({
    transport: http(RPC_URL),
    account: privateKeyToAccount(PRIVATE_KEY as Hex),
    deployment: parseDeployment(JSON.parse(readFileSync(DEPLOYMENT!, "utf8"))),
  });
  const app = createServer(client, PROGRAM_ID as Hex, decodeManifest(readFileSync(MANIFEST!)));
  app.listen(Number(PORT ?? 3000), "127.0.0.1");
}
