// The worker: claims what it can answer for, executes, commits, defends and collects.
import { getAccount } from "@assay/sdk";
import { byteRoot, type Hex } from "@assay/sdk/protocol";
import type { Address } from "viem";
import { ConflictingAnswerError, SelfTestError } from "../errors.ts";
import type { Executor } from "../execution/executor.ts";
import type { Answer } from "../store/journal.ts";
import type { ServedProgram } from "../strategy/capacity.ts";
import { isSame } from "../strategy/claims.ts";
import { type WorkerAction, type WorkerLimits, workerPlan } from "../strategy/workerPlan.ts";
import { claimSend, commitSend, pokeRequest } from "./calls.ts";
import { createChainViews, readPreferred } from "./chainViews.ts";
import { createConduct } from "./conduct.ts";
import type { Programs, RoleContext } from "./context.ts";
import { createReplying, keyOfReply } from "./replying.ts";
import { createRole, type Role } from "./role.ts";
import { createTraces } from "./traces.ts";

/** Seconds that one request takes on this machine, at most. */
export type Measured = { executeSeconds: number; traceSeconds: number };

export type WorkerOptions = RoleContext & {
  /** Whose stake backs the work; the sender's key acts for it. */
  account: Address;
  serves: readonly Hex[];
  programs: Programs;
  /** Answers with this one; the other one checks samples. */
  fast: Executor;
  reference: Executor;
  /** Known answers on this machine; throws SelfTestError when one comes out wrong. */
  selfTest(programId: Hex): Promise<Measured>;
  limits: WorkerLimits;
  maxFeePerGas: bigint;
  /** Part of the answers that the reference executor computes again. */
  sampleRate: number;
  random?: () => number;
};

type Prepare = { kind: "prepare"; programId: Hex };
type Action = WorkerAction | Prepare;

