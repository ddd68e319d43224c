// @assay/sdk/ethers: adapters for applications that use ethers.
export {};
