// Token amounts as people read them.
import { formatUnits } from "viem";

/** Whole tokens with at most six decimals, grouped: 12,345.678901. */
export function formatTokens(amount: bigint): string {
  const [whole = "0", fraction = ""] = formatUnits(amount, 18).split(".");
  const decimals = fraction.slice(0, 6).replace(/0+$/, "");
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return decimals ? `${grouped}.${decimals}` : grouped;
}
