// Builds the views that strategies plan from: a committed request on a small tier, with what a test says about it.
import {
  type Dispute,
  EMPTY,
  type Hex,
  type Request,
  type RequestStatus,
  type Reveal,
  type Tier,
  TRACE_ROOT,
} from "@assay/sdk/protocol";
import type { ServedProgram } from "../../../node/strategy/capacity.ts";
import type { CommitmentView, DisputeView, RequestView } from "../../../node/strategy/views.ts";

export const worker = `0x${"11".repeat(20)}` as const;
export const challenger = `0x${"22".repeat(20)}` as const;
export const friend = `0x${"33".repeat(20)}` as const;
export const nobody = `0x${"00".repeat(20)}` as const;
export const now = 1_000_000n;

/** A recognisable 32-byte value. */
export const id = (number: number): Hex => `0x${number.toString(16).padStart(64, "0")}`;
export const programId = id(0xa);

export const tier: Tier = {
  name: EMPTY,
  claimSeconds: 60,
  deliverySeconds: 60,
  windowSeconds: 120,
  receiptSeconds: 60,
  workerSeconds: 100,
  challengerSeconds: 100,
  floorSeconds: 20,
  airgapSeconds: 30,
  inputSeconds: 30,
  recheckSeconds: 40,
  maxTraceDepth: 4,
  maxTensorDepth: 4,
  minLock: 1_000n,
  lockPerFee: 10,
  minFee: 10n,
  challengeBond: 50n,
  publisherBond: 500n,
  deliveryPenaltyBps: 500,
  gasPrice: 1n,
};

export const served: ServedProgram = {
  header: {
    operatorSet: 1,
    slots: 20,
    constants: 2,
    maxPasses: 1,
    inputBytes: 64,
    outputBytes: 8,
    tensorDepth: 1,
  },
  traceBytes: 1_000,
  offered: true,
  ready: true,
  executeSeconds: 1,
  traceSeconds: 2,
};

const deadlines: Partial<Record<RequestStatus, bigint>> = {
  open: now + 60n,
  claimed: now + 60n,
  committed: now + 120n,
};

/** `worker` is the only one that may claim; `claimant` the one that has. */
type Said = Partial<Request> & { deadline?: bigint; claimant?: Hex };

export function requestView(
  status: RequestStatus,
  { deadline, claimant, ...request }: Said = {},
  rest: Partial<RequestView> = {},
): RequestView {
  return {
    requestId: id(1),
    retired: false,
    tier,
    ...rest,
    state: {
      status,
      deadline: deadline ?? deadlines[status] ?? now,
      worker: claimant ?? (status === "open" ? nobody : worker),
    },
    request: {
      requester: friend,
      salt: 0n,
      programId,
      inputRoot: id(0xc),
      inputPosted: true,
      fee: 100n,
      version: 1,
      method: "optimistic",
      level: "final",
      worker: nobody,
      consumer: nobody,
      callbackGas: 0,
      ...request,
    },
  };
}

export function commitmentView(parts: {
  request?: RequestView;
  commitId?: Hex;
  commitment?: Partial<CommitmentView["commitment"]>;
  binding?: Partial<CommitmentView["binding"]>;
  disputes?: readonly DisputeView[];
}): CommitmentView {
  const disputes = parts.disputes ?? [];
  return {
    ...(parts.request ?? requestView("committed")),
    commitId: parts.commitId ?? id(2),
    disputes,
    commitment: {
      outputRoot: id(0x0f),
      passes: 1,
      holds: disputes.filter(({ dispute }) => dispute.status === "open").length,
      slashedAt: 0n,
      settled: false,
      ...parts.commitment,
    },
    binding: { traceRoot: EMPTY, boundAt: 0n, ...parts.binding },
  };
}

export function disputeView(
  dispute: Partial<Dispute> = {},
  { reveal, ...rest }: Partial<Omit<DisputeView, "dispute">> = {},
): DisputeView {
  return {
    disputeId: id(3),
    settled: false,
    ...rest,
    reveal: reveal ?? ({ kind: "unrevealed", revealedAt: 0n } satisfies Reveal),
    dispute: {
      commitId: id(2),
      challenger,
      status: "open",
      serial: 0,
      lastMoveAt: now - 5n,
      workerSeconds: 100,
      challengerSeconds: 100,
      position: TRACE_ROOT,
      rooted: false,
      node: EMPTY,
      bond: 50n,
      gasOwed: 0,
      previous: 0,
      next: 0,
      ...dispute,
    },
  };
}
