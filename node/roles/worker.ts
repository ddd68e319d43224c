// The worker: claims what it can answer for, executes, commits, defends and collects.
import { getAccount } from "@assay/sdk";
import type { Hex } from "@assay/sdk/protocol";
import { type Address, formatEther } from "viem";
import type { ProtocolEvent } from "../chain/events.ts";
import { readInputBond } from "../chain/inputBond.ts";
import { second } from "../clock.ts";
import type { GasReserve, OpenWork } from "../strategy/capacity.ts";
import { isSame } from "../strategy/claims.ts";
import type { DisputeView, RequestView } from "../strategy/views.ts";
import { openWork, type WorkerAction, type WorkerLimits, workerPlan } from "../strategy/workerPlan.ts";
import { type Answering, type AnsweringOptions, createAnswering } from "./answering.ts";
import { createBonding } from "./bonding.ts";
import {
  claimSend,
  collectSend,
  commitSend,
  inputUnavailableSend,
  type Published,
  pokeRequest,
} from "./calls.ts";
import { createChainViews, readPreferred } from "./chainViews.ts";
import { createConduct } from "./conduct.ts";
import type { RoleContext } from "./context.ts";
import { createInputs, type InputSources, inputBytesOf, inputStateOf } from "./inputs.ts";
import { createNarration } from "./narration.ts";
import { askedOf } from "./openings.ts";
import { createReplying, keyOfReply } from "./replying.ts";
import { createRole, type Role } from "./role.ts";
import { createSets } from "./sets.ts";
import { createShowing, isInputReply, keyOfInputReply } from "./showing.ts";
import { createTraces } from "./traces.ts";

export type WorkerOptions = RoleContext &
  AnsweringOptions &
  InputSources & {
    /** Whose stake backs the work; the sender's key acts for it. */
    account: Address;
    limits: WorkerLimits;
    /** Wei per unit of gas that the gas reserve has to cover. */
    maxFeePerGas: bigint;
    /** What the account stands for besides requests. */
    elsewhere?: () => readonly OpenWork[];
  };

/** What a worker knows of its machine; another role that answers on it has to know it too. */
export type Machine = Pick<Answering, "served"> & {
  /** What the worker has claimed and committed, as of its last round. */
  openWork(): readonly OpenWork[];
  gas(): GasReserve;
};

export type Worker = Role & {
  machine: Machine;
  /** Takes in events after the journal has: disputes about own answers are told from them, money is counted. */
  observe(events: readonly ProtocolEvent[]): Promise<void>;
};

type Action = WorkerAction | { kind: "prepare"; programId: Hex };

