// Several endpoints: preference, failover, lag, wrong chains, and reads on which all must agree.
import { expect } from "chai";
import { custom, type Hex, RpcRequestError } from "viem";
import { createEndpoints, type EndpointsOptions } from "../../../node/chain/endpoints.ts";
import { errorOf, quiet } from "../../helpers/nodeParts.ts";

const hash = (n: number): Hex => `0x${n.toString(16).padStart(64, "0")}`;

/** A chain of one endpoint, as far as it matters here. */
interface Fake {
  name: string;
  chainId?: number;
  head: number;
  /** Fork: other block hashes. */
  fork?: number;
  balance?: bigint;
  down?: boolean;
  refuses?: string;
  calls?: string[];
}

const sourceOf = (fake: Fake) => ({
  name: fake.name,
  transport: custom(
    {
      request: async ({ method, params }: { method: string; params?: unknown[] }) => {
        fake.calls?.push(method);
        if (fake.down) throw new Error("connection refused");
        if (method === "eth_chainId") return `0x${(fake.chainId ?? 1).toString(16)}`;
        if (method === "eth_getBalance") return `0x${(fake.balance ?? 1n).toString(16)}`;
        if (method === "eth_getBlockByNumber") {
          const number = params?.[0] === "latest" ? fake.head : Number(params?.[0]);
          if (number > fake.head) return null;
          const [own, parent] = [
            hash(number * 10 + (fake.fork ?? 0)),
            hash(number * 10 - 10 + (fake.fork ?? 0)),
          ];
          return {
            number: `0x${number.toString(16)}`,
            hash: own,
            parentHash: parent,
            timestamp: "0x1",
            baseFeePerGas: "0x1",
            transactions: [],
          };
        }
        if (method === "eth_sendRawTransaction") {
          if (fake.refuses)
            throw new RpcRequestError({ body: {}, error: { code: -32000, message: fake.refuses }, url: "" });
          return hash(1);
        }
        throw new Error(`unexpected ${method}`);
      },
    },
    { retryCount: 0 },
  ),
});

function endpointsOf(fakes: Fake[], more: Partial<EndpointsOptions> = {}) {
  return createEndpoints({
    ...quiet(),
    sources: fakes.map(sourceOf),
    maxHeadLagBlocks: 2,
    pollSeconds: 0.01,
    ...more,
  });
}
const balance =
  (block?: { number: bigint }) =>
  (client: { getBalance: (given: { address: Hex; blockNumber?: bigint }) => Promise<bigint> }) =>
    client.getBalance({ address: `0x${"0".repeat(40)}`, ...(block && { blockNumber: block.number }) });
const pinned = (client: Parameters<ReturnType<typeof balance>>[0], block: { number: bigint }) =>
  balance(block)(client);

describe("createEndpoints", () => {
  it("asks the preferred endpoint, the next one when it is down, and the preferred one again when it is back", async () => {
    const [a, b] = [
      { name: "a", head: 9, balance: 1n, down: false },
      { name: "b", head: 9, balance: 2n },
    ];
    const endpoints = endpointsOf([a, b]);
    expect(await endpoints.use(balance())).to.equal(1n);
    a.down = true;
    expect(await endpoints.use(balance())).to.equal(2n);
    expect(endpoints.status().map(({ inUse }) => inUse)).to.deep.equal([false, true]);
    a.down = false;
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(await endpoints.use(balance())).to.equal(1n);
  });

  it("says so when none answers, and hands reverts and bugs through", async () => {
    const endpoints = endpointsOf([
      { name: "a", head: 1, down: true },
      { name: "b", head: 1, down: true },
    ]);
    expect((await errorOf(() => endpoints.use(balance()))).name).to.equal("EndpointsUnavailableError");
    const working = endpointsOf([{ name: "a", head: 1 }]);
    const bug = new TypeError("bug");
    expect(await errorOf(() => working.use(() => Promise.reject(bug)))).to.equal(bug);
  });

  it("does not use an endpoint of another chain, and stops when all are", async () => {
    const calls: string[] = [];
    const wrong = { name: "wrong", head: 9, chainId: 5, balance: 5n, calls };
    const endpoints = endpointsOf([wrong, { name: "right", head: 9, balance: 1n }], { chainId: 1 });
    expect(await endpoints.use(balance())).to.equal(1n);
    expect(await endpoints.use(balance())).to.equal(1n);
    expect(calls).to.deep.equal(["eth_chainId"]);
    expect((await errorOf(() => endpointsOf([wrong], { chainId: 1 }).chainId())).name).to.equal(
      "WrongChainError",
    );
  });

  it("prefers an endpoint that keeps up with the head", async () => {
    const endpoints = endpointsOf([
      { name: "behind", head: 5, balance: 5n },
      { name: "ahead", head: 9, balance: 9n },
    ]);
    const stop = new AbortController();
    endpoints.start?.(stop.signal);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await endpoints.use(balance())).to.equal(9n);
    expect(endpoints.status()[0]).to.include({ lagBlocks: 4, inUse: false });
    stop.abort();
    await endpoints.stop?.();
  });

  describe("agree", () => {
    it("pins all reads to one block that everybody knows", async () => {
      const { value, block } = await endpointsOf([
        { name: "a", head: 9 },
        { name: "b", head: 8 },
      ]).agree(pinned);
      expect(value).to.equal(1n);
      expect(block.number).to.equal(8n);
    });

    it("fails closed when two endpoints differ in the value or in the block, and says which", async () => {
      for (const other of [{ balance: 2n }, { fork: 1 }]) {
        const flagged: string[][] = [];
        const endpoints = endpointsOf(
          [
            { name: "a", head: 9 },
            { name: "b", head: 9, ...other },
          ],
          { onDisagreement: (names) => flagged.push(names) },
        );
        expect((await errorOf(() => endpoints.agree(pinned))).name).to.equal("EndpointsDisagreeError");
        expect(flagged).to.deep.equal([["a", "b"]]);
      }
    });

    it("goes with two of three, and flags the third", async () => {
      const flagged: string[][] = [];
      const fakes = [
        { name: "a", head: 9, balance: 7n },
        { name: "b", head: 9 },
        { name: "c", head: 9 },
      ];
      const { value } = await endpointsOf(fakes, { onDisagreement: (names) => flagged.push(names) }).agree(
        pinned,
      );
      expect(value).to.equal(1n);
      expect(flagged).to.have.length(1);
    });

    it("fails closed when too few answer to compare, unless one is said to be enough", async () => {
      const endpoints = endpointsOf([
        { name: "a", head: 9 },
        { name: "b", head: 9, down: true },
      ]);
      expect((await errorOf(() => endpoints.agree(pinned))).name).to.equal("EndpointsUnavailableError");
      expect((await endpoints.agree(pinned, { least: 1 })).value).to.equal(1n);
      expect((await endpointsOf([{ name: "only", head: 9 }]).agree(pinned)).value).to.equal(1n);
    });
  });

  it("broadcasts to everybody; one that takes or knows the transaction is enough", async () => {
    const [first, second] = [
      { name: "a", head: 9, refuses: "fee too low", calls: [] as string[] },
      { name: "b", head: 9, calls: [] as string[], refuses: "" },
    ];
    const endpoints = endpointsOf([first, second]);
    await endpoints.broadcast("0x02");
    expect([first, second].every(({ calls }) => calls.includes("eth_sendRawTransaction"))).to.equal(true);
    second.refuses = "already known";
    await endpoints.broadcast("0x02");
    second.refuses = "insufficient funds for gas * price + value";
    await errorOf(() => endpoints.broadcast("0x02"));
  });
});
