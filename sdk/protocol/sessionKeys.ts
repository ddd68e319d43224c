// Session keys: the P-256 keys that sign receipts, by the platform's own code in Node and in browsers.
import { bytesToHex, type Hex, hexToBytes } from "./hash.ts";
import type { SessionSignature } from "./receipts.ts";

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const HALF_ORDER = ORDER / 2n;
const curve = { name: "ECDSA", namedCurve: "P-256" };
// The platform hashes the 32 bytes of the receipt's id, and so does the contract.
const algorithm = { name: "ECDSA", hash: "SHA-256" };

/** The point of a session key. */
export interface SessionKey {
  x: Hex;
  y: Hex;
}

/** A session key that signs. Keep `d` secret. */
export interface SessionPrivateKey extends SessionKey {
  d: Hex;
}

/** Signs receipts. */
export interface SessionSigner extends SessionKey {
  sign(receiptId: Hex): Promise<SessionSignature>;
}

/** A new session key. */
export async function generateSessionKey(): Promise<SessionPrivateKey> {
  const { privateKey } = await crypto.subtle.generateKey(curve, true, ["sign", "verify"]);
  const { d, x, y } = await crypto.subtle.exportKey("jwk", privateKey);
  return { d: fromBase64Url(d!), x: fromBase64Url(x!), y: fromBase64Url(y!) };
}

/** What signs with a session key that lies open. */
export async function sessionSigner(key: SessionPrivateKey): Promise<SessionSigner> {
  const jwk = {
    kty: "EC",
    crv: curve.namedCurve,
    d: toBase64Url(key.d),
    x: toBase64Url(key.x),
    y: toBase64Url(key.y),
  };
  const privateKey = await crypto.subtle.importKey("jwk", jwk, curve, false, ["sign"]);
  return sessionSignerOf(key, privateKey);
}

/** What signs with a session key that the platform keeps, in secure hardware for example. */
export const sessionSignerOf = ({ x, y }: SessionKey, privateKey: CryptoKey): SessionSigner => ({
  x,
  y,
  async sign(receiptId) {
    const signature = await crypto.subtle.sign(algorithm, privateKey, ownBytes(receiptId));
    const bytes = new Uint8Array(signature);
    const [r, s] = [bytesToHex(bytes.subarray(0, 32)), bytesToHex(bytes.subarray(32))];
    return { r, s: lowerHalf(s), x, y };
  },
});

/** Whether a signature is its key's over a receipt's id, by the same rule as the contract: `s` lies in the lower half. */
export async function verifySessionSignature(receiptId: Hex, signature: SessionSignature): Promise<boolean> {
  if (BigInt(signature.s) > HALF_ORDER) return false;
  const point = `0x04${signature.x.slice(2)}${signature.y.slice(2)}` as const;
  try {
    const key = await crypto.subtle.importKey("raw", ownBytes(point), curve, false, ["verify"]);
    const bytes = ownBytes(`${signature.r}${signature.s.slice(2)}`);
    return await crypto.subtle.verify(algorithm, key, bytes, ownBytes(receiptId));
  } catch {
    return false; // no point of the curve
  }
}

const lowerHalf = (s: Hex): Hex => {
  const value = BigInt(s);
  return value > HALF_ORDER ? `0x${(ORDER - value).toString(16).padStart(64, "0")}` : s;
};

const ownBytes = (hex: Hex): Uint8Array<ArrayBuffer> => Uint8Array.from(hexToBytes(hex));

const toBase64Url = (hex: Hex): string =>
  btoa(String.fromCharCode(...hexToBytes(hex)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const fromBase64Url = (text: string): Hex =>
  bytesToHex(
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) =>
      character.charCodeAt(0),
    ),
  );