export function createWorker(options: WorkerOptions): Worker {
  const { journal, endpoints, sender, deployment, account, serves, programs, fast, limits } = options;
  const { metrics, logger, clock, onEvent } = options;
  const views = createChainViews(options);
  const traces = createTraces(journal, programs, fast);
  const conduct = createConduct(options);
  const answering = createAnswering(options, conduct);
  const reply = createReplying(options, conduct, traces, noteTraceTime);
  const narration = createNarration(options, traces, isOurs);
  const sets = createSets(journal);
  const inputs = createInputs({ ...options, now: () => now });
  const show = createShowing(options, conduct, inputs);
  const bonding = createBonding(options, conduct);
  const askedAt = new Map<Hex, number>();
  let refused = new Map<Hex, string>();
  let draining = false;
  let open = 0;
  let now = 0n;
  let load: readonly OpenWork[] = [];
  let gas: GasReserve = { balance: 0n, maxFeePerGas: options.maxFeePerGas };

  async function plan(): Promise<Action[]> {
    const requests = await views.requests("open", "claimed", "inputMissing");
    const entries = views.entries(["committed"], ({ data }) => isSame(data.worker, account));
    const { block, views: commitments } = await views.commitments(entries, readPreferred(endpoints));
    now = block.timestamp;
    const mine = requests.filter(({ state }) => state.status !== "open" && isSame(state.worker, account));
    const disputed = entries.filter(({ disputes }) => disputes.length > 0);
    traces.keep(new Set(disputed.map(({ data }) => data.commitId)));
    const [balance, stake] = await endpoints.use((client) =>
      Promise.all([
        client.getBalance({ address: sender.address }),
        getAccount(client, { deployment, owner: account, blockNumber: block.number }),
      ]),
    );
    const answered = new Set(
      mine.map(({ requestId }) => requestId).filter((id) => answering.answerTo(id) !== undefined),
    );
    const defended = commitments.map((view) => ({ ...view, trace: traces.get(view.commitId) }));
    load = openWork(mine, { commitments: defended, answered });
    gas = { balance, maxFeePerGas: options.maxFeePerGas };
    const { actions, refusals } = workerPlan(
      {
        now,
        worker: account,
        freeStake: stake.free,
        gas,
        programs: answering.served,
        halted: answering.isHalted(),
        draining,
        requests,
        commitments: defended,
        answered,
        elsewhere: options.elsewhere?.() ?? [],
        inputs: inputStateOf(views, inputs, [...requests.filter(isConcerned), ...commitments]),
        underway: sets.underway(mine.map(({ requestId }) => requestId)),
      },
      limits,
    );
    report(refusals);
    open = mine.length + commitments.length;
    metrics.worker.open.set({ status: "claimed" }, mine.length);
    metrics.worker.open.set({ status: "committed" }, commitments.length);
    metrics.worker.disputes.set(
      {},
      commitments.reduce((sum, { disputes }) => sum + disputes.filter(isOpen).length, 0),
    );
    for (const state of ["free", "locked", "unbonding", "credit"] as const)
      metrics.worker.stake.set({ state }, tokens(stake[state]));
    metrics.worker.deadline.reset();
    const deadlines = actions.flatMap((action) => ("deadline" in action ? [action.deadline] : []));
    const [urgent] = deadlines.sort((a, b) => Number(a - b));
    if (urgent !== undefined) metrics.worker.deadline.set({}, Number(urgent - block.timestamp));
    const needed = [...serves, ...[...mine, ...commitments].map(({ request }) => request.programId)];
    const untried = new Set(needed.filter((programId) => !answering.served.has(programId)));
    return [...actions, ...[...untried].map((programId) => ({ kind: "prepare", programId }) as const)];
  }

  /** What this worker may claim, or has. */
  const isConcerned = ({ request, state }: RequestView): boolean =>
    state.status === "open" ? answering.served.has(request.programId) : isSame(state.worker, account);

  function report(refusals: readonly { requestId: Hex; reason: string }[]): void {
    for (const { requestId, reason } of refusals) {
      if (refused.get(requestId) === reason) continue;
      metrics.worker.requests.add({ outcome: reason });
      logger.info("Request left to others", { requestId, reason });
      onEvent?.({ kind: "refused", requestId, reason });
    }
    refused = new Map(refusals.map(({ requestId, reason }) => [requestId, reason]));
  }

  async function act(action: Action, signal: AbortSignal): Promise<void> {
    switch (action.kind) {
      case "prepare":
        return answering.prepare(action.programId);
      case "claim": {
        const { requestId } = action;
        askedAt.set(requestId, clock.now());
        const claimed = { request: askedOf(journal, requestId), worker: account };
        await conduct.send("claim", requestId, claimSend(deployment, action, claimed), signal);
        metrics.worker.requests.add({ outcome: "claimed" });
        return;
      }
      case "inputUnavailable":
        return reportInput(action, signal);
      case "timeoutInput":
        await conduct.send(action.kind, action.commitId, pokeRequest(options, action), signal);
        return;
      case "execute":
        return answering.execute(action.requestId);
      case "commit":
        return commit(action, signal);
      case "collect":
        return collect(action, signal);
      case "timeoutDelivery":
        metrics.worker.missed.add({ kind: "delivery" });
        await conduct.send(action.kind, action.requestId, pokeRequest(options, action), signal);
        return;
      case "refundRetired":
      case "timeoutRequestInput":
        await conduct.send(action.kind, action.requestId, pokeRequest(options, action), signal);
        return;
      default:
        return isInputReply(action) ? show(action, signal) : reply(action, signal);
    }
  }

  async function commit(action: Extract<Action, { kind: "commit" }>, signal: AbortSignal): Promise<void> {
    const { requestIds } = action;
    const answers: Published[] = [];
    for (const requestId of requestIds) {
      const execution = answering.executionOf(requestId);
      // INVARIANT: only the recorded answer is ever signed.
      if (execution === undefined) return answering.execute(requestId);
      answers.push({ ...execution, request: askedOf(journal, requestId) });
    }
    sets.decide(requestIds);
    const request = commitSend(deployment, action, answers);
    const send = () => conduct.send("commit", requestIds, request, signal);
    if ((await sets.send(requestIds, send, signal)) !== "ours") return;
    for (const requestId of requestIds) {
      metrics.worker.requests.add({ outcome: "committed" });
      const from = askedAt.get(requestId);
      if (from !== undefined) metrics.worker.answerSeconds.observe({}, (clock.now() - from) / second);
      askedAt.delete(requestId);
    }
  }

  /** The bond comes from the wallet of the key that signs: the worker's stake is not touched. */
  async function reportInput(
    action: Extract<Action, { kind: "inputUnavailable" }>,
    signal: AbortSignal,
  ): Promise<void> {
    const { requestId } = action;
    const request = askedOf(journal, requestId);
    const { version } = request;
    const inputBytes = inputBytesOf(journal, request.programId);
    const bond = await endpoints.use((client) => readInputBond(client, { deployment, version, inputBytes }));
    await bonding.approve(bond, signal);
    await conduct.send(action.kind, requestId, inputUnavailableSend(deployment, action, request), signal);
  }

  async function collect(action: Extract<Action, { kind: "collect" }>, signal: AbortSignal): Promise<void> {
    const { requestIds } = action;
    const requests = requestIds.map((requestId) => askedOf(journal, requestId));
    const request = collectSend(deployment, action, { requests, to: account });
    await sets.send(requestIds, () => conduct.send("collect", requestIds, request, signal), signal);
  }

  function noteTraceTime(commitId: Hex, traceSeconds: number): void {
    const programId = journal.commitments.get(commitId)?.data.programId;
    if (programId) answering.note(programId, { traceSeconds });
  }

  function isOurs(commitId: Hex): boolean {
    const worker = journal.commitments.get(commitId)?.data.worker;
    return worker !== undefined && isSame(worker, account);
  }

  function countMoney({ eventName, args }: ProtocolEvent): void {
    if (eventName === "Finalized" && isSame(args.worker, account))
      metrics.worker.earned.add({}, tokens(args.fee));
    if (eventName === "CommitmentSlashed" && isSame(args.worker, account))
      metrics.worker.slashed.add({}, tokens(args.amount));
  }

  const role = createRole<Action>({
    ...options,
    name: "worker",
    seconds: options.pollSeconds,
    plan,
    act,
    keyOf: (action) => {
      if (isInputReply(action)) return keyOfInputReply(action);
      if (action.kind === "timeoutInput") return `${action.kind}:${action.commitId}`;
      if ("commitId" in action) return keyOfReply(action);
      if ("requestIds" in action) return `${action.kind}:${action.requestIds.join()}`;
      return `${action.kind}:${"requestId" in action ? action.requestId : action.programId}`;
    },
    isIdle: () => open === 0,
    onDrain: () => {
      draining = true;
    },
  });
  return {
    ...role,
    machine: { served: answering.served, openWork: () => load, gas: () => gas },
    observe: (events) => {
      events.forEach(countMoney);
      return narration.tell(events);
    },
  };
}

const isOpen = ({ dispute }: DisputeView): boolean => dispute.status === "open";
const tokens = (amount: bigint): number => Number(formatEther(amount));
