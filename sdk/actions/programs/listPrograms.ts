// Lists the registered programs.
import { type Address, type Hex, parseEventLogs, toEventSelector } from "viem";
import { getBlockNumber } from "viem/actions";
import { programRegistryAbi } from "../../abi/programRegistry.ts";
import { enumName, type ProgramStatus, programStatuses } from "../../protocol/enums.ts";
import type { ProgramHeader } from "../../protocol/ids.ts";
import type { AssayTransportClient, DeploymentParameters } from "../calls/parameters.ts";
import { readCall } from "../calls/readCall.ts";
import { scanLogs } from "../logs/scanLogs.ts";
import type { LogParameters } from "../requests/findUpdate.ts";

export type ListedProgram = {
  programId: Hex;
  status: ProgramStatus;
  publisher: Address;
  header: ProgramHeader;
  manifestHash: Hex;
  /** Where the publisher says that program and manifest may be fetched. */
  uri: string;
  /** Block of the registration. */
  blockNumber: bigint;
};

export type ListProgramsParameters = DeploymentParameters &
  LogParameters & {
    publisher?: Address | undefined;
    /** Last block to look at; the latest when left out. */
    toBlock?: bigint | undefined;
    /** Programs to return at most; 100 when left out. */
    limit?: number | undefined;
  };
export type ListProgramsReturnType = {
  /** Newest first. */
  programs: readonly ListedProgram[];
  /** Pass as `toBlock` for the next page; undefined after the last. */
  nextBlock: bigint | undefined;
};
export type ListProgramsErrorType = Error;

/**
 * Lists registered programs, newest first. Anyone may publish: judge a program by its `programId`, not by its URI.
 *
 * @param parameters.publisher - Only programs that this account registered.
 * @param parameters.limit - Programs to return at most; 100 when left out. A block's programs stay together, so a page may
 * be longer.
 * @returns The programs, and the cursor of the next page.
 *
 * @example
 * import { listPrograms } from "@assay/sdk";
 *
 * const { programs } = await listPrograms(client, { deployment });
 */
export async function listPrograms(
  client: AssayTransportClient,
  { deployment, publisher, limit = 100, ...parameters }: ListProgramsParameters,
): Promise<ListProgramsReturnType> {
  const { fromBlock = deployment.startBlock, blockRange, signal } = parameters;
  const toBlock = parameters.toBlock ?? (await getBlockNumber(client, { cacheTime: 0 }));
  const filter = { address: deployment.programRegistry, topics: topicsOf(publisher) };
  const found: Omit<ListedProgram, "status">[] = [];
  let nextBlock: bigint | undefined;
  const range = { fromBlock, toBlock, blockRange, signal, backward: true };
  for await (const logs of scanLogs(client, { ...filter, ...range })) {
    const events = parseEventLogs({
      abi: programRegistryAbi,
      eventName: "ProgramRegistered",
      logs,
    }).reverse();
    for (const { args, blockNumber } of events) {
      if (found.length >= limit && blockNumber !== found.at(-1)?.blockNumber) {
        nextBlock = blockNumber;
        break;
      }
      const { programId, publisher, header, manifestHash, uri } = args;
      found.push({ programId, publisher, header, manifestHash, uri, blockNumber });
    }
    if (nextBlock !== undefined) break;
  }
  return { programs: await Promise.all(found.map(withStatus)), nextBlock };

  async function withStatus(program: Omit<ListedProgram, "status">): Promise<ListedProgram> {
    const { status } = await readCall(client, {
      address: deployment.programRegistry,
      abi: programRegistryAbi,
      functionName: "program",
      args: [program.programId],
    });
    return { ...program, status: enumName(programStatuses, status) };
  }
}

function topicsOf(publisher: Address | undefined) {
  const event = programRegistryAbi.find((item) => item.type === "event" && item.name === "ProgramRegistered");
  const selector = toEventSelector(event as Extract<typeof event, { type: "event" }>);
  return [[selector], null, publisher ? [padded(publisher)] : null];
}

const padded = (address: Address): Hex => `0x${address.slice(2).toLowerCase().padStart(64, "0")}`;
