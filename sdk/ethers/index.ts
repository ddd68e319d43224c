// @assay/sdk/ethers: adapters for applications that use ethers.
export { type FromEthersReturnType, fromEthers, UnsupportedSignerError } from "./fromEthers.ts";
