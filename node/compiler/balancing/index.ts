// Channels of uneven size, balanced before quantization.
export { type Balance, type Balanced, balance, divideAt } from "./balance.ts";
export { type Site, sitesOf } from "./sites.ts";
