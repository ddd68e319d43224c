// An RPC endpoint on a bad day: in front of a chain, it fails, stalls, lags, loses transactions or sends them late.
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { type Address, type Hex, keccak256, parseTransaction, recoverTransactionAddress } from "viem";
import { Random } from "./random.ts";

/** How likely each fault is, per call that it can befall; from 0 to 1. */
export interface Faults {
  /** HTTP 429 or 503, a cut line, half a JSON object, "header not found". */
  error: number;
  /** No answer for longer than anybody waits. */
  stall: number;
  /** The chain did what was asked, and the answer was lost. */
  deaf: number;
  /** A signed transaction is answered with its hash and thrown away. */
  drop: number;
  /** A signed transaction is answered with its hash and handed on some calls later. */
  late: number;
  /** For some calls the head is up to six blocks behind. */
  lag: number;
  /** A receipt that is there is not given out. */
  blind: number;
}

export const badDay: Faults = {
  error: 0.06,
  stall: 0.004,
  deaf: 0.02,
  drop: 0.15,
  late: 0.15,
  lag: 0.02,
  blind: 0.1,
};

/** A transaction that was handed in, whatever became of it. */
export interface HandedIn {
  from: Address;
  nonce: number;
  to: Address | undefined;
  data: Hex;
}

export interface ChaosRpc {
  url: string;
  /** Faults that happened, by name. */
  faults: Map<string, number>;
  handedIn: HandedIn[];
  storm(): void;
  /** No faults from here on; what was held back is handed on. */
  heal(): Promise<void>;
  stop(): Promise<void>;
}

export interface ChaosRpcOptions {
  /** Where the chain is. */
  target: string;
  seed?: number;
  faults?: Faults;
}

type Call = { id: number; method: string; params?: unknown[] };

const stallMilliseconds = 1_000;
const calmCalls = 12;
const tagged: Readonly<Record<string, number>> = {
  eth_getBlockByNumber: 0,
  eth_getTransactionCount: 1,
  eth_getBalance: 1,
};

/** Serves on a free port of loopback; without a storm it hands everything on. */
export async function startChaosRpc({
  target,
  seed = 1,
  faults = badDay,
}: ChaosRpcOptions): Promise<ChaosRpc> {
  const random = new Random(seed);
  const happened = new Map<string, number>();
  const handedIn: HandedIn[] = [];
  let late: { raw: Hex; calls: number }[] = [];
  let lag = { blocks: 0n, calls: 0 };
  let storming = false;

  function strikes(fault: keyof Faults): boolean {
    if (!storming || random.next() >= faults[fault]) return false;
    happened.set(fault, (happened.get(fault) ?? 0) + 1);
    return true;
  }

  async function ask(method: string, params: unknown[]): Promise<{ result?: unknown; error?: unknown }> {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const response = await fetch(target, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    return (await response.json()) as { result?: unknown; error?: unknown };
  }

  async function handOn(): Promise<void> {
    for (const one of late) one.calls -= 1;
    const due = late.filter(({ calls }) => calls <= 0);
    late = late.filter(({ calls }) => calls > 0);
    for (const { raw } of due) await ask("eth_sendRawTransaction", [raw]);
  }

  async function note(raw: Hex): Promise<void> {
    const { nonce = 0, to, data = "0x" } = parseTransaction(raw);
    const serializedTransaction = raw as Parameters<
      typeof recoverTransactionAddress
    >[0]["serializedTransaction"];
    const from = await recoverTransactionAddress({ serializedTransaction });
    handedIn.push({ from, nonce, to: to ?? undefined, data });
  }

  /** The block tag that a node some blocks behind would take for the newest one. */
  async function behind(): Promise<Hex | undefined> {
    if (lag.calls === 0 && strikes("lag"))
      lag = { blocks: BigInt(random.integer(1, 6)), calls: random.integer(1, calmCalls) };
    if (!storming || lag.calls === 0) return undefined;
    lag.calls -= 1;
    const head = BigInt((await ask("eth_blockNumber", [])).result as Hex);
    return `0x${(head > lag.blocks ? head - lag.blocks : 0n).toString(16)}`;
  }

  async function answer({ method, params = [] }: Call): Promise<{ result?: unknown; error?: unknown }> {
    if (method === "eth_sendRawTransaction") {
      const raw = params[0] as Hex;
      await note(raw);
      if (strikes("drop")) return { result: keccak256(raw) };
      if (strikes("late")) {
        late.push({ raw, calls: random.integer(5, 60) });
        return { result: keccak256(raw) };
      }
    }
    if (method === "eth_getTransactionReceipt" && strikes("blind")) return { result: null };
    const place = tagged[method];
    if (place !== undefined && params[place] === "latest") {
      const block = await behind();
      if (block !== undefined) return ask(method, params.with(place, block));
    }
    return ask(method, params);
  }

  async function serve(body: string, response: ServerResponse): Promise<void> {
    const call = JSON.parse(body) as Call;
    await handOn();
    const say = (content: object) =>
      response
        .setHeader("content-type", "application/json")
        .end(JSON.stringify({ jsonrpc: "2.0", id: call.id, ...content }));
    const fail: (() => unknown)[] = [
      () => response.writeHead(429).end("Too many requests"),
      () => response.writeHead(503).end("<html>Unavailable</html>"),
      () => response.destroy(),
      () => response.setHeader("content-type", "application/json").end('{"jsonrpc":"2.0","resu'),
      () => say({ error: { code: -32000, message: "header not found" } }),
    ];
    if (strikes("error")) return void random.pick(fail)();
    if (strikes("stall")) await new Promise((resolve) => setTimeout(resolve, stallMilliseconds));
    const content = await answer(call);
    if (strikes("deaf")) response.destroy();
    else say(content);
  }

  const server = createServer((request, response) => {
    text(request)
      .then((body) => serve(body, response))
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults: happened,
    handedIn,
    storm: () => {
      storming = true;
    },
    heal: async () => {
      storming = false;
      for (const one of late) one.calls = 0;
      await handOn();
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
