// What the compiler has to accept and to refuse; `tsc` is the test, the body only runs along.
import type {
  AssayClient,
  CommitmentReference,
  cancelRequestCall,
  InsufficientStakeError,
  RequestUpdate,
  StakeParameters,
  stakeEtherCall,
} from "@assay/sdk";
import type { Method, Receipt } from "@assay/sdk/protocol";
import { expect } from "chai";
import type { Hex } from "viem";

type Equal<a, b> = (<t>() => t extends a ? 1 : 2) extends <t>() => t extends b ? 1 : 2 ? true : false;
const holds = <_ extends true>() => {};

describe("types", () => {
  it("know statuses, arguments of errors and of events, and what a bound action needs", () => {
    holds<
      Equal<
        Awaited<ReturnType<AssayClient["getDispute"]>>["status"],
        "none" | "open" | "won" | "lost" | "void"
      >
    >();
    holds<Equal<InsufficientStakeError["args"]["required"], bigint>>();
    holds<Equal<Extract<RequestUpdate, { event: "Committed" }>["args"]["output"], Hex>>();
    holds<Equal<ReturnType<typeof cancelRequestCall>["functionName"], "cancel">>();
    holds<Equal<Parameters<AssayClient["withdraw"]>["length"], 0 | 1>>();

    // @ts-expect-error amounts are bigints
    const wrongAmount: StakeParameters["amount"] = 5;
    // @ts-expect-error a bound action has its deployment
    const bound: Parameters<AssayClient["stake"]>[0] = { amount: 5n, deployment: {} };
    holds<Equal<Awaited<ReturnType<AssayClient["getRequest"]>>["request"]["method"], Method>>();
    holds<Equal<ReturnType<typeof stakeEtherCall>["functionName"], "stakeEther">>();
    const byId: Parameters<AssayClient["finalizeRequest"]>[0] = { requestId: "0x" };
    const byCommitment: CommitmentReference = { commitId: "0x", source: "channels" };

    // @ts-expect-error a commitment is named once
    const twice: CommitmentReference = { commitId: "0x", requestId: "0x" };
    // @ts-expect-error a dispute about a receipt needs its signature
    const unsigned: Parameters<AssayClient["challengeReceipt"]>[0] = { receipt: {} as Receipt };
    // @ts-expect-error a request id is needed
    const missing: Parameters<AssayClient["getRequest"]>[0] = {};
    expect([wrongAmount, bound, missing, byId, byCommitment, twice, unsigned]).to.have.length(7);
  });
});
