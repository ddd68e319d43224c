// The keys that sign receipts: one at a time, in this process only, authorised before use and revoked when out of use.
import { getSessionKey, revokeSessionKeyCall, setSessionKeyCall } from "@assay/sdk";
import { generateSessionKey, type Hex, type SessionSigner, sessionSigner } from "@assay/sdk/protocol";
import type { Address } from "viem";
import type { Tiers } from "../chain/tiers.ts";
import { second } from "../clock.ts";
import type { Conduct } from "../roles/conduct.ts";
import type { RoleContext } from "../roles/context.ts";

export type Session = { number: bigint; signer: SessionSigner; openedAt: bigint };

/** A session's key as the journal remembers it; `revoked` where the chain has taken that. */
type Known = { x: Hex; y: Hex; number: bigint };

export type SessionAction = { kind: "authorise"; x: Hex; y: Hex } | { kind: "revoke"; x: Hex; y: Hex };

export type Sessions = {
  /** The one that signs; undefined until the chain knows its key. */
  current(): Session | undefined;
  plan(now: bigint): Promise<SessionAction[]>;
  act(action: SessionAction, signal: AbortSignal): Promise<void>;
  /**
   * Sessions whose revocation has matured at `now`: nothing that they signed proves anything any more. They are forgotten
   * with {@link forget}.
   */
  matured(now: bigint): Promise<bigint[]>;
  forget(number: bigint): void;
};

/** A session lasts an unbonding delay: so long a revocation takes to mature, and no longer are answers kept because of it. */
export function createSessions(
  {
    journal,
    endpoints,
    deployment,
    clock,
    account,
    tiers,
  }: Pick<RoleContext, "journal" | "endpoints" | "deployment" | "clock"> & { account: Address; tiers: Tiers },
  conduct: Conduct,
): Sessions {
  const counter = journal.notes<{ last: bigint }, "open">("receiptSession");
  const keys = journal.notes<Known, "live" | "revoked">("sessionKeys");
  let current: Session | undefined;
  let opening: Session | undefined;

  /** INVARIANT (S-11): no number is given out twice, and it is in the journal before its key signs. */
  async function open(now: bigint): Promise<Session> {
    const signer = await sessionSigner(await generateSessionKey());
    const { x, y } = signer;
    const last = counter.get("session")?.data.last ?? 0n;
    const atLeast = BigInt(Math.floor(clock.now() / second));
    const number = last + 1n > atLeast ? last + 1n : atLeast;
    journal.transact(() => {
      counter.put("session", "open", { last: number });
      keys.put(x, "live", { x, y, number });
    });
    return { number, signer, openedAt: now };
  }

  const keyOnChain = ({ x, y }: { x: Hex; y: Hex }) =>
    endpoints.use((client) => getSessionKey(client, { deployment, worker: account, x, y }));

  async function plan(now: bigint): Promise<SessionAction[]> {
    if (current === undefined || now > current.openedAt + (await tiers.unbondingSeconds()))
      opening ??= await open(now);
    if (opening !== undefined && (await keyOnChain(opening.signer)).authorised)
      [current, opening] = [opening, undefined];
    const inUse = [current, opening].flatMap((session) => session?.signer.x ?? []);
    const outOfUse = keys.list({ states: ["live"] }).filter(({ data }) => !inUse.includes(data.x));
    return [
      ...(opening ? [{ kind: "authorise", x: opening.signer.x, y: opening.signer.y } as const] : []),
      ...outOfUse.map(({ data: { x, y } }) => ({ kind: "revoke", x, y }) as const),
    ];
  }

  async function act({ kind, x, y }: SessionAction, signal: AbortSignal): Promise<void> {
    const given = { deployment, worker: account, x, y };
    if (kind === "authorise") {
      await conduct.send(
        "setSessionKey",
        x,
        { key: `setSessionKey:${x}`, call: setSessionKeyCall(given) },
        signal,
      );
      return;
    }
    // One that its process never got to authorise has signed nothing.
    if (!(await keyOnChain({ x, y })).authorised) return keys.remove(x);
    const call = revokeSessionKeyCall(given);
    await conduct.send(
      "revokeSessionKey",
      x,
      { key: `revokeSessionKey:${x}`, call, done: ["SessionKeyNotLive"] },
      signal,
    );
    keys.update(x, () => ({ state: "revoked" }));
  }

  async function matured(now: bigint): Promise<bigint[]> {
    const numbers: bigint[] = [];
    for (const { data } of keys.list({ states: ["revoked"] })) {
      const { until, authorised } = await keyOnChain(data);
      // A re-organisation may have undone the revocation.
      if (authorised && until === undefined) keys.update(data.x, () => ({ state: "live" }));
      else if (until === undefined || until < now) numbers.push(data.number);
    }
    return numbers;
  }

  return {
    current: () => current,
    plan,
    act,
    matured,
    forget: (number) => {
      for (const { data } of keys.list()) if (data.number === number) keys.remove(data.x);
    },
  };
}
