// What the contracts take where no permit is given.
import { zeroHash } from "viem";
import type { Permit } from "../../protocol/request.ts";

export const noPermit: Permit = { value: 0n, deadline: 0n, v: 0, r: zeroHash, s: zeroHash };
