// Every error of every contract of the protocol.
export * from "./channelsErrors.ts";
export * from "./commitmentsErrors.ts";
export * from "./consumerErrors.ts";
export * from "./disputeGameErrors.ts";
export * from "./epochsErrors.ts";
export * from "./inferenceMarketErrors.ts";
export * from "./inputRequestsErrors.ts";
export * from "./parametersErrors.ts";
export * from "./programRegistryErrors.ts";
export * from "./stakeVaultErrors.ts";
export * from "./stepVerifierErrors.ts";
export * from "./tokenErrors.ts";
