// The examples run as they stand: against a chain over HTTP, with the digits model and a worker that answers.
import { execFile } from "node:child_process";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { assayActions, stringifyJson } from "@assay/sdk";
import { inferenceMarketAbi } from "@assay/sdk/abi";
import { commitProgram, emitOnnx, encodeManifest, type Program, runProgram } from "@assay/sdk/program";
import {
  byteRoot,
  generateSessionKey,
  manifestHash,
  type Receipt,
  receiptId as receiptIdOf,
  sessionSigner,
} from "@assay/sdk/protocol";
import { decodeTokens, encodePrompt, openText } from "@assay/sdk/text";
import { expect } from "chai";
import express from "express";
import { createWalletClient, type Hex, hexToBytes, http, parseEther, publicActions, zeroHash } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { getBlock, getContractEvents } from "viem/actions";
import { deploymentJson } from "../deploy/deployAssay.ts";
import { digitsInput, digitsModel, digitsSamples } from "../examples/digits/digits.ts";
import { createServer } from "../examples/server.ts";
import { compileModel } from "../node/compiler/index.ts";
import type { ProgramFiles } from "../node/programFiles.ts";
import { type AssayNetwork, createAssayNetwork } from "./helpers/assayNetwork.ts";
import { serveRpc } from "./helpers/serveRpc.ts";
import { writeTextProgram } from "./helpers/textProgram.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const run = promisify(execFile);
const samples = digitsSamples();

