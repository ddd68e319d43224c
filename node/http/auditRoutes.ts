// A watchtower over HTTP: takes receipts that somebody wants checked.
import { stringifyJson } from "@assay/sdk";
import { type Response, Router } from "express";
import type { Auditor } from "../receipts/auditor.ts";
import { receiptOf } from "../receipts/fetching.ts";
import type { SignedReceipt } from "../receipts/references.ts";
import { ReceiptRefusedError, refusalReasons } from "../receipts/refusal.ts";
import { bytesIn, fieldsOf, hashIn } from "./fields.ts";

/**
 * `POST /v1/receipts` (`{receipt, signature, input?}`, as a worker hands them out, the input as hex or base64) → 202
 * `{receiptId, commitId}`: the answer is executed again, and its epoch is held to it.
 */
export function auditRoutes({ hand }: Pick<Auditor, "hand">): Router {
  const app = Router();
  app.post("/v1/receipts", async (request, response) => {
    try {
      const { signed, input } = handedOf(request.body);
      const { receiptId, commitId } = await hand(signed, input);
      send(response, 202, { receiptId, commitId });
    } catch (error) {
      if (!(error instanceof ReceiptRefusedError)) throw error;
      const { reason, shortMessage, facts } = error;
      send(response, refusalReasons[reason], { error: shortMessage, name: error.name, reason, facts });
    }
  });
  return app;
}

const send = (response: Response, status: number, value: unknown): void => {
  response.status(status).type("application/json").send(stringifyJson(value));
};

function handedOf(body: unknown): { signed: SignedReceipt; input: Uint8Array | undefined } {
  const { receipt, signature, input } = fieldsOf(body);
  const given = fieldsOf(signature);
  const [r, s, x, y] = (["r", "s", "x", "y"] as const).map((name) =>
    hashIn(given[name], `signature.${name}`),
  );
  return {
    signed: { receipt: receiptIn(receipt), signature: { r: r!, s: s!, x: x!, y: y! } },
    input: input === undefined ? undefined : bytesIn(input, "input"),
  };
}

function receiptIn(value: unknown): SignedReceipt["receipt"] {
  const given = fieldsOf(value);
  for (const name of ["channelId", "programId", "inputRoot", "outputRoot", "previous"])
    hashIn(given[name], `receipt.${name}`);
  try {
    const receipt = receiptOf(given);
    if (typeof receipt.isPrivate === "boolean" && Number.isSafeInteger(receipt.passes)) return receipt;
  } catch {
    // No number where one belongs.
  }
  throw new ReceiptRefusedError("malformed", "The request is malformed.", { field: "receipt" });
}
