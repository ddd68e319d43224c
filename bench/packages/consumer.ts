// Never run: the declarations of every entry point have to type-check where the packages are installed.
import { type AssayClient, createAssayClient, type Deployment, verifyResult } from "@assay/sdk";
import { inferenceMarketAbi } from "@assay/sdk/abi";
import { fromEthers } from "@assay/sdk/ethers";
import { type Program, readFastForm } from "@assay/sdk/program";
import { byteRoot, type Hex } from "@assay/sdk/protocol";
import { http } from "viem";

export async function buy(deployment: Deployment, programId: Hex, input: Uint8Array): Promise<Uint8Array> {
  const client: AssayClient = createAssayClient({ transport: http("http://127.0.0.1:8545"), deployment });
  const { requestId } = await client.requestInference({ programId, input });
  const { output, outputRoot } = await client.waitForResult({ requestId });
  if (byteRoot(output) !== outputRoot) throw new Error("unreachable: the client has checked it");
  return output;
}

export const check = (file: Uint8Array, manifest: Uint8Array, programId: Hex, input: Uint8Array): boolean => {
  const program: Program = readFastForm(file);
  return verifyResult({ program, manifest, programId, input, output: new Uint8Array(1) }).valid;
};

export const signer: typeof fromEthers = fromEthers;
export const names: string[] = inferenceMarketAbi.map((entry) => entry.type);
