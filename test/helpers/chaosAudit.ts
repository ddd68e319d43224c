// What a chain's history says after a storm: who was paid and slashed, how often, and whether every token is where it should be.
import {
  byteRoot,
  type DisputeStatus,
  disputeStatuses,
  enumName,
  type Hex,
  hexToBytes,
} from "@assay/sdk/protocol";
import { decodeEvents, type ProtocolEvent } from "../../node/chain/events.ts";
import type { MinedLog } from "../../node/chain/poller.ts";
import { type Books, type Network, people, readBooks, wealth } from "./people.ts";
import { fee, gain, type Stage } from "./stage.ts";

/** Requests by whom they were given to: the worker is honest, the stranger is not. */
export type Asked = Map<Hex, "worker" | "stranger">;

export interface ChaosAudit {
  finalized: number;
  slashed: number;
  /** False alarms that were lost. */
  refuted: number;
  /** Wrong answers that became final, and the honest worker's that did not: which, and why, as a sentence each. */
  wrongFinality: string[];
  /** Lies in the middle that left the output as it should be: slashed where the cheater cannot defend them, and no harm if final. */
  harmless: number;
  /** Base units that the honest worker's stake has less than before. */
  lostStake: bigint;
  /** Ends that came twice, answers that were published twice, money that does not add up. */
  doubleSpends: string[];
}

type Named<name> = Extract<ProtocolEvent, { eventName: name }>;

export async function historyOf({ clients, deployment }: Network) {
  const logs = await clients.deployer.getLogs({
    address: [deployment.inferenceMarket, deployment.disputeGame],
    fromBlock: 0n,
    toBlock: "latest",
  });
  const events = decodeEvents(logs as MinedLog[]);
  const named = <name extends ProtocolEvent["eventName"]>(name: name): Named<name>[] =>
    events.filter((event): event is Named<name> => event.eventName === name);
  const ended = named("DisputeEnded").map(({ args }) => ({
    ...args,
    status: enumName(disputeStatuses, args.status) as DisputeStatus,
  }));
  const slashed = new Set(named("CommitmentSlashed").map(({ args }) => args.commitId));
  const lost = new Set(ended.filter(({ status }) => status === "lost").map(({ disputeId }) => disputeId));
  const challenged = named("Challenged").map(({ args }) => args);
  return {
    events,
    named,
    challenged,
    lost,
    /** Nobody has won yet. A slash ends every dispute on its commitment. */
    open: challenged.filter(
      ({ commitId, disputeId }) =>
        !slashed.has(commitId) && !ended.some((one) => one.disputeId === disputeId),
    ),
  };
}

const statusesOf = (network: Network, asked: Asked) =>
  Promise.all(
    [...asked].map(async ([requestId, worker]) => {
      const { status } = await network.clients.deployer.getRequestState({ requestId });
      return { worker, status };
    }),
  );

/** Wrong answers are slashed, and nothing is held against the right ones any more. */
export async function isDisputed(network: Network, asked: Asked): Promise<boolean> {
  const { open } = await historyOf(network);
  const statuses = await statusesOf(network, asked);
  return (
    open.length === 0 &&
    statuses.every(({ worker, status }) => status === (worker === "worker" ? "committed" : "slashed"))
  );
}

/** Right answers are paid, slashes are settled, and every dispute is paid out. */
export async function isOver(network: Network, asked: Asked): Promise<boolean> {
  const { named, challenged, lost, open } = await historyOf(network);
  const statuses = await statusesOf(network, asked);
  const isOver = statuses.every(
    ({ worker, status }) => status === (worker === "worker" ? "finalized" : "slashed"),
  );
  const slashes = named("CommitmentSlashed").length;
  return (
    isOver &&
    open.length === 0 &&
    named("SlashSettled").length === slashes &&
    named("DisputeSettled").length === challenged.length - lost.size
  );
}

/** For the message of a story that does not end. */
export async function standing(network: Network, asked: Asked): Promise<string> {
  const { events, named, challenged, lost, open } = await historyOf(network);
  const statuses = await statusesOf(network, asked);
  const disputes = `${challenged.length} disputes, ${open.length} open, ${lost.size} lost, ${named("DisputeSettled").length} paid, ${events.length} events`;
  return `${statuses.map(({ worker, status }) => `${worker} ${status}`).join(", ")}; ${disputes}`;
}