describe("examples", () => {
  let net: AssayNetwork;
  let environment: Record<string, string>;
  let stopRpc: () => Promise<void>;
  let stopWorker: () => Promise<void>;
  let folder: string;
  let programId: Hex;
  let program: Program;
  let textProgram: ProgramFiles;
  let manifest: Awaited<ReturnType<typeof compileModel>>["manifest"];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "assay-examples-"));
    const compiled = await compileModel({
      modelBytes: digitsModel(),
      calibration: samples.slice(0, 100).map((sample) => [digitsInput(sample)]),
      options: { name: "digits", inputRanges: { image: [0, 1] } },
    });
    manifest = compiled.manifest;
    program = compiled.program;
    net = await createAssayNetwork();
    const { publisher, worker } = net.clients;
    const manifestBytes = encodeManifest(manifest);
    const trees = commitProgram(compiled.program);
    const registered = await publisher.registerProgram({
      ...trees,
      manifestHash: manifestHash(manifestBytes),
    });
    programId = registered.programId;
    await worker.stake({ amount: parseEther("10000") });
    textProgram = writeTextProgram(join(folder, "babbler"));
    await publisher.registerProgram({ ...textProgram.committed, manifestHash: textProgram.manifestHash });
    stopWorker = answerAll(
      net,
      new Map([
        [programId, compiled.program],
        [textProgram.programId, textProgram.program],
      ]),
    );

    const rpc = await serveRpc(net.connection.provider);
    stopRpc = rpc.stop;
    const file = (name: string, content: string | Uint8Array) => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    environment = {
      RPC_URL: rpc.url,
      DEPLOYMENT: file("deployment.json", deploymentJson(net.deployment)),
      PROGRAM: file("program.onnx", emitOnnx(compiled.program)),
      MANIFEST: file("manifest.json", manifestBytes),
      PROGRAM_ID: programId,
      PRIVATE_KEY: keyOf(2),
    };
  });
  after(async () => {
    await stopWorker();
    await stopRpc();
    rmSync(folder, { recursive: true });
  });

  const example = async (name: string, more: Record<string, string> = {}) => {
    const argv = ["--conditions=assay-source", "--import", "tsx", join("examples", name)];
    const env = { ...process.env, ...environment, ...more };
    return (await run(process.execPath, argv, { cwd: root, env, timeout: 50_000 })).stdout;
  };

  it("quickStart buys an inference, and verifyAnswer checks it", async () => {
    const printed = await example("quickStart.ts");
    const [, requestId, digit] = /^provisional answer to (0x\w{64}): (\d)\n$/.exec(printed) ?? [];
    expect(Number(digit), printed).to.equal(samples[0]?.label);
    const report = await example("verifyAnswer.ts", { REQUEST_ID: requestId ?? "" });
    expect(report).to.match(/^(✔ .+\n){12}(\? .+\n){3}The answer is right\.\n$/);
  });

  it("gasless buys an inference that another pays the gas of", async () => {
    const printed = await example("gasless.ts", { RELAYER_KEY: keyOf(5) });
    expect(printed).to.match(/^0x\w{40} asked 0x\w{64} in 0x\w{64}, which another paid for\.\n$/);
    expect(printed).to.include(net.addresses.requester);
  });

  it("tellStory buys a text, and finds it in the bytes", async () => {
    const { programId, manifest, tokenizerBytes } = textProgram;
    const printed = await example("tellStory.ts", {
      PROGRAM_ID: programId,
      MANIFEST: join(folder, "babbler", "manifest.json"),
      TOKENIZER: join(folder, "babbler", "tokenizer.json"),
      PROMPT: "In the beginning",
    });
    const opened = openText(manifest, tokenizerBytes!);
    const input = encodePrompt(opened, { prompt: "In the beginning", seed: 7, temperature: 0.8 });
    const { text, ended } = decodeTokens(opened, runProgram(textProgram.program, input).output);
    expect(printed).to.equal(
      `provisional, ended by ${ended}: ${JSON.stringify(text)}\nThe bytes say the same.\n`,
    );
  });

  it("receipts buys answers on a channel, and checks each", async () => {
    const { clients, addresses, deployment } = net;
    const { requester, worker } = clients;
    const amount = parseEther("1");
    const { channelId } = await requester.depositToChannel({ worker: addresses.worker, amount });
    await worker.allotStake({ channelId, amount: parseEther("1000") });
    const signer = await sessionSigner(await generateSessionKey());
    await worker.setSessionKey({ worker: addresses.worker, x: signer.x, y: signer.y });
    const { receiptSeconds, minLock, lockPerFee, minFee } = await worker.getTier({ version: 1 });
    const byFee = minFee * BigInt(lockPerFee);
    let sequence = 0n;
    const app = express().use(express.json());
    app.get("/v1/offer", (_, response) => {
      const { x, y } = signer;
      const offer = { worker: addresses.worker, session: 1n, sessionKey: { x, y }, programs: [programId] };
      response.type("json").send(stringifyJson({ ...offer, versions: [1], price: minFee }));
    });
    app.post("/v1/inferences", async ({ body }, response) => {
      const input = hexToBytes((body as { input: Hex }).input);
      const { output, passes } = runProgram(program, input);
      const issuedAt = (await getBlock(worker)).timestamp;
      const receipt: Receipt = {
        ...{ channelId, session: 1n, sequence: sequence++, programId, passes, version: 1, isPrivate: false },
        ...{ inputRoot: byteRoot(input), outputRoot: byteRoot(output), fee: minFee, previous: zeroHash },
        ...{ liability: byFee > minLock ? byFee : minLock, issuedAt },
        challengeUntil: issuedAt + BigInt(receiptSeconds),
      };
      const { chainId, channels } = deployment;
      const id = receiptIdOf({ chainId: BigInt(chainId), channels, receipt });
      const signature = await signer.sign(id);
      response.type("json").send(stringifyJson({ receiptId: id, receipt, signature, output }));
    });
    const server = app.listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const WORKER_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const lines = (await example("receipts.ts", { WORKER_URL })).trim().split("\n");
      for (const [at, { label }] of samples.slice(0, 3).entries())
        expect(lines[at]).to.match(new RegExp(`^${label}, right, by receipt 0x[0-9a-f]{64}$`));
      expect(lines[3]).to.equal(`Owed for all of them: ${3n * minFee}.`);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it("withEthers claims what the network owes", async () => {
    const { requester } = net.clients;
    const { requestId } = await requester.requestInference({
      programId,
      input: new Uint8Array(64),
      worker: net.addresses.stranger,
      fee: parseEther("0.25"),
    });
    await requester.cancelRequest({ requestId });
    expect(await example("withEthers.ts")).to.equal("Claimed 0.25 tokens.\n");
  });

  it("server answers over HTTP, with the faults of visitors told from its own", async () => {
    const client = createWalletClient({
      transport: http(environment.RPC_URL),
      account: mnemonicToAccount(mnemonic, { addressIndex: 2 }),
      pollingInterval: 50,
    })
      .extend(publicActions)
      .extend(assayActions({ deployment: net.deployment }));
    const server = createServer(client, programId, manifest).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/inferences`;
    const post = (body: unknown) =>
      fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
    try {
      const image = [...digitsInput(samples[1]!)];
      const bought = await post({ inputs: { image } });
      const answer = (await bought.json()) as { requestId: Hex; level: string; outputs: { label: number[] } };
      expect(answer).to.include({ level: "provisional" });
      expect(answer.outputs.label).to.deep.equal([samples[1]?.label]);
      const again = await fetch(`${url}/${answer.requestId}`);
      expect(await again.json()).to.deep.include({ status: "committed", outputs: answer.outputs });

      const wrong = await post({ inputs: { image: [1, 2] } });
      expect(wrong.status).to.equal(400);
      expect(await wrong.json()).to.have.nested.property("error.name", "TensorValuesError");
      expect((await fetch(`${url}/0x${"00".repeat(32)}`)).status).to.equal(404);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

describe("docs/sdk.md", () => {
  const page = readFileSync(join(root, "docs/sdk.md"), "utf8");

  it("shows nothing but code of the examples", () => {
    const sources = globSync("examples/**/*.{ts,sol}", { cwd: root }).map((file) =>
      readFileSync(join(root, file), "utf8"),
    );
    const blocks = [...page.matchAll(/```\w+\n([\s\S]*?)\n```/g)].map(([, block]) => block ?? "");
    expect(blocks).to.have.length(7);
    for (const block of blocks) {
      expect(
        sources.some((source) => source.includes(block.trim())),
        block,
      ).to.equal(true);
    }
  });

  it("names only what the SDK exports and files that exist", async () => {
    const sdk = Object.keys({
      ...(await import("@assay/sdk")),
      ...(await import("@assay/sdk/ethers")),
      ...(await import("@assay/sdk/text")),
    });
    const named = [...page.matchAll(/`([a-z]+[A-Z]\w+|[A-Z]\w+Error)\b[^`]*`/g)].map(
      ([, name]) => name ?? "",
    );
    const fields = [
      "isPrivate",
      "writeOff",
      "maxFee",
      "shortMessage",
      "createPublicClient",
      "requestId",
      "inputPosted",
      "validUntil",
    ];
    expect(named.filter((name) => !sdk.includes(name) && !fields.includes(name))).to.deep.equal([]);
    const links = [...page.matchAll(/\]\(\.\.\/([^)]+)\)/g)].map(([, file]) => join(root, file ?? ""));
    expect(links.filter((file) => !existsSync(file))).to.deep.equal([]);
  });
});

