// What the compiler has to accept and to refuse; `tsc` is the test, the body only runs along.
import type {
  AssayClient,
  cancelRequestCall,
  InsufficientStakeError,
  RequestUpdate,
  StakeParameters,
} from "@assay/sdk";
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
    // @ts-expect-error a request id is needed
    const missing: Parameters<AssayClient["getRequest"]>[0] = {};
    expect([wrongAmount, bound, missing]).to.have.length(3);
  });
});
