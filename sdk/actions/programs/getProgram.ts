// Reads a registered program.
import type { Address, Hex } from "viem";
import { programRegistryAbi } from "../../abi/programRegistry.ts";
import type { ContractError } from "../../errors/ContractError.ts";
import { ProgramNotFoundError } from "../../errors/clientErrors.ts";
import { enumName, type ProgramStatus, programStatuses } from "../../protocol/enums.ts";
import type { ProgramHeader } from "../../protocol/ids.ts";
import { type AssayTransportClient, atBlock, type ReadParameters } from "../calls/parameters.ts";
import { readCall } from "../calls/readCall.ts";

/** A program as the chain knows it. */
export type RegisteredProgram = {
  header: ProgramHeader;
  status: ProgramStatus;
  publisher: Address;
  /** Unix seconds. */
  registeredAt: bigint;
  /** Token units still held against a proof that the program is malformed. */
  bond: bigint;
  descriptorsRoot: Hex;
  constantsRoot: Hex;
  manifestHash: Hex;
};

export type GetProgramParameters = ReadParameters & { programId: Hex };
export type GetProgramReturnType = RegisteredProgram;
export type GetProgramErrorType = ProgramNotFoundError | ContractError | Error;

/**
 * Reads a registered program.
 *
 * @param parameters.programId - The program.
 * @returns Header, roots, status and publisher.
 * @throws ProgramNotFoundError when nobody has registered it.
 *
 * @example
 * import { getProgram } from "@assay/sdk";
 *
 * const { status, header } = await getProgram(client, { deployment, programId });
 */
export async function getProgram(
  client: AssayTransportClient,
  { deployment, programId, ...block }: GetProgramParameters,
): Promise<GetProgramReturnType> {
  const program = await readCall(client, {
    address: deployment.programRegistry,
    abi: programRegistryAbi,
    functionName: "program",
    args: [programId],
    ...atBlock(block),
  });
  const status = enumName(programStatuses, program.status);
  if (status === "unknown") throw new ProgramNotFoundError({ programId });
  return { ...program, status };
}
