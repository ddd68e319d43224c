// Where a program's files may be fetched from. What a publisher wrote on the chain is a stranger's word about where to call.
import { BlockList, isIP } from "node:net";

export type PlaceRules = {
  /** Base URLs that the operator trusts to be called. */
  sources: readonly string[];
  /** Lets published URIs name this machine: for local networks only. */
  allowsPrivate: boolean;
};

/** Of the development chains, on which publishers and nodes share a machine. */
export const localChainId = 31_337;

const mostCharacters = 512;

/** Loopback, private, link-local, shared and reserved ranges, and the forms of IPv6 that wrap IPv4. */
const internal4 = new BlockList();
const internal6 = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
] as const)
  internal4.addSubnet(network, prefix, "ipv4");
for (const [network, prefix] of [
  ["::", 96],
  ["::ffff:0:0", 96],
  ["64:ff9b::", 32],
  ["2002::", 16],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
] as const)
  internal6.addSubnet(network, prefix, "ipv6");

/** The base URL that a published URI names; undefined where it must not be called. */
export function placeOfUri(uri: string, { sources, allowsPrivate }: PlaceRules): string | undefined {
  if (uri.length > mostCharacters || !URL.canParse(uri)) return undefined;
  const url = new URL(uri);
  if (url.protocol !== "http:" && url.protocol !== "https:") return undefined;
  if (url.search || url.hash || url.username || url.password || uri.includes("?") || uri.includes("#"))
    return undefined;
  const isNamed = sources.some((source) => URL.canParse(source) && new URL(source).origin === url.origin);
  if (!allowsPrivate && !isNamed && isInternal(url.hostname)) return undefined;
  return withoutSlashes(url.href);
}

export function withoutSlashes(url: string): string {
  let end = url.length;
  while (end > 0 && url.charAt(end - 1) === "/") end--;
  return url.slice(0, end);
}

/** Of names only `localhost` is known without asking: what others resolve to is the resolver's answer. */
function isInternal(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  const version = isIP(host);
  if (version === 4) return internal4.check(host, "ipv4");
  if (version === 6) return internal6.check(host, "ipv6");
  return host === "localhost" || host.endsWith(".localhost");
}
