// The protocol's events, decoded and typed, in the order in which the chain has them.
import {
  disputeGameAbi,
  inferenceMarketAbi,
  inputRequestsAbi,
  programRegistryAbi,
  stakeVaultAbi,
} from "@assay/sdk/abi";
import { parseEventLogs } from "viem";
import type { MinedLog } from "./poller.ts";

const abi = [
  ...inferenceMarketAbi,
  ...disputeGameAbi,
  ...inputRequestsAbi,
  ...programRegistryAbi,
  ...stakeVaultAbi,
] as const;

const decode = (logs: MinedLog[]) => parseEventLogs({ abi, logs });

/** One event of the protocol: `eventName` tells which, `args` what it says. */
export type ProtocolEvent = ReturnType<typeof decode>[number];

/** Decodes logs of the protocol's contracts; logs of unknown events are left out. */
export function decodeEvents(logs: MinedLog[]): ProtocolEvent[] {
  return decode(logs);
}