export async function audit(
  network: Network,
  stage: Stage,
  asked: Asked,
  before: Books,
): Promise<ChaosAudit> {
  const { named, lost } = await historyOf(network);
  const published = named("Committed");
  const [finals, slashes] = [named("Finalized"), named("CommitmentSlashed")];
  const wrongFinality: string[] = [];
  let harmless = 0;
  for (const [requestId, worker] of asked) {
    const answers = published.filter(({ args }) => args.requestId === requestId);
    const right = (await stage.traceOf(requestId)).outputRoot;
    const isRight =
      answers.length > 0 && answers.every(({ args }) => byteRoot(hexToBytes(args.output)) === right);
    const isFinal = finals.some(({ args }) => args.requestId === requestId);
    const found = `${isFinal ? "is final" : "is not final"}, with ${answers.length} published, ${isRight ? "right" : "not right"}`;
    if (worker === "stranger" && isRight) harmless += 1;
    if (isFinal ? !isRight : worker === "worker")
      wrongFinality.push(`what the ${worker} answered to ${requestId} ${found}`);
  }
  const { free, locked } = await network.clients.worker.getAccount({ owner: network.addresses.worker });
  const { challengeBond } = network.tier;
  const settled = named("SlashSettled");
  const compensation = settled.reduce((sum, { args }) => sum + args.compensation, 0n);
  const paid = BigInt(finals.length) * fee;
  const after = await readBooks(network);
  const wallets = Object.values(after.wallets).reduce((total, one) => total + one, 0n);
  /** What disputes have paid for the bonds that were put down. */
  const earnedBy = (person: "watchtower" | "friend") => {
    const own = <one extends { args: { challenger: Hex } }>(events: readonly one[]) =>
      events
        .map(({ args }) => args as one["args"])
        .filter(({ challenger }) => challenger === network.addresses[person]);
    const bonds = own(named("Challenged")).reduce((sum, { bond }) => sum + bond, 0n);
    return own(named("DisputeSettled")).reduce(
      (sum, { bond, reward, gas }) => sum + bond + reward + gas,
      -bonds,
    );
  };
  const accounts: Record<string, [bigint, bigint]> = {
    "the vault's books": [after.ledger, after.vault],
    "all tokens": [wallets + after.vault + after.swept, wealth * BigInt(people.length)],
    "what the worker earned": [
      gain(before, after, "worker"),
      paid + BigInt(lost.size) * ((challengeBond * 60n) / 100n),
    ],
    "what the requester paid": [gain(before, after, "requester"), compensation - paid],
    "what the watchtower earned": [gain(before, after, "watchtower"), earnedBy("watchtower")],
    "what the liar lost": [gain(before, after, "friend"), earnedBy("friend")],
    "what the cheater earned": [gain(before, after, "stranger"), 0n],
  };
  const doubleSpends = [
    ...twice(
      "an answer",
      published.map(({ args }) => args.requestId),
    ),
    ...twice(
      "a slash",
      slashes.map(({ args }) => args.commitId),
    ),
    ...twice("an end", [
      ...finals.map(({ args }) => args.requestId),
      ...named("RequestClosed").map(({ args }) => args.requestId),
    ]),
    ...twice(
      "a slash's settlement",
      settled.map(({ args }) => args.commitId),
    ),
    ...twice(
      "a dispute's payment",
      named("DisputeSettled").map(({ args }) => args.disputeId),
    ),
    ...Object.entries(accounts)
      .filter(([, [found, expected]]) => found !== expected)
      .map(([what, [found, expected]]) => `${what}: ${found} instead of ${expected}`),
  ];
  return {
    finalized: finals.length,
    slashed: slashes.length,
    refuted: lost.size,
    wrongFinality,
    harmless,
    lostStake: stage.stake - free - locked,
    doubleSpends,
  };
}

const twice = (what: string, ids: readonly Hex[]): string[] =>
  ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `${what} twice: ${id}`);
