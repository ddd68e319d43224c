// A local network for tests of the command line: chain, contracts, funded keys, and a folder with settings for them.
import { join } from "node:path";
import { assayActions, type Deployment } from "@assay/sdk";
import {
  collectOutput,
  emitOnnx,
  encodeManifest,
  execute,
  type Manifest,
  type TensorType,
} from "@assay/sdk/program";
import { createTestClient, createWalletClient, type Hex, http, publicActions } from "viem";
import { writeProgramFolder } from "../../node/cli/programFolder.ts";
import { type DevnetRole, devnetAccounts } from "../../node/devnet/accounts.ts";
import { createDevnetHome, type DevnetHome, describeNetwork } from "../../node/devnet/home.ts";
import type { LocalTierName } from "../../node/devnet/localTiers.ts";
import { type Network, startNetwork } from "../../node/devnet/network.ts";
import { type ProgramFiles, programOf } from "../../node/programFiles.ts";
import { assay, type Ran, type RunOptions, temporaryHome } from "./commandLine.ts";
import { perceptron } from "./programs.ts";

export type TestDevnet = {
  network: Network;
  home: DevnetHome;
  deployment: Deployment;
  /** Where commands find the network. */
  folder: string;
  /** A command in the network's folder. */
  run(argv: readonly string[], options?: RunOptions): Promise<Ran>;
  /** The protocol's actions, signed by a role. */
  clientOf(role: DevnetRole): ReturnType<typeof clientOf>;
  /** Moves the chain's time on and mines a block. */
  advance(seconds: number): Promise<void>;
  stop(): Promise<void>;
};

/** `demo` has clocks of seconds, `devnet` of minutes: enough for nodes on a machine that is busy. */
export async function startTestDevnet(tier: LocalTierName = "demo"): Promise<TestDevnet> {
  const temporary = temporaryHome();
  const home = await createDevnetHome(join(temporary.path, "devnet"));
  const network = await startNetwork({
    host: "127.0.0.1",
    rpcPort: 0,
    tiers: [tier],
    blockMilliseconds: 200,
  });
  const { deployment, rpcUrl } = network;
  describeNetwork(home, { deployment, rpcUrl, workerUrl: undefined });
  const chain = createTestClient({ mode: "hardhat", transport: http(rpcUrl) });
  return {
    network,
    home,
    deployment,
    folder: home.folder,
    run: (argv, options = {}) => assay(argv, { folder: home.folder, ...options }),
    clientOf: (role) => clientOf(role, rpcUrl, deployment),
    advance: async (seconds) => {
      await chain.increaseTime({ seconds });
      await chain.mine({ blocks: 1 });
    },
    stop: async () => {
      await network.stop();
      temporary.remove();
    },
  };
}

function clientOf(role: DevnetRole, rpcUrl: string, deployment: Deployment) {
  const { account } = devnetAccounts()[role];
  return createWalletClient({ account, transport: http(rpcUrl), pollingInterval: 20 })
    .extend(publicActions)
    .extend(assayActions({ deployment }));
}

/** A program so small that a node tests itself with it in no time, as a folder; numbers go in and out as they are. */
export function writeSmallProgram(folder: string): ProgramFiles {
  const program = perceptron(1, { rows: 1, inner: 16, columns: 4 });
  const tensor = (name: string, { dtype, shape }: TensorType) => ({
    name,
    dtype,
    shape,
    codec: { kind: "integer" as const },
  });
  const manifest: Manifest = {
    name: "small",
    version: "1",
    licence: "MIT",
    inputs: program.inputs.map((type) => tensor("bytes", type)),
    outputs: program.outputs.map((slot) => tensor("scores", program.steps[slot]!.out)),
    labels: ["north", "east", "south", "west"],
    source: { sha256: "0".repeat(64) },
    compiler: { version: "0", options: {} },
  };
  const files = programOf(emitOnnx(program), encodeManifest(manifest));
  writeProgramFolder(folder, files);
  return files;
}

export type Answered = { requestId: Hex; commitId: Hex; input: Uint8Array };

/** Asks for an inference and answers it by hand in the owner's name, rightly or not. */
export async function answerByHand(
  devnet: TestDevnet,
  { programId }: ProgramFiles,
  input: Uint8Array,
  output: Uint8Array,
): Promise<Answered> {
  const { requestId } = await devnet.clientOf("requester").requestInference({ programId, input });
  const worker = devnet.clientOf("owner");
  await worker.claimRequest({ requestId, worker: worker.account.address });
  const { commitId } = await worker.commitResult({ requestId, output });
  return { requestId, commitId, input };
}

/** What the program really answers. */
export const rightOutput = ({ program }: ProgramFiles, input: Uint8Array): Uint8Array =>
  collectOutput(program, execute(program, input));

export { digitsFolder } from "../../node/devnet/programs.ts";
