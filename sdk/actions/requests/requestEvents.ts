// The events of the market that move a request, and what each means for its status.
import { type Abi, type ContractEventArgsFromTopics, type Hex, parseEventLogs, toEventSelector } from "viem";
import { inferenceMarketAbi } from "../../abi/inferenceMarket.ts";
import type { Deployment } from "../../deployments.ts";
import { enumName, type FinalityLevel, type RequestStatus, requestStatuses } from "../../protocol/enums.ts";
import type { LogFilter, MinedLog } from "../logs/scanLogs.ts";

/** Events by which a request changes. */
export const requestEventNames = [
  "Requested",
  "Claimed",
  "InputAsked",
  "InputShown",
  "Committed",
  "Finalized",
  "CommitmentSlashed",
  "RequestClosed",
] as const;
export type RequestEventName = (typeof requestEventNames)[number];

/** The arguments of an event of the market. */
export type MarketEventArgs<name extends RequestEventName> = ContractEventArgsFromTopics<
  typeof inferenceMarketAbi,
  name
>;

type UpdateOf<name extends RequestEventName> = {
  event: name;
  args: MarketEventArgs<name>;
  requestId: Hex;
  /** What the request is since this event. */
  status: RequestStatus;
  /** How sure the result is since this event; undefined while, or when, there is none. */
  level: FinalityLevel | undefined;
  blockNumber: bigint;
  blockHash: Hex;
  transactionHash: Hex;
  logIndex: number;
};

/** One change of a request. */
export type RequestUpdate = { [name in RequestEventName]: UpdateOf<name> }[RequestEventName];

const statusAfter: Record<Exclude<RequestEventName, "RequestClosed">, RequestStatus> = {
  Requested: "open",
  Claimed: "claimed",
  InputAsked: "inputMissing",
  InputShown: "claimed",
  Committed: "committed",
  Finalized: "finalized",
  CommitmentSlashed: "slashed",
};
const levelOf: Partial<Record<RequestStatus, FinalityLevel>> = {
  committed: "provisional",
  finalized: "final",
};

/** An answer as it was published. */
export type CommittedUpdate = Extract<RequestUpdate, { event: "Committed" }>;

const selectorsOf = (names: readonly (RequestEventName | "BatchPublished")[]): Hex[] =>
  inferenceMarketAbi
    .filter((item) => item.type === "event" && (names as readonly string[]).includes(item.name))
    .map((event) => toEventSelector(event as Extract<typeof event, { type: "event" }>));

/** The first topics of the events by which answers are published: one for the batch, then one for each answer. */
export const batchTopics = selectorsOf(["BatchPublished", "Committed"]);

/** The market's logs of the named events of one request. */
export function requestLogFilter(
  deployment: Deployment,
  requestId: Hex,
  names: readonly RequestEventName[] = requestEventNames,
): LogFilter {
  return { address: deployment.inferenceMarket, topics: [selectorsOf(names), [requestId]] };
}

/** Decodes logs that {@link requestLogFilter} selected. */
export function requestUpdates(logs: readonly MinedLog[]): RequestUpdate[] {
  const parsed = parseEventLogs({ abi: inferenceMarketAbi as Abi, logs: [...logs], strict: true });
  return parsed.map((log) => {
    const { blockNumber, blockHash, transactionHash, logIndex } = log as unknown as MinedLog;
    const event = log.eventName as RequestEventName;
    const args = log.args as unknown as { requestId?: Hex; subject?: Hex; status?: number };
    const status =
      event === "RequestClosed" ? enumName(requestStatuses, args.status ?? 0) : statusAfter[event];
    const place = { blockNumber, blockHash, transactionHash, logIndex };
    return {
      event,
      args,
      requestId: args.requestId ?? args.subject,
      status,
      level: levelOf[status],
      ...place,
    } as RequestUpdate;
  });
}
