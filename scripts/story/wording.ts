// Says in words what a transaction did.

import type { Manifest } from "@assay/sdk/program";
import { hexToBytes } from "@assay/sdk/protocol";
import { zeroAddress } from "viem";
import { nameOf } from "./cast.ts";
import { type EventName, eventIn, type Seen } from "./feed.ts";
import { digitOf } from "./model.ts";
import { formatTokens } from "./tokens.ts";

/** Calls that are moves of a dispute. */
export const disputeCalls: readonly string[] = [
  "challenge",
  "bindTrace",
  "reveal",
  "revealTile",
  "choose",
  "chooseOutput",
  "proveStep",
];

export function wordsOf(seen: Seen, manifest: Manifest): string {
  const words = describe(seen, manifest);
  return seen.succeeded ? words : `fails to: ${words}`;
}

function describe(seen: Seen, manifest: Manifest): string {
  const { functionName, args } = seen;
  const event = <name extends EventName>(name: name) => eventIn(seen, name);
  switch (functionName) {
    case "approve":
      return "lets the vault take its tokens";
    case "register":
      return `registers the program, bond ${tokens(event("Escrowed")?.args.amount)}`;
    case "stake":
      return `stakes ${tokens(event("Staked")?.args.amount)}`;
    case "setKey":
      return "lets its operator key work for it";
    case "request": {
      const asked = event("Requested")?.args.request;
      return `asks ${nameOf(asked?.worker ?? zeroAddress)}, fee ${tokens(asked?.fee)}`;
    }
    case "claim":
      return `takes the request, locks ${tokens(event("Claimed")?.args.lock)}`;
    case "commit": {
      const output = event("Committed")?.args.output;
      return output === undefined ? "answers" : `answers ${digitOf(manifest, hexToBytes(output))}`;
    }
    case "collect":
      return `earns ${tokens(event("Finalized")?.args.fee)}: the window has closed`;
    case "claimCredit":
      return `takes out ${tokens(event("CreditClaimed")?.args.amount)}`;
    case "challenge":
      return `disputes the answer, bond ${tokens(event("Challenged")?.args.bond)}`;
    case "bindTrace":
      return "shows 16 hashes over all its tensors";
    case "reveal":
      return "shows the 16 hashes below";
    case "revealTile":
      return `shows a tile of ${count(hexToBytes(event("TileRevealed")?.args.tile ?? "0x").length)} bytes`;
    case "choose":
      return `goes down into part ${args[3]}`;
    case "chooseOutput":
      return "goes down into the output";
    case "proveStep":
      return "has the contract compute one element";
    case "settle":
      return "has the slashed stake divided";
    case "settleDispute": {
      const paid = event("DisputeSettled");
      return `gets bond ${tokens(paid?.args.bond)}, reward ${tokens(paid?.args.reward)}, gas ${tokens(paid?.args.gas)}`;
    }
    case "sweepBurn":
      return `sends ${tokens(event("BurnSwept")?.args.amount)} to the dead address`;
    default:
      return functionName;
  }
}

const tokens = (amount = 0n): string => formatTokens(amount);
export const count = (number: number): string => number.toLocaleString("en-US");