const mnemonic = "test test test test test test test test test test test junk";

function keyOf(addressIndex: number): Hex {
  const key = mnemonicToAccount(mnemonic, { addressIndex }).getHdKey().privateKey ?? new Uint8Array();
  return `0x${Buffer.from(key).toString("hex")}`;
}

/** A worker of few words: answers every request that it may. Returns how to stop it. */
function answerAll(
  { clients, addresses, deployment }: AssayNetwork,
  programs: ReadonlyMap<Hex, Program>,
): () => Promise<void> {
  const { worker } = clients;
  const stopped = new AbortController();
  const seen = new Set<Hex>();
  const filter = {
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    eventName: "Requested",
  } as const;
  const loop = async () => {
    while (!stopped.signal.aborted) {
      for (const { args } of await getContractEvents(worker, { ...filter, fromBlock: 0n, strict: true })) {
        if (seen.has(args.requestId) || BigInt(args.request.worker) !== 0n) continue;
        seen.add(args.requestId);
        const { requestId } = args;
        await worker.claimRequest({ requestId, worker: addresses.worker });
        const input = await worker.getInput({ requestId });
        await worker.commitResult({ requestId, ...runProgram(programs.get(args.programId)!, input) });
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const done = loop();
  return async () => {
    stopped.abort();
    await done;
  };
}
