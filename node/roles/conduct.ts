// How a role acts on the world: sends a move and reports it, raises an alarm and does not repeat it.
import { encodeCall } from "@assay/sdk";
import type { Hex } from "@assay/sdk/protocol";
import type { SendRequest } from "../chain/sender.ts";
import { type Alarms, createAlarms } from "./alarms.ts";
import type { RoleContext } from "./context.ts";

export type Conduct = {
  /** Waits until the move is in a block, by us or by somebody else. In a dry run it only says what would be sent. */
  /** @param ids What the move is about; several where one transaction serves them. */
  send(move: string, ids: Hex | readonly Hex[], request: SendRequest, signal: AbortSignal): Promise<Moved>;
} & Alarms;

/** `ours`: by this sender; `theirs`: somebody else had made it; `shown`: a dry run. */
export type Moved = "ours" | "theirs" | "shown";

export type ConductOptions = {
  dryRun?: boolean;
  /** Counts moves. */
  onMove?: (move: string) => void;
};

export function createConduct(
  { sender, logger, clock, onEvent }: Pick<RoleContext, "sender" | "logger" | "clock" | "onEvent">,
  { dryRun = false, onMove }: ConductOptions = {},
): Conduct {
  const shown = new Set<string>();

  function show(move: string, id: Hex, { key, call }: SendRequest): void {
    if (shown.has(key)) return;
    shown.add(key);
    const { to, data } = "abi" in call ? encodeCall(call) : call;
    logger.info("Dry run: move not sent", { move, id, to, data });
    onEvent?.({ kind: "wouldSend", move, id, to, data });
  }

  return {
    send: async (move, ids, request, signal) => {
      const subjects = typeof ids === "string" ? [ids] : ids;
      if (dryRun) {
        for (const id of subjects) show(move, id, request);
        return "shown";
      }
      const { hash, receipt } = await sender.send(request, signal);
      onMove?.(move);
      const gas = receipt?.gasUsed;
      const said = hash ? "Move made" : "Move had been made by somebody else";
      logger.info(said, { move, ids: subjects, txHash: hash, gas });
      for (const id of subjects) onEvent?.({ kind: "sent", move, id, hash, gas });
      return hash ? "ours" : "theirs";
    },
    ...createAlarms({ logger, clock, onEvent }),
  };
}