export function createWorker(options: WorkerOptions): Role {
  const { journal, endpoints, sender, deployment, account, serves, programs, fast, reference, limits } =
    options;
  const { metrics, logger, onEvent, random = Math.random } = options;
  const views = createChainViews(journal, endpoints, deployment);
  const traces = createTraces(journal, programs, fast);
  const conduct = createConduct(options);
  const reply = createReplying(options, conduct, traces, noteTraceTime);
  const served = new Map<Hex, ServedProgram>();
  const refused = new Map<Hex, string>();
  let halted = false;
  let draining = false;
  let open = 0;

  async function plan(): Promise<Action[]> {
    const requests = await views.requests("open", "claimed");
    const entries = views.entries(({ state, data }) => state === "committed" && isSame(data.worker, account));
    const { block, views: commitments } = await views.commitments(entries, readPreferred(endpoints));
    const mine = requests.filter(
      ({ request }) => request.status === "claimed" && isSame(request.worker, account),
    );
    open = mine.length + commitments.length;
    traces.keep(
      new Set(entries.filter(({ disputes }) => disputes.length > 0).map(({ data }) => data.commitId)),
    );
    const [balance, { free }] = await endpoints.use((client) =>
      Promise.all([
        client.getBalance({ address: sender.address }),
        getAccount(client, { deployment, owner: account, blockNumber: block.number }),
      ]),
    );
    const { actions, refusals } = workerPlan(
      {
        now: block.timestamp,
        worker: account,
        freeStake: free,
        gas: { balance, maxFeePerGas: options.maxFeePerGas },
        programs: served,
        halted,
        draining,
        requests,
        commitments: commitments.map((view) => ({ ...view, trace: traces.get(view.commitId) })),
        answered: new Set(mine.map(({ requestId }) => requestId).filter((id) => answerTo(id) !== undefined)),
      },
      limits,
    );
    for (const { requestId, reason } of refusals) reportRefusal(requestId, reason);
    metrics.worker.open.set({ status: "claimed" }, mine.length);
    metrics.worker.open.set({ status: "committed" }, commitments.length);
    metrics.worker.disputes.set({}, sum(commitments.map(({ commitment }) => commitment.openDisputes)));
    const unprepared = serves.filter((programId) => !served.has(programId));
    return [...actions, ...unprepared.map((programId): Prepare => ({ kind: "prepare", programId }))];
  }

  /** The recorded answer to what the chain asks under this id: after a re-org that can be another question. */
  function answerTo(requestId: Hex): Answer | undefined {
    const request = journal.requests.get(requestId)?.data;
    return request && journal.answerOf(request);
  }

  function reportRefusal(requestId: Hex, reason: string): void {
    if (refused.get(requestId) === reason) return;
    refused.set(requestId, reason);
    metrics.worker.requests.add({ outcome: reason });
    logger.info("Request left to others", { requestId, reason });
    onEvent?.({ kind: "refused", requestId, reason });
  }

  async function act(action: Action, signal: AbortSignal): Promise<void> {
    switch (action.kind) {
      case "prepare":
        return prepare(action.programId);
      case "claim":
        await conduct.send("claim", action.requestId, claimSend(deployment, action, account), signal);
        metrics.worker.requests.add({ outcome: "claimed" });
        return;
      case "execute":
        return execute(action.requestId);
      case "commit":
        return commit(action, signal);
      case "timeoutDelivery":
        metrics.worker.missed.add({ kind: "delivery" });
        return conduct.send(action.kind, action.requestId, pokeRequest(deployment, action), signal);
      case "finalize":
      case "refundRetired":
        return conduct.send(action.kind, action.requestId, pokeRequest(deployment, action), signal);
      default:
        return reply(action, signal);
    }
  }

  async function prepare(programId: Hex): Promise<void> {
    const { header } = await programs.get(programId);
    try {
      served.set(programId, { header, ready: true, ...(await options.selfTest(programId)) });
      logger.info("Program is ready to be served", { programId });
    } catch (error) {
      if (!(error instanceof SelfTestError)) throw error;
      served.set(programId, { header, ready: false, executeSeconds: 0, traceSeconds: 0 });
      conduct.alarm("selfTest", { programId, error: error.shortMessage });
    }
  }

  async function execute(requestId: Hex): Promise<void> {
    const request = journal.requests.get(requestId)?.data;
    const input = journal.inputOf(requestId);
    if (request === undefined || input === undefined) return;
    const { programId, inputRoot } = request;
    if (byteRoot(input) !== inputRoot) return conduct.alarm("inputDiffers", { requestId });
    const committed = await programs.get(programId);
    const from = performance.now();
    const output = await fast.run(committed, input);
    const seconds = (performance.now() - from) / 1_000;
    const outputRoot = byteRoot(output);
    noteTime(programId, { executeSeconds: seconds });
    if (random() < options.sampleRate) {
      const agrees = byteRoot(await reference.run(committed, input)) === outputRoot;
      metrics.worker.samples.add({ verdict: agrees ? "agrees" : "differs" });
      onEvent?.({ kind: "sampled", requestId, agrees });
      if (!agrees) return halt("sampleDiffers", requestId);
    }
    try {
      journal.recordAnswer({ requestId, programId, inputRoot, outputRoot, passes: 1 }, { input, output });
    } catch (error) {
      if (error instanceof ConflictingAnswerError) return halt("answersDiffer", requestId);
      throw error;
    }
    logger.info("Request executed", { requestId, outputRoot, seconds });
    onEvent?.({ kind: "executed", requestId, outputRoot, seconds });
  }

  async function commit(
    action: Extract<WorkerAction, { kind: "commit" }>,
    signal: AbortSignal,
  ): Promise<void> {
    const { requestId } = action;
    const output = journal.outputOf(requestId);
    // INVARIANT: what is signed is the recorded answer, also if a re-org has left other bytes under this id.
    if (output === undefined || byteRoot(output) !== answerTo(requestId)?.outputRoot)
      return execute(requestId);
    await conduct.send("commit", requestId, commitSend(deployment, action, output), signal);
    metrics.worker.requests.add({ outcome: "committed" });
  }

  /** This machine has computed two different results: it answers nothing more until a person has looked. */
  function halt(reason: string, requestId: Hex): void {
    halted = true;
    conduct.alarm(reason, { requestId });
  }

  function noteTraceTime(commitId: Hex, traceSeconds: number): void {
    const programId = journal.commitments.get(commitId)?.data.programId;
    if (programId) noteTime(programId, { traceSeconds });
  }

  /** What was measured under load counts, when it is more. */
  function noteTime(programId: Hex, times: Partial<Measured>): void {
    const program = served.get(programId);
    if (program === undefined) return;
    const { executeSeconds = 0, traceSeconds = 0 } = times;
    served.set(programId, {
      ...program,
      executeSeconds: Math.max(program.executeSeconds, executeSeconds),
      traceSeconds: Math.max(program.traceSeconds, traceSeconds),
    });
  }

  return createRole<Action>({
    ...options,
    name: "worker",
    seconds: options.pollSeconds,
    plan,
    act,
    keyOf: (action) => {
      if ("commitId" in action) return keyOfReply(action);
      return `${action.kind}:${"requestId" in action ? action.requestId : action.programId}`;
    },
    isIdle: () => open === 0,
    onDrain: () => {
      draining = true;
    },
  });
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
