// Reads a signed request from JSON.
import { type Address, type Hex, isAddress, isHex } from "viem";
import { InvalidSignedRequestError } from "../../errors/clientErrors.ts";
import { finalityLevels, methods } from "../../protocol/enums.ts";
import type { SignedRequest } from "./signRequest.ts";

/**
 * Reads a signed request from JSON, as `stringifyJson` writes it. What its signature is worth, the market decides.
 *
 * @param json - The parsed JSON.
 * @returns What `submitSignedRequest` takes.
 * @throws InvalidSignedRequestError naming the first field that is missing or malformed.
 *
 * @example
 * import { parseSignedRequest, submitSignedRequest } from "@assay/sdk";
 *
 * const order = parseSignedRequest(JSON.parse(body));
 * const { requestId } = await submitSignedRequest(client, { deployment, order });
 */
export function parseSignedRequest(json: unknown): SignedRequest {
  const { request, permit, ...order } = group(json, "");
  const asked = group(request, "request");
  const permitted = group(permit, "permit");
  return {
    request: {
      requester: address(asked, "requester"),
      salt: integer(asked, "salt"),
      programId: hash(asked, "programId"),
      inputRoot: hash(asked, "inputRoot"),
      inputPosted: read(asked, "inputPosted", (value) => (typeof value === "boolean" ? value : undefined)),
      fee: integer(asked, "fee"),
      version: Number(integer(asked, "version")),
      method: read(asked, "method", (value) => methods.find((method) => method === value)),
      level: read(asked, "level", (value) => finalityLevels.find((level) => level === value)),
      worker: address(asked, "worker"),
      consumer: address(asked, "consumer"),
      callbackGas: Number(integer(asked, "callbackGas")),
    },
    requestId: hash(order, "requestId"),
    input: hex(order, "input"),
    validUntil: integer(order, "validUntil"),
    signature: hex(order, "signature"),
    permit: {
      value: integer(permitted, "value"),
      deadline: integer(permitted, "deadline"),
      v: Number(integer(permitted, "v")),
      r: hash(permitted, "r"),
      s: hash(permitted, "s"),
    },
  };
}

type Fields = Record<string, unknown>;

function group(value: unknown, field: string): Fields {
  if (typeof value === "object" && value !== null) return value as Fields;
  throw new InvalidSignedRequestError({ field, value });
}

function read<value>(fields: Fields, field: string, parse: (value: unknown) => value | undefined): value {
  const parsed = parse(fields[field]);
  if (parsed === undefined) throw new InvalidSignedRequestError({ field, value: fields[field] });
  return parsed;
}

const integer = (fields: Fields, field: string): bigint =>
  read(fields, field, (value) => (/^\d{1,78}$/.test(String(value)) ? BigInt(String(value)) : undefined));

const hex = (fields: Fields, field: string): Hex =>
  read(fields, field, (value) => (isHex(value) ? value : undefined));

const hash = (fields: Fields, field: string): Hex =>
  read(fields, field, (value) => (isHex(value) && value.length === 66 ? value : undefined));

const address = (fields: Fields, field: string): Address =>
  read(fields, field, (value) => (typeof value === "string" && isAddress(value) ? value : undefined));
