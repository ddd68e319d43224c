// Receipts over HTTP: answers at once, and what was signed, for anybody to check while it can be challenged.
import { stringifyJson } from "@assay/sdk";
import { type RequestHandler, type Response, Router } from "express";
import { isHex } from "viem";
import type { SignedVoucher } from "../receipts/book.ts";
import type { Asked } from "../receipts/issuing.ts";
import { ReceiptRefusedError, refusalReasons } from "../receipts/refusal.ts";
import type { ReceiptWorker } from "../receipts/worker.ts";
import { amountIn, bytesIn, fieldsOf, hashIn, refuseField } from "./fields.ts";

/**
 * `GET /v1/offer`; `POST /v1/inferences` (`{programId, input, channelId, voucher?, version?, fee?, private?, previous?}`, the
 * input as hex or base64, numbers as decimal strings) → `{receiptId, receipt, signature, output}`;
 * `GET /v1/receipts/:id`; `GET /v1/epochs/:version/:epoch`. Of private receipts others see the id, channel and liability.
 */
export function receiptRoutes({
  book,
  issue,
  offer,
  epochOf,
}: Pick<ReceiptWorker, "book" | "issue" | "offer" | "epochOf">): Router {
  const app = Router();
  app.use("/v1", forBrowsers);
  app.get("/v1/offer", (_, response) => send(response, offer()));
  app.post("/v1/inferences", async (request, response) => {
    try {
      send(response, await issue(askedOf(request.body)));
    } catch (error) {
      if (!(error instanceof ReceiptRefusedError)) throw error;
      const { reason, shortMessage, facts } = error;
      response.status(refusalReasons[reason]);
      send(response, { error: shortMessage, name: error.name, reason, facts });
    }
  });
  app.get("/v1/receipts/:id", (request, response) => {
    const one = book.get(request.params.id as `0x${string}`);
    if (one?.signature === undefined) missing(response);
    else send(response, shown(one));
  });
  app.get("/v1/epochs/:version/:epoch", (request, response) => {
    const { version, epoch } = request.params;
    const isNumber = /^\d{1,5}$/.test(version) && /^\d{1,20}$/.test(epoch);
    const found = isNumber ? epochOf(Number(version), BigInt(epoch)) : undefined;
    if (found === undefined) {
      missing(response);
      return;
    }
    const { worker } = offer();
    const receipts = book.receiptsOf(found).map(shown);
    send(response, { worker, version: found.version, epoch: found.epoch, endsAt: found.endsAt, receipts });
  });
  return app;
}

/** Nothing here depends on who asks: payers in browsers may come from any page. */
const forBrowsers: RequestHandler = (request, response, next) => {
  response.set("access-control-allow-origin", "*");
  if (request.method !== "OPTIONS") return next();
  response.set({ "access-control-allow-headers": "content-type", "access-control-max-age": "86400" });
  response.status(204).end();
};

type Shown = Parameters<typeof shownWhole>[0];

function shown(one: Shown) {
  const { receiptId, receipt } = one;
  const { channelId, liability, isPrivate } = receipt;
  return isPrivate ? { receiptId, channelId, liability, isPrivate } : shownWhole(one);
}

const shownWhole = ({
  receiptId,
  receipt,
  signature,
}: Pick<NonNullable<ReturnType<ReceiptWorker["book"]["get"]>>, "receiptId" | "receipt" | "signature">) => ({
  receiptId,
  receipt,
  signature,
});

const send = (response: Response, value: unknown): void => {
  response.type("application/json").send(stringifyJson(value));
};

const missing = (response: Response): void => {
  response.status(404).json({ error: "There is no such receipt." });
};

function askedOf(body: unknown): Asked {
  const { programId, input, channelId, voucher, version, fee, previous, ...rest } = fieldsOf(body);
  return {
    programId: hashIn(programId, "programId"),
    channelId: hashIn(channelId, "channelId"),
    input: bytesIn(input, "input"),
    voucher: voucher === undefined ? undefined : signedVoucher(voucher),
    version: version === undefined ? undefined : Number(amountIn(version, "version")),
    fee: fee === undefined ? undefined : amountIn(fee, "fee"),
    isPrivate: rest.private === true,
    previous: previous === undefined ? undefined : hashIn(previous, "previous"),
  };
}

function signedVoucher(value: unknown): SignedVoucher {
  const { voucher, signature } = fieldsOf(value);
  const { channelId, total } = fieldsOf(voucher);
  if (!isHex(signature)) return refuseField("voucher.signature");
  return {
    voucher: { channelId: hashIn(channelId, "voucher.channelId"), total: amountIn(total, "voucher.total") },
    signature,
  };
}
