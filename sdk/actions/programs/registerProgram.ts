// Registers a program.
import type { Hex } from "viem";
import { parametersAbi } from "../../abi/parameters.ts";
import { programRegistryAbi } from "../../abi/programRegistry.ts";
import { contractCall } from "../../contractCall.ts";
import type { Deployment } from "../../deployments.ts";
import { type InsufficientAllowanceError, ProgramNotFoundError } from "../../errors/clientErrors.ts";
import { type ProgramHeader, programId, programRoot } from "../../protocol/ids.ts";
import type { AssayTransportClient, SpendParameters, WriteReturnType } from "../calls/parameters.ts";
import { readCall } from "../calls/readCall.ts";
import type { SendCallErrorType } from "../calls/sendCall.ts";
import { spend } from "../calls/spend.ts";
import { getProgram } from "./getProgram.ts";

export type RegisterProgramParameters = SpendParameters & {
  header: ProgramHeader;
  descriptorsRoot: Hex;
  constantsRoot: Hex;
  manifestHash: Hex;
  /** Where program and manifest may be fetched; a hint, hashed into nothing. */
  uri?: string | undefined;
  /** The bond in token units, if known; read from the tiers when left out. */
  bond?: bigint | undefined;
};
export type RegisterProgramReturnType = {
  programId: Hex;
  /** Undefined when the program was registered before: nothing was sent and no bond taken. */
  transaction: WriteReturnType | undefined;
};
export type RegisterProgramErrorType = SendCallErrorType | InsufficientAllowanceError;

/** The call that {@link registerProgram} sends once the vault may take the bond. */
export function registerProgramCall({
  deployment,
  header,
  descriptorsRoot,
  constantsRoot,
  manifestHash,
  uri = "",
}: Pick<
  RegisterProgramParameters,
  "deployment" | "header" | "descriptorsRoot" | "constantsRoot" | "manifestHash" | "uri"
>) {
  return contractCall({
    address: deployment.programRegistry,
    abi: programRegistryAbi,
    functionName: "register",
    args: [header, descriptorsRoot, constantsRoot, manifestHash, uri],
  });
}

/**
 * Registers a program, so that inferences of it can be requested. Takes the publisher's bond, which is given back
 * (`reclaimBond`) unless the program is proven malformed. Approves the vault first when needed.
 *
 * @param parameters - Header and roots as `commitProgram` of `@assay/sdk/program` computes them, the hash of the published
 * manifest bytes, and a URI as a hint.
 * @returns The program's id, and the transaction unless the program was registered before.
 *
 * @example
 * import { registerProgram } from "@assay/sdk";
 * import { commitProgram, encodeManifest } from "@assay/sdk/program";
 * import { manifestHash } from "@assay/sdk/protocol";
 *
 * const { programId } = await registerProgram(client, {
 *   deployment,
 *   ...commitProgram(program),
 *   manifestHash: manifestHash(encodeManifest(manifest)),
 * });
 */
export async function registerProgram(
  client: AssayTransportClient,
  parameters: RegisterProgramParameters,
): Promise<RegisterProgramReturnType> {
  const { deployment, header, descriptorsRoot, constantsRoot, manifestHash } = parameters;
  const root = programRoot(header, descriptorsRoot, constantsRoot);
  const id = programId(header.operatorSet, root, manifestHash);
  if (await isKnown(client, deployment, id)) return { programId: id, transaction: undefined };
  const amount = parameters.bond ?? (await publisherBond(client, deployment));
  const call = registerProgramCall(parameters);
  return { programId: id, transaction: await spend(client, { ...parameters, amount, call }) };
}

async function isKnown(
  client: AssayTransportClient,
  deployment: Deployment,
  programId: Hex,
): Promise<boolean> {
  try {
    await getProgram(client, { deployment, programId });
    return true;
  } catch (error) {
    if (error instanceof ProgramNotFoundError) return false;
    throw error;
  }
}

/** The registry serves every tier, so it takes the largest of their bonds. */
const publisherBond = (client: AssayTransportClient, deployment: Deployment): Promise<bigint> =>
  readCall(client, {
    address: deployment.parameters,
    abi: parametersAbi,
    functionName: "publisherBond",
  });
